/* fcntl: duplicates and close-on-exec are the host's table's, the flags of open files go by preview 1, as in wasi-libc.
 */
#include <fcntl.h>
#include <stdarg.h>
#include <wasi/api.h>

#include "posix_sockets.h"
#include "result.h"

static int is_file(__wasi_filetype_t type) {
  return type == __WASI_FILETYPE_REGULAR_FILE || type == __WASI_FILETYPE_DIRECTORY ||
         type == __WASI_FILETYPE_BLOCK_DEVICE || type == __WASI_FILETYPE_CHARACTER_DEVICE;
}

static int access_of_rights(__wasi_rights_t rights) {
  int reads = (rights & (__WASI_RIGHTS_FD_READ | __WASI_RIGHTS_FD_READDIR)) != 0,
      writes = (rights & __WASI_RIGHTS_FD_WRITE) != 0;
  return (reads ? O_RDONLY : 0) | (writes ? O_WRONLY : 0);
}

/* Linux's two bits, which the host answers for sockets and pipes. */
static int access_of_host(int flags) { return (flags & 3) == 0 ? O_RDONLY : (flags & 3) == 1 ? O_WRONLY : O_RDWR; }

static int get_flags(int fd) {
  __wasi_fdstat_t stat;
  __wasi_errno_t error = __wasi_fd_fdstat_get(fd, &stat);
  if (error) return result(-error);
  if (is_file(stat.fs_filetype)) return stat.fs_flags | access_of_rights(stat.fs_rights_base);
  int32_t host = wasm_sock_fcntl(fd, WASM_F_GETFL, 0);
  if (host < 0) return stat.fs_flags | O_RDWR;
  return (host & WASM_O_NONBLOCK ? O_NONBLOCK : 0) | access_of_host(host);
}

static int set_flags(int fd, int flags) {
  int kept = O_APPEND | O_DSYNC | O_NONBLOCK | O_RSYNC | O_SYNC;
  return result(-__wasi_fd_fdstat_set_flags(fd, (__wasi_fdflags_t)(flags & kept)));
}

static int is_open(int fd) {
  __wasi_fdstat_t stat;
  return __wasi_fd_fdstat_get(fd, &stat) == 0;
}

int fcntl(int fd, int command, ...) {
  va_list arguments;
  va_start(arguments, command);
  int argument = va_arg(arguments, int); /* a pointer is as wide */
  va_end(arguments);
  switch (command) {
    case F_GETFL: return get_flags(fd);
    case F_SETFL: return set_flags(fd, argument);
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
