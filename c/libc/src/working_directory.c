/* The working directory, and the paths that are relative to it: wasi-libc's, which only adds names to a path, is replaced. */
#include "working_directory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wasi/api.h>
#include <wasi/libc-find-relpath.h>

#include "result.h"

static char *current; /* NULL for the root */
static int has_moved;

const char *__posix_working_directory(void) { return current ? current : "/"; }

int __posix_has_moved(void) { return has_moved; }

int __posix_set_working_directory(const char *path) {
  char *copy = strdup(path);
  if (!copy) return result(-ENOMEM);
  has_moved = 1;
  free(current);
  current = copy;
  return 0;
}

void __posix_start_in(const char *path) {
  __posix_set_working_directory(path);
  has_moved = 0;
}

/* The number of bytes of a first name that is `.` or `..`, with the slashes after it; 0 for another. */
static size_t dots(const char *path, int count) {
  size_t length = (size_t)count;
  if (strncmp(path, "..", length) != 0 || (path[length] && path[length] != '/')) return 0;
  return length + strspn(path + length, "/");
}

/* Takes the last name off an absolute path. */
static void go_up(char *path) {
  char *slash = strrchr(path, '/');
  slash[slash == path] = '\0';
}

/* As an absolute path. A first `..` can be taken by name: there is no link in the working directory's path. */
static char *absolute(const char *path) {
  static char *buffer;
  const char *from = *path == '/' ? "" : __posix_working_directory();
  char *longer = realloc(buffer, strlen(from) + strlen(path) + 2);
  if (!longer) return NULL;
  buffer = longer;
  strcpy(buffer, from);
  for (size_t length; *path && *path != '/'; path += length) {
    if ((length = dots(path, 2)) != 0)
      go_up(buffer);
    else if ((length = dots(path, 1)) == 0)
      break;
  }
  if (*path && *path != '/' && strcmp(buffer, "/") != 0) strcat(buffer, "/");
  return strcat(buffer, path);
}

/* Leads out of the directory that a path was found to be in: to the one above it by name. `rest` lies in `path`. */
static void leave(char *path, const char *prefix, const char *rest) {
  size_t length = strlen(rest), above = strlen(prefix);
  while (above > 0 && prefix[above - 1] != '/') above--;
  memmove(path + 1 + above, rest, length + 1);
  memcpy(path + 1, prefix, above);
  *path = '/';
}

/* Any directory that the host shows; -1 without one. */
static int some_directory(void) {
  __wasi_prestat_t stat;
  for (int fd = 3; fd < 1024; fd++)
    if (__wasi_fd_prestat_get(fd, &stat) == 0) return fd;
  return -1;
}

/* Of a path that leads to no directory of the host's: nothing is found by an empty name, so that the error is ENOENT. */
static int nowhere(const char **prefix, const char **rest) {
  *prefix = *rest = "";
  return some_directory();
}

static int find(const char *path, const char **prefix, const char **rest) {
  if (!*path) return nowhere(prefix, rest);
  char *whole = absolute(path);
  if (!whole) return result(-ENOMEM);
  int fd;
  for (size_t length; (fd = __wasilibc_find_abspath(whole, prefix, rest)) >= 0; leave(whole, *prefix, *rest + length)) {
    length = dots(*rest, 2);
    if (length == 0 || !**prefix) return fd;
  }
  return nowhere(prefix, rest);
}

/* What wasi-libc asks for every path: a directory of the host's, and the path from there. */
int __wasilibc_find_relpath_alloc(const char *path, const char **prefix, char **relative, size_t *room,
                                  int can_grow) {
  const char *rest;
  int fd = find(path, prefix, &rest);
  if (fd < 0) return -1;
  size_t size = strlen(rest) + 1;
  if (size > *room) {
    char *larger = can_grow ? realloc(*relative, size) : NULL;
    if (!larger) return result(can_grow ? -ENOMEM : -ERANGE);
    *relative = larger;
    *room = size;
  }
  memcpy(*relative, rest, size);
  return fd;
}
