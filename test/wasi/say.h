/* For programs that call WASI preview 1 itself and print what each call answers. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wasi/api.h>

#define ROOT 3 /* the directory that a program is given */
#define FILE_RIGHTS (__WASI_RIGHTS_FD_READ | __WASI_RIGHTS_FD_WRITE | __WASI_RIGHTS_FD_SEEK | __WASI_RIGHTS_FD_TELL | \
  __WASI_RIGHTS_FD_ADVISE | __WASI_RIGHTS_FD_ALLOCATE | __WASI_RIGHTS_FD_SYNC | __WASI_RIGHTS_FD_DATASYNC | \
  __WASI_RIGHTS_FD_FDSTAT_SET_FLAGS | __WASI_RIGHTS_FD_FILESTAT_GET | __WASI_RIGHTS_FD_FILESTAT_SET_SIZE | \
  __WASI_RIGHTS_FD_FILESTAT_SET_TIMES | __WASI_RIGHTS_POLL_FD_READWRITE)

static inline const char *name_of(int error) {
  switch (error) {
    case 0: return "0";
    case 8: return "EBADF";
    case 20: return "EEXIST";
    case 21: return "EFAULT";
    case 22: return "EFBIG";
    case 25: return "EILSEQ";
    case 28: return "EINVAL";
    case 29: return "EIO";
    case 31: return "EISDIR";
    case 32: return "ELOOP";
    case 37: return "ENAMETOOLONG";
    case 44: return "ENOENT";
    case 52: return "ENOSYS";
    case 54: return "ENOTDIR";
    case 55: return "ENOTEMPTY";
    case 57: return "ENOTSOCK";
    case 58: return "EOPNOTSUPP";
    case 10: return "EBUSY";
    case 61: return "EOVERFLOW";
    case 63: return "EPERM";
    case 70: return "ESPIPE";
    case 76: return "ENOTCAPABLE";
  }
  static char number[16];
  snprintf(number, sizeof number, "errno %d", error);
  return number;
}

static inline void say(const char *what, int error) { printf("%s: %s\n", what, name_of(error)); }

static inline void tell(const char *what, long long number) { printf("%s: %lld\n", what, number); }

static inline int open_with(const char *path, int oflags, uint64_t rights, int fdflags, __wasi_fd_t *fd) {
  return __wasi_path_open(ROOT, 0, path, oflags, rights, 0, fdflags, fd);
}

/* A file that is there afterwards and closed, with these contents. */
static inline void make(const char *path, const char *contents) {
  __wasi_fd_t fd;
  __wasi_size_t n;
  __wasi_ciovec_t vector = {(const uint8_t *)contents, strlen(contents)};
  if (open_with(path, __WASI_OFLAGS_CREAT | __WASI_OFLAGS_TRUNC, FILE_RIGHTS, 0, &fd) != 0 ||
      __wasi_fd_write(fd, &vector, 1, &n) != 0 || __wasi_fd_close(fd) != 0)
    printf("cannot make %s\n", path);
}

/* What an open of this path answers; it is closed again. */
static inline void try_open(const char *what, int lookup, const char *path, int oflags, uint64_t rights) {
  __wasi_fd_t fd;
  int error = __wasi_path_open(ROOT, lookup, path, oflags, rights, 0, 0, &fd);
  say(what, error);
  if (error == 0) (void)!__wasi_fd_close(fd);
}

static inline int write_to(__wasi_fd_t fd, const char *text) {
  __wasi_size_t n;
  __wasi_ciovec_t vector = {(const uint8_t *)text, strlen(text)};
  return __wasi_fd_write(fd, &vector, 1, &n);
}

/* Prints the whole of a file. */
static inline void show(const char *what, const char *path) {
  __wasi_fd_t fd;
  __wasi_size_t n = 0;
  char bytes[256];
  __wasi_iovec_t vector = {(uint8_t *)bytes, sizeof bytes};
  int error = __wasi_path_open(ROOT, 1, path, 0, FILE_RIGHTS, 0, 0, &fd);
  if (error == 0) error = __wasi_fd_read(fd, &vector, 1, &n);
  if (error != 0) {
    say(what, error);
    return;
  }
  for (__wasi_size_t i = 0; i < n; i++)
    if (bytes[i] == 0) bytes[i] = '0';
  printf("%s: %.*s\n", what, (int)n, bytes);
  (void)!__wasi_fd_close(fd);
}
