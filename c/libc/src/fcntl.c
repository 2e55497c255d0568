/* fcntl: duplicates and close-on-exec are the host's table's, the flags of open files go by preview 1. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdarg.h>
#include <wasi/api.h>

#include "posix_sockets.h"
#include "result.h"
#include "wasi_flags.h"

static int is_file(__wasi_filetype_t type) {
  return type == __WASI_FILETYPE_REGULAR_FILE || type == __WASI_FILETYPE_DIRECTORY ||
         type == __WASI_FILETYPE_BLOCK_DEVICE || type == __WASI_FILETYPE_CHARACTER_DEVICE;
}

/* A file that can be neither read nor written was opened to be named only. */
static int access_of_rights(__wasi_rights_t rights) {
  int reads = (rights & (__WASI_RIGHTS_FD_READ | __WASI_RIGHTS_FD_READDIR)) != 0,
      writes = (rights & __WASI_RIGHTS_FD_WRITE) != 0;
  if (!writes) return reads ? O_RDONLY : O_PATH;
  return reads ? O_RDWR : O_WRONLY;
}

static int get_flags(int fd) {
  __wasi_fdstat_t stat;
  __wasi_errno_t error = __wasi_fd_fdstat_get(fd, &stat);
  if (error) return result(-error);
  if (is_file(stat.fs_filetype)) return of_fdflags(stat.fs_flags) | access_of_rights(stat.fs_rights_base);
  int32_t host = wasm_sock_fcntl(fd, WASM_F_GETFL, 0); /* O_NONBLOCK and the two bits of access, as here */
  return host < 0 ? of_fdflags(stat.fs_flags) | O_RDWR : host & (WASM_O_NONBLOCK | O_ACCMODE);
}

_Static_assert(WASM_O_NONBLOCK == O_NONBLOCK && WASM_O_RDWR == O_RDWR, "the host's flags are Linux's");

/* fcntl(2): of the flags that open takes these can be changed; there is no SIGIO, and no reading around a cache. */
static int set_flags(int fd, int flags) {
  __wasi_fdstat_t stat;
  int changed = __WASI_FDFLAGS_APPEND | __WASI_FDFLAGS_NONBLOCK;
  __wasi_errno_t error = __wasi_fd_fdstat_get(fd, &stat);
  if (error) return result(-error);
  if (flags & (O_ASYNC | O_DIRECT)) return result(-EINVAL);
  int wanted = (stat.fs_flags & ~changed) | (fdflags_of(flags) & changed);
  return result(-__wasi_fd_fdstat_set_flags(fd, (__wasi_fdflags_t)wanted));
}

static int is_open(int fd) {
  __wasi_fdstat_t stat;
  return __wasi_fd_fdstat_get(fd, &stat) == 0;
}

static int by_command(int fd, int command, int argument) {
  switch (command) {
    case F_DUPFD: return result(wasm_sock_fcntl(fd, WASM_F_DUPFD, argument));
    case F_DUPFD_CLOEXEC: return result(wasm_sock_fcntl(fd, WASM_F_DUPFD_CLOEXEC, argument));
    case F_GETFD: return result(wasm_sock_fcntl(fd, WASM_F_GETFD, 0));
    case F_SETFD: return result(wasm_sock_fcntl(fd, WASM_F_SETFD, argument));
    case F_GETLK:
    case F_SETLK:
    case F_SETLKW:
    case F_OFD_GETLK:
    case F_OFD_SETLK:
    case F_OFD_SETLKW: return result(is_open(fd) ? -ENOLCK : -EBADF); /* nobody would keep the other guests out */
    default: return result(is_open(fd) ? -EINVAL : -EBADF);
  }
}

int fcntl(int fd, int command, ...) {
  va_list arguments;
  va_start(arguments, command);
  int argument = va_arg(arguments, int); /* a pointer is as wide */
  va_end(arguments);
  if (command == F_GETFL) return get_flags(fd);
  return command == F_SETFL ? set_flags(fd, argument) : by_command(fd, command, argument);
}

int __wasi_libc_fcntl(int fd, int command, ...) __asm__("fcntl");

/* For wasi-libc's own objects, such as that of fdopen, by its numbers. */
int __wasi_libc_fcntl(int fd, int command, ...) {
  va_list arguments;
  va_start(arguments, command);
  int argument = va_arg(arguments, int);
  va_end(arguments);
  if (command == F_SETFL) return set_flags(fd, of_fdflags(argument));
  if (command != F_GETFL) return by_command(fd, command, argument);
  int flags = get_flags(fd), access = flags & O_ACCMODE;
  if (flags < 0) return flags;
  return fdflags_of(flags) | (access != O_WRONLY ? WASI_RDONLY : 0) | (access != O_RDONLY ? WASI_WRONLY : 0);
}
