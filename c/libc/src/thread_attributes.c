/* Attributes of threads that wasi-libc declares and has no code for, where musl's layout has their place. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>

enum { INHERITANCE = 4, POLICY = 5 };

int pthread_attr_getinheritsched(const pthread_attr_t *restrict attributes, int *restrict inheritance) {
  *inheritance = attributes->__u.__i[INHERITANCE];
  return 0;
}

int pthread_attr_setinheritsched(pthread_attr_t *attributes, int inheritance) {
  if (inheritance != PTHREAD_INHERIT_SCHED && inheritance != PTHREAD_EXPLICIT_SCHED) return EINVAL;
  attributes->__u.__i[INHERITANCE] = inheritance;
  return 0;
}

int pthread_attr_getschedpolicy(const pthread_attr_t *restrict attributes, int *restrict policy) {
  *policy = attributes->__u.__i[POLICY];
  return 0;
}

int pthread_attr_setschedpolicy(pthread_attr_t *attributes, int policy) {
  if (policy != SCHED_OTHER && policy != SCHED_FIFO && policy != SCHED_RR) return EINVAL;
  attributes->__u.__i[POLICY] = policy;
  return 0;
}

int pthread_attr_getscope(const pthread_attr_t *restrict attributes, int *restrict scope) {
  (void)attributes;
  *scope = PTHREAD_SCOPE_SYSTEM;
  return 0;
}

int pthread_attr_setscope(pthread_attr_t *attributes, int scope) {
  (void)attributes;
  if (scope == PTHREAD_SCOPE_PROCESS) return ENOTSUP;
  return scope == PTHREAD_SCOPE_SYSTEM ? 0 : EINVAL;
}

static pthread_attr_t defaults;
static int has_defaults;

int pthread_getattr_default_np(pthread_attr_t *attributes) {
  if (!has_defaults) pthread_attr_init(&defaults);
  has_defaults = 1;
  *attributes = defaults;
  return 0;
}

int pthread_setattr_default_np(const pthread_attr_t *attributes) {
  defaults = *attributes;
  has_defaults = 1;
  return 0;
}
