/* Socket options. */
#include <sys/socket.h>
#include <sys/ioctl.h>

#include "posix_sockets.h"
#include "result.h"

int getsockopt(int fd, int level, int name, void *restrict value, socklen_t *restrict length) {
  return result(wasm_sock_getsockopt(fd, level, name, value, length));
}

int setsockopt(int fd, int level, int name, const void *value, socklen_t length) {
  return result(wasm_sock_setsockopt(fd, level, name, value, length));
}

int sockatmark(int fd) {
  int mark;
  return ioctl(fd, SIOCATMARK, &mark) < 0 ? -1 : mark;
}
