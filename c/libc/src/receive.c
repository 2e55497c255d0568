/* The ways to receive; read(2) is in read.c. */
#include <poll.h>
#include <sys/socket.h>

#include "message.h"
#include "posix_sockets.h"
#include "result.h"
#include "signals.h"
#include "unix_path.h"

ssize_t recv(int fd, void *bytes, size_t length, int flags) {
  if (!(flags & MSG_DONTWAIT) && __posix_await(fd, POLLIN) < 0) return -1;
  return result(wasm_sock_recv(fd, bytes, length, flags));
}

ssize_t recvfrom(int fd, void *restrict bytes, size_t length, int flags, struct sockaddr *restrict from,
                 socklen_t *restrict from_length) {
  if (!(flags & MSG_DONTWAIT) && __posix_await(fd, POLLIN) < 0) return -1;
  socklen_t room = __posix_unix_room(from_length);
  ssize_t received = result(wasm_sock_recvfrom(fd, bytes, length, flags, from, from_length));
  if (received >= 0) __posix_unix_named(from, from_length, room);
  return received;
}

ssize_t recvmsg(int fd, struct msghdr *message, int flags) {
  if (!(flags & MSG_DONTWAIT) && __posix_await(fd, POLLIN) < 0) return -1;
  socklen_t room = __posix_is_in_memory(message, sizeof *message) ? __posix_unix_room(&message->msg_namelen) : 0;
  ssize_t received = result(wasm_sock_recvmsg(fd, (struct wasm_msghdr *)message, flags));
  if (received >= 0 && room > 0) __posix_unix_named(message->msg_name, &message->msg_namelen, room);
  return received;
}
