/* Condition variables of one thread: a handler can signal one, or the time that one waits is over. */
#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "lock_wait.h"

/* Of a condition: how often it was signalled, and the clock; of attributes: the clock beside the bit of sharing. */
enum { SIGNALLED = 2, CLOCK = 4, SHARED = 0x80000000 };

int pthread_cond_init(pthread_cond_t *restrict condition, const pthread_condattr_t *restrict attributes) {
  memset(condition, 0, sizeof *condition);
  if (attributes) condition->__u.__i[CLOCK] = (int)(attributes->__attr & ~SHARED);
  return 0;
}

int pthread_condattr_setclock(pthread_condattr_t *attributes, clockid_t clock) {
  if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC) return EINVAL;
  attributes->__attr = (attributes->__attr & SHARED) | (unsigned)clock;
  return 0;
}

int pthread_condattr_getclock(const pthread_condattr_t *restrict attributes, clockid_t *restrict clock) {
  *clock = (clockid_t)(attributes->__attr & ~SHARED);
  return 0;
}

int pthread_cond_signal(pthread_cond_t *condition) {
  condition->__u.__i[SIGNALLED]++;
  return 0;
}

int pthread_cond_broadcast(pthread_cond_t *condition) { return pthread_cond_signal(condition); }

static int wait_for_signal(pthread_cond_t *condition, clockid_t clock, const struct timespec *until) {
  int seen = condition->__u.__i[SIGNALLED], error = 0;
  while (!error && condition->__u.__vi[SIGNALLED] == seen) error = __posix_lock_wait(clock, until);
  return error;
}

static int wait_unlocked(pthread_cond_t *condition, pthread_mutex_t *mutex, clockid_t clock,
                         const struct timespec *until) {
  if (until && (until->tv_nsec < 0 || until->tv_nsec >= 1000000000)) return EINVAL;
  int error = pthread_mutex_unlock(mutex);
  if (error) return error;
  error = wait_for_signal(condition, clock, until);
  if (error == EDEADLK) __posix_deadlock("pthread_cond_wait");
  pthread_mutex_lock(mutex);
  return error;
}

int pthread_cond_wait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex) {
  return wait_unlocked(condition, mutex, CLOCK_REALTIME, NULL);
}

int pthread_cond_timedwait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex,
                           const struct timespec *restrict until) {
  return wait_unlocked(condition, mutex, condition->__u.__i[CLOCK], until);
}

int pthread_cond_clockwait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex, clockid_t clock,
                           const struct timespec *restrict until) {
  if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC) return EINVAL;
  return wait_unlocked(condition, mutex, clock, until);
}
