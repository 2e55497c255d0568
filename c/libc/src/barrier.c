/* Spin locks and barriers of one thread. */
#include <errno.h>
#include <pthread.h>

#include "lock_wait.h"

int pthread_spin_trylock(pthread_spinlock_t *lock) {
  if (*lock) return EBUSY;
  *lock = 1;
  return 0;
}

int pthread_spin_lock(pthread_spinlock_t *lock) { return pthread_spin_trylock(lock) ? EDEADLK : 0; }

int pthread_spin_unlock(pthread_spinlock_t *lock) {
  *lock = 0;
  return 0;
}

/* How many others are awaited, as pthread_barrier_init of wasi-libc puts it. */
enum { OTHERS = 2 };

int pthread_barrier_wait(pthread_barrier_t *barrier) {
  if (barrier->__u.__i[OTHERS] != 0) __posix_deadlock("pthread_barrier_wait");
  return PTHREAD_BARRIER_SERIAL_THREAD;
}
