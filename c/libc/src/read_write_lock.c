/* Locks to read and to write, of one thread: whoever holds one is this thread. */
#include <errno.h>
#include <limits.h>
#include <pthread.h>

#include "lock_wait.h"

enum { WRITTEN = -1 };

/* How often it is held to read, or WRITTEN. */
static int *holds(pthread_rwlock_t *lock) { return &lock->__u.__i[0]; }

int pthread_rwlock_tryrdlock(pthread_rwlock_t *lock) {
  if (*holds(lock) == WRITTEN) return EBUSY;
  if (*holds(lock) == INT_MAX) return EAGAIN;
  ++*holds(lock);
  return 0;
}

int pthread_rwlock_trywrlock(pthread_rwlock_t *lock) {
  if (*holds(lock) != 0) return EBUSY;
  *holds(lock) = WRITTEN;
  return 0;
}

static int acquire(pthread_rwlock_t *lock, int (*try)(pthread_rwlock_t *), clockid_t clock,
                   const struct timespec *until) {
  int error;
  while ((error = try(lock)) == EBUSY) {
    if (*holds(lock) == WRITTEN) return EDEADLK;
    error = __posix_lock_wait(clock, until);
    if (error) return error;
  }
  return error;
}

int pthread_rwlock_rdlock(pthread_rwlock_t *lock) {
  return acquire(lock, pthread_rwlock_tryrdlock, CLOCK_REALTIME, NULL);
}

int pthread_rwlock_wrlock(pthread_rwlock_t *lock) {
  return acquire(lock, pthread_rwlock_trywrlock, CLOCK_REALTIME, NULL);
}

int pthread_rwlock_timedrdlock(pthread_rwlock_t *restrict lock, const struct timespec *restrict until) {
  return acquire(lock, pthread_rwlock_tryrdlock, CLOCK_REALTIME, until);
}

int pthread_rwlock_timedwrlock(pthread_rwlock_t *restrict lock, const struct timespec *restrict until) {
  return acquire(lock, pthread_rwlock_trywrlock, CLOCK_REALTIME, until);
}

int pthread_rwlock_clockrdlock(pthread_rwlock_t *restrict lock, clockid_t clock,
                               const struct timespec *restrict until) {
  return acquire(lock, pthread_rwlock_tryrdlock, clock, until);
}

int pthread_rwlock_clockwrlock(pthread_rwlock_t *restrict lock, clockid_t clock,
                               const struct timespec *restrict until) {
  return acquire(lock, pthread_rwlock_trywrlock, clock, until);
}

int pthread_rwlock_unlock(pthread_rwlock_t *lock) {
  int *count = holds(lock);
  if (*count == WRITTEN)
    *count = 0;
  else if (*count > 0)
    --*count;
  return 0;
}
