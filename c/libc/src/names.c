/* The addresses at both ends of a socket. */
#include <sys/socket.h>

#include "posix_sockets.h"
#include "result.h"

int getsockname(int fd, struct sockaddr *restrict address, socklen_t *restrict length) {
  return result(wasm_sock_getsockname(fd, address, length));
}

int getpeername(int fd, struct sockaddr *restrict address, socklen_t *restrict length) {
  return result(wasm_sock_getpeername(fd, address, length));
}
