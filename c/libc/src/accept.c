#include <poll.h>
#include <sys/socket.h>

#include "posix_sockets.h"
#include "result.h"
#include "signals.h"

int accept(int fd, struct sockaddr *restrict address, socklen_t *restrict length) {
  if (__posix_await(fd, POLLIN) < 0) return -1;
  return result(wasm_sock_accept(fd, address, length));
}

int accept4(int fd, struct sockaddr *restrict address, socklen_t *restrict length, int flags) {
  if (__posix_await(fd, POLLIN) < 0) return -1;
  return result(wasm_sock_accept4(fd, address, length, flags));
}
