/* Priorities of mutexes: POSIX lets an implementation leave them out. */
#include <errno.h>
#include <pthread.h>

int pthread_mutex_setprioceiling(pthread_mutex_t *restrict mutex, int ceiling, int *restrict before) {
  (void)mutex, (void)ceiling, (void)before;
  return EINVAL;
}

int pthread_mutexattr_getprioceiling(const pthread_mutexattr_t *restrict attributes, int *restrict ceiling) {
  (void)attributes;
  *ceiling = 1;
  return 0;
}

int pthread_mutexattr_setprioceiling(pthread_mutexattr_t *attributes, int ceiling) {
  (void)attributes, (void)ceiling;
  return EINVAL;
}
