/* Socket options, and the two ioctl requests that sockets answer. */
#include <stdarg.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "posix_sockets.h"
#include "result.h"

int getsockopt(int fd, int level, int name, void *restrict value, socklen_t *restrict length) {
  return result(wasm_sock_getsockopt(fd, level, name, value, length));
}

int setsockopt(int fd, int level, int name, const void *value, socklen_t length) {
  return result(wasm_sock_setsockopt(fd, level, name, value, length));
}

int ioctl(int fd, int request, ...) {
  va_list arguments;
  va_start(arguments, request);
  int32_t *argument = va_arg(arguments, int32_t *);
  va_end(arguments);
  return result(wasm_sock_ioctl(fd, request, argument));
}
