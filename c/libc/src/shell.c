/* There is no shell. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "result.h"

/* system(3): with NULL, "zero if no shell is available". */
int system(const char *command) { return command ? result(-ENOSYS) : 0; }

FILE *popen(const char *command, const char *mode) {
  (void)command, (void)mode;
  result(-ENOSYS);
  return NULL;
}

int pclose(FILE *stream) {
  (void)stream;
  return result(-ECHILD);
}
