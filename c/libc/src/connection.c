/* What a socket is made into: bound, listening, connected, shut down. */
#include <sys/socket.h>

#include "posix_sockets.h"
#include "result.h"

int bind(int fd, const struct sockaddr *address, socklen_t length) {
  return result(wasm_sock_bind(fd, address, length));
}

int listen(int fd, int backlog) { return result(wasm_sock_listen(fd, backlog)); }

int connect(int fd, const struct sockaddr *address, socklen_t length) {
  return result(wasm_sock_connect(fd, address, length));
}

int shutdown(int fd, int how) { return result(wasm_sock_shutdown(fd, how)); }
