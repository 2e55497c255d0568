/* open by the numbers of Linux, over wasi-libc's, which knows directories that the host shows and has no modes. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wasi/libc-nocwd.h>
#include <wasi/libc.h>

#include "opened_paths.h"
#include "posix_sockets.h"
#include "result.h"
#include "wasi_flags.h"

static int access_of(int flags) {
  if (flags & O_PATH) return WASI_SEARCH;
  switch (flags & O_ACCMODE) {
    case O_RDONLY: return WASI_RDONLY;
    case O_WRONLY: return WASI_WRONLY;
    case O_RDWR: return WASI_RDONLY | WASI_WRONLY;
    default: return WASI_SEARCH; /* open(2): neither reading nor writing, only a device's ioctl */
  }
}

static int to_wasi(int flags) {
  return access_of(flags) | fdflags_of(flags) | (flags & O_CREAT ? WASI_CREAT : 0) |
         (flags & O_EXCL ? WASI_EXCL : 0) | (flags & O_TRUNC ? WASI_TRUNC : 0) |
         (flags & O_DIRECTORY ? WASI_DIRECTORY : 0) | (flags & O_NOFOLLOW ? WASI_NOFOLLOW : 0);
}

static int is_relative_to(int directory, const char *path) { return directory != AT_FDCWD && *path != '/'; }

static int open_there(int directory, const char *path, int flags) {
  int wasi = to_wasi(flags);
  return is_relative_to(directory, path) ? __wasilibc_nocwd_openat_nomode(directory, path, wasi)
                                         : __wasilibc_open_nomode(path, wasi);
}

static int is_link(int directory, const char *path) {
  struct stat file;
  return fstatat(directory, path, &file, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(file.st_mode);
}

/* A link that is not followed is no directory, before it is a link that is not followed. */
static int error_of(int directory, const char *path, int flags) {
  int error = errno;
  if (error == ELOOP && (flags & O_DIRECTORY) && (flags & O_NOFOLLOW) && is_link(directory, path)) error = ENOTDIR;
  return error;
}

enum { TRIES = 100 };

static void add_name(char *at) {
  static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
  unsigned char random[12];
  getentropy(random, sizeof random);
  memcpy(at, "/.", 2);
  for (size_t i = 0; i < sizeof random; i++) at[i + 2] = letters[random[i] % (sizeof letters - 1)];
  at[sizeof random + 2] = '\0';
}

/* O_TMPFILE: a file in a directory that has a name for no longer than it takes to remove it. */
static int open_nameless(int directory, const char *path, int flags) {
  struct stat file;
  if ((flags & O_ACCMODE) == O_RDONLY || (flags & O_CREAT)) return result(-EINVAL);
  if (fstatat(directory, path, &file, 0) < 0) return -1;
  if (!S_ISDIR(file.st_mode)) return result(-ENOTDIR);
  char *name = malloc(strlen(path) + 16);
  int fd = name ? -1 : result(-ENOMEM);
  flags = (flags & ~O_TMPFILE) | O_CREAT | O_EXCL;
  for (int i = 0; name && i < TRIES; i++) {
    add_name(stpcpy(name, path));
    fd = open_there(directory, name, flags);
    if (fd >= 0 || errno != EEXIST) break;
  }
  if (fd >= 0) unlinkat(directory, name, 0);
  free(name);
  return fd;
}

static int open_file(int directory, const char *path, int flags) {
  if ((flags & O_TMPFILE) == O_TMPFILE) return open_nameless(directory, path, flags);
  /* open(2): "EINVAL: the filesystem does not support the O_DIRECT flag"; O_PATH passes over all but three. */
  if (flags & O_PATH)
    flags &= O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  else if (flags & O_DIRECT)
    return result(-EINVAL);
  int fd = open_there(directory, path, flags);
  return fd >= 0 ? fd : result(-error_of(directory, path, flags));
}

static int open_at(int directory, const char *path, int flags) {
  int fd = open_file(directory, path, flags);
  if (fd >= 0 && (flags & O_CLOEXEC)) wasm_sock_fcntl(fd, WASM_F_SETFD, WASM_FD_CLOEXEC);
  if (fd >= 0) __posix_opened(fd, directory, path);
  return fd;
}

int open(const char *path, int flags, ...) { return open_at(AT_FDCWD, path, flags); }
int openat(int directory, const char *path, int flags, ...) { return open_at(directory, path, flags); }
DIR *opendir(const char *path) {
  int fd = open_at(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *stream = fd < 0 ? NULL : fdopendir(fd);
  if (fd >= 0 && !stream) close(fd);
  return stream;
}

int creat(const char *path, mode_t mode) {
  (void)mode;
  return open_at(AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC);
}
