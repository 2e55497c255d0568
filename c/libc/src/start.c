/* Linked into every program: it starts in the directory that PWD names, where the host shows it. */
#include "start.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wasi/libc-environ.h>

#include "working_directory.h"

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

/* POSIX says of PWD: "an absolute pathname of the current working directory that does not contain dot or dot-dot". */
static int is_directory(const char *path) {
  struct stat file;
  if (!path || *path != '/') return 0;
  for (const char *slash = path; slash; slash = strchr(slash + 1, '/')) {
    size_t length = strcspn(slash + 1, "/");
    if (length == 0 || (length <= 2 && strncmp(slash + 1, "..", length) == 0)) return 0;
  }
  return stat(path, &file) == 0 && S_ISDIR(file.st_mode);
}

__attribute__((constructor)) static void begin(void) {
  const char *directory = getenv("PWD");
  take_zone();
  if (is_directory(directory)) __posix_start_in(directory); /* not shown: it stays in / */
}
