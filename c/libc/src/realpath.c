/* realpath(3). wasi-libc's asks for every directory on the way, of which the host may show only the last. */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "path_walk.h"
#include "result.h"

char *realpath(const char *restrict path, char *restrict resolved) {
  struct stat file;
  if (!path) return result(-EINVAL), NULL;
  char *found = __posix_real_path(path, &file);
  if (!found || !resolved) return found;
  strcpy(resolved, found); /* shorter than PATH_MAX */
  free(found);
  return resolved;
}

char *canonicalize_file_name(const char *path) { return realpath(path, NULL); }
