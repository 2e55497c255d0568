#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "result.h"

/* The name that the environment says; getlogin(3): ENXIO without a controlling terminal. */
char *getlogin(void) {
  char *name = getenv("LOGNAME");
  if (!name) result(-ENXIO);
  return name;
}

int getlogin_r(char *name, size_t length) {
  const char *known = getlogin();
  if (!known) return ENXIO;
  if (strlen(known) >= length) return ERANGE;
  strcpy(name, known);
  return 0;
}
