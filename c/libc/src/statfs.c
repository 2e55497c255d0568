/* File systems: WASI reports none of their sizes. statfs(2): "ENOSYS: the filesystem does not support this call". */
#include <errno.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/statfs.h>

#include "result.h"

/* ENOSYS for a file that exists; otherwise what stat reports. */
static int unsupported(int found) { return found < 0 ? -1 : result(-ENOSYS); }

int statfs(const char *path, struct statfs *system) {
  struct stat file;
  (void)system;
  return unsupported(stat(path, &file));
}

int fstatfs(int fd, struct statfs *system) {
  struct stat file;
  (void)system;
  return unsupported(fstat(fd, &file));
}

int statvfs(const char *restrict path, struct statvfs *restrict system) {
  (void)system;
  return statfs(path, NULL);
}

int fstatvfs(int fd, struct statvfs *system) {
  (void)system;
  return fstatfs(fd, NULL);
}
