#define _GNU_SOURCE
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
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

/* cuserid(3): the name of the effective user, "" in a buffer of the caller's if there is none. */
char *cuserid(char *name) {
  static char own[L_cuserid];
  struct passwd *user = getpwuid(geteuid());
  if (name) *name = '\0';
  if (!user) return name;
  if (!name) name = own;
  strncpy(name, user->pw_name, L_cuserid - 1);
  name[L_cuserid - 1] = '\0';
  return name;
}
