/* Mutexes of one thread, by their types: one that is locked is locked by this thread. */
#include <errno.h>
#include <limits.h>
#include <pthread.h>

#include "lock_wait.h"

/* Where musl's layout has the type, as pthread_mutex_init and the initializers put it, and how often it is locked. */
enum { TYPE = 0, COUNT = 5, TYPES = 3 };

static int type_of(const pthread_mutex_t *mutex) { return mutex->__u.__i[TYPE] & TYPES; }

int pthread_mutex_trylock(pthread_mutex_t *mutex) {
  int *count = &mutex->__u.__i[COUNT];
  if (*count > 0 && type_of(mutex) != PTHREAD_MUTEX_RECURSIVE) return EBUSY;
  if (*count == INT_MAX) return EAGAIN;
  ++*count;
  return 0;
}

static int lock(pthread_mutex_t *mutex, clockid_t clock, const struct timespec *until) {
  int error;
  while ((error = pthread_mutex_trylock(mutex)) == EBUSY) {
    if (type_of(mutex) == PTHREAD_MUTEX_ERRORCHECK) return EDEADLK;
    error = __posix_lock_wait(clock, until);
    if (error) return error;
  }
  return error;
}

int pthread_mutex_lock(pthread_mutex_t *mutex) { return lock(mutex, CLOCK_REALTIME, NULL); }

int pthread_mutex_timedlock(pthread_mutex_t *restrict mutex, const struct timespec *restrict until) {
  return lock(mutex, CLOCK_REALTIME, until);
}

int pthread_mutex_clocklock(pthread_mutex_t *restrict mutex, clockid_t clock, const struct timespec *restrict until) {
  return clock == CLOCK_REALTIME || clock == CLOCK_MONOTONIC ? lock(mutex, clock, until) : EINVAL;
}

/* An error only where the type says so: glibc takes no notice with the others. */
int pthread_mutex_unlock(pthread_mutex_t *mutex) {
  int *count = &mutex->__u.__i[COUNT];
  if (*count == 0) return type_of(mutex) == PTHREAD_MUTEX_NORMAL ? 0 : EPERM;
  --*count;
  return 0;
}

int pthread_mutex_destroy(pthread_mutex_t *mutex) { return mutex->__u.__i[COUNT] > 0 ? EBUSY : 0; }
