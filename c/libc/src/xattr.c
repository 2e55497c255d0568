/* Extended attributes: no file has any. ENOTSUP for a file that exists; otherwise what stat reports. */
#include <errno.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "result.h"

static int of_path(const char *path) {
  struct stat file;
  return stat(path, &file) < 0 ? -1 : result(-ENOTSUP);
}

static int of_link(const char *path) {
  struct stat file;
  return lstat(path, &file) < 0 ? -1 : result(-ENOTSUP);
}

static int of_fd(int fd) {
  struct stat file;
  return fstat(fd, &file) < 0 ? -1 : result(-ENOTSUP);
}

ssize_t getxattr(const char *path, const char *name, void *value, size_t size) {
  (void)name, (void)value, (void)size;
  return of_path(path);
}

ssize_t lgetxattr(const char *path, const char *name, void *value, size_t size) {
  (void)name, (void)value, (void)size;
  return of_link(path);
}

ssize_t fgetxattr(int fd, const char *name, void *value, size_t size) {
  (void)name, (void)value, (void)size;
  return of_fd(fd);
}

ssize_t listxattr(const char *path, char *list, size_t size) {
  (void)list, (void)size;
  return of_path(path);
}

ssize_t llistxattr(const char *path, char *list, size_t size) {
  (void)list, (void)size;
  return of_link(path);
}

ssize_t flistxattr(int fd, char *list, size_t size) {
  (void)list, (void)size;
  return of_fd(fd);
}

int setxattr(const char *path, const char *name, const void *value, size_t size, int flags) {
  (void)name, (void)value, (void)size, (void)flags;
  return of_path(path);
}

int lsetxattr(const char *path, const char *name, const void *value, size_t size, int flags) {
  (void)name, (void)value, (void)size, (void)flags;
  return of_link(path);
}

int fsetxattr(int fd, const char *name, const void *value, size_t size, int flags) {
  (void)name, (void)value, (void)size, (void)flags;
  return of_fd(fd);
}

int removexattr(const char *path, const char *name) {
  (void)name;
  return of_path(path);
}

int lremovexattr(const char *path, const char *name) {
  (void)name;
  return of_link(path);
}

int fremovexattr(int fd, const char *name) {
  (void)name;
  return of_fd(fd);
}
