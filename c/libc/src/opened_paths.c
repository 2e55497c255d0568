#define _GNU_SOURCE
#include "opened_paths.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <wasi/api.h>

#include "working_directory.h"

static char **paths; /* by descriptor */
static int room;

static int is_directory(int fd) {
  __wasi_fdstat_t stat;
  return __wasi_fd_fdstat_get(fd, &stat) == 0 && stat.fs_filetype == __WASI_FILETYPE_DIRECTORY;
}

static int make_room(int fd) {
  if (fd < room) return 1;
  int more = fd + 16;
  char **longer = realloc(paths, (size_t)more * sizeof *paths);
  if (!longer) return 0;
  memset(longer + room, 0, (size_t)(more - room) * sizeof *paths);
  paths = longer;
  room = more;
  return 1;
}

static char *joined(const char *directory, const char *path) {
  char *whole = malloc(strlen(directory) + strlen(path) + 2);
  if (whole) strcpy(stpcpy(stpcpy(whole, directory), "/"), path);
  return whole;
}

static char *absolute(int directory, const char *path) {
  if (*path == '/') return strdup(path);
  const char *from = directory == AT_FDCWD ? __posix_working_directory() : __posix_path_of(directory);
  return from ? joined(from, path) : NULL;
}

void __posix_opened(int fd, int directory, const char *path) {
  if (!is_directory(fd) || !make_room(fd)) return;
  char *known = absolute(directory, path);
  free(paths[fd]);
  paths[fd] = known;
}

const char *__posix_path_of(int fd) { return fd >= 0 && fd < room ? paths[fd] : NULL; }

const char *__posix_path_like(int fd) {
  struct stat wanted, file;
  if (fstat(fd, &wanted) < 0) return NULL;
  for (int i = 0; i < room; i++) /* its own first, since most are still right */
    for (int own = 1; own >= 0; own--) {
      const char *path = __posix_path_of(own && i == 0 ? fd : i);
      if (path && stat(path, &file) == 0 && file.st_ino == wanted.st_ino && file.st_dev == wanted.st_dev) return path;
    }
  return NULL;
}
