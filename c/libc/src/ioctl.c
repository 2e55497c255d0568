#include <stdarg.h>
#include <sys/ioctl.h>
#include <wasi/api.h>

#include "posix_sockets.h"
#include "result.h"

/* Files have no requests but those of every descriptor; ioctl(2): ENOTTY, "the specified request does not apply". */
int ioctl(int fd, int request, ...) {
  __wasi_fdstat_t stat;
  va_list arguments;
  va_start(arguments, request);
  int32_t *argument = va_arg(arguments, int32_t *);
  va_end(arguments);
  switch (request) {
    case FIOCLEX: return result(wasm_sock_fcntl(fd, WASM_F_SETFD, 1));
    case FIONCLEX: return result(wasm_sock_fcntl(fd, WASM_F_SETFD, 0));
    case FIONREAD:
    case TIOCOUTQ:
    case SIOCATMARK:
    case FIONBIO: break;
    default: return result(__wasi_fd_fdstat_get(fd, &stat) ? -EBADF : -ENOTTY);
  }
  return result(wasm_sock_ioctl(fd, request, argument));
}
