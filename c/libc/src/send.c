/* The three ways to send; write(2) is wasi-libc's. */
#include <sys/socket.h>

#include "message.h"
#include "posix_sockets.h"
#include "result.h"

ssize_t send(int fd, const void *bytes, size_t length, int flags) {
  return result(wasm_sock_send(fd, bytes, length, flags));
}

ssize_t sendto(int fd, const void *bytes, size_t length, int flags, const struct sockaddr *to, socklen_t to_length) {
  return result(wasm_sock_sendto(fd, bytes, length, flags, to, to_length));
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
  return result(wasm_sock_sendmsg(fd, (const struct wasm_msghdr *)message, flags));
}
