/* Linked into every program: it starts in the directory that PWD names, where the host shows it. */
#include "start.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wasi/libc-environ.h>

const char *__posix_given_zone;

/* Takes the host's variable out of the environment: the program sees what its caller gave it. */
static void take_zone(void) {
  static const char name[] = "POSIX_WASM_ZONE=";
  for (char **variable = __wasilibc_get_environ(); variable && *variable; variable++)
    if (strncmp(*variable, name, sizeof name - 1) == 0) {
      __posix_given_zone = *variable + sizeof name - 1;
      for (char **next = variable; *next; next++) *next = next[1];
      return;
    }
}

__attribute__((constructor)) static void begin(void) {
  const char *directory = getenv("PWD");
  take_zone();
  if (directory && *directory == '/' && chdir(directory) != 0) return; /* not shown: it stays in / */
}
