/* Where descriptors come from. They go by wasi-libc's own close. */
#include <sys/socket.h>
#include <unistd.h>

#include "posix_sockets.h"
#include "result.h"

int socket(int domain, int type, int protocol) { return result(wasm_sock_socket(domain, type, protocol)); }

int socketpair(int domain, int type, int protocol, int fds[2]) {
  return result(wasm_sock_socketpair(domain, type, protocol, fds));
}

int accept(int fd, struct sockaddr *restrict address, socklen_t *restrict length) {
  return result(wasm_sock_accept(fd, address, length));
}

int accept4(int fd, struct sockaddr *restrict address, socklen_t *restrict length, int flags) {
  return result(wasm_sock_accept4(fd, address, length, flags));
}

int dup(int fd) { return result(wasm_sock_dup(fd)); }
