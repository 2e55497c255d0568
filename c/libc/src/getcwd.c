#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "result.h"
#include "working_directory.h"

/* getcwd(3): ENOENT when the directory is gone. */
static int is_gone(const char *path) {
  struct stat directory;
  return strcmp(path, "/") != 0 && stat(path, &directory) < 0 && errno == ENOENT;
}

static char *failed(int error) {
  errno = error;
  return NULL;
}

char *getcwd(char *buffer, size_t size) {
  const char *path = __posix_working_directory();
  size_t length = strlen(path) + 1;
  if (size == 0 && buffer) return failed(EINVAL);
  if (is_gone(path)) return failed(ENOENT);
  if (size > 0 && size < length) return failed(ERANGE);
  if (!buffer) buffer = malloc(size ? size : length);
  return buffer ? memcpy(buffer, path, length) : failed(ENOMEM);
}

char *get_current_dir_name(void) { return getcwd(NULL, 0); }
