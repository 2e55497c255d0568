/* The three ways to receive; read(2) is wasi-libc's. */
#include <sys/socket.h>

#include "message.h"
#include "posix_sockets.h"
#include "result.h"

ssize_t recv(int fd, void *bytes, size_t length, int flags) { return result(wasm_sock_recv(fd, bytes, length, flags)); }

ssize_t recvfrom(int fd, void *restrict bytes, size_t length, int flags, struct sockaddr *restrict from,
                 socklen_t *restrict from_length) {
  return result(wasm_sock_recvfrom(fd, bytes, length, flags, from, from_length));
}

ssize_t recvmsg(int fd, struct msghdr *message, int flags) {
  return result(wasm_sock_recvmsg(fd, (struct wasm_msghdr *)message, flags));
}
