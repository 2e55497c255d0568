/* The name of the one thread. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "process_name.h"

int pthread_setname_np(pthread_t thread, const char *name) {
  (void)thread;
  if (strlen(name) > LONGEST_NAME) return ERANGE;
  __posix_set_process_name(name);
  return 0;
}

int pthread_getname_np(pthread_t thread, char *name, size_t size) {
  (void)thread;
  if (size <= LONGEST_NAME) return ERANGE;
  strcpy(name, __posix_process_name());
  return 0;
}
