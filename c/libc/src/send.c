/* The ways to send; write(2) is in write.c. */
#include <poll.h>
#include <sys/socket.h>

#include "message.h"
#include "posix_sockets.h"
#include "result.h"
#include "signals.h"
#include "unix_path.h"
#include "working_directory.h"

static ssize_t sent(int32_t answer, int flags) {
  return flags & MSG_NOSIGNAL ? result(answer) : __posix_written(answer);
}

ssize_t send(int fd, const void *bytes, size_t length, int flags) {
  if (!(flags & MSG_DONTWAIT) && __posix_await(fd, POLLOUT) < 0) return -1;
  return sent(wasm_sock_send(fd, bytes, length, flags), flags);
}

ssize_t sendto(int fd, const void *bytes, size_t length, int flags, const struct sockaddr *to, socklen_t to_length) {
  struct unix_path path;
  if (!(flags & MSG_DONTWAIT) && __posix_await(fd, POLLOUT) < 0) return -1;
  if (__posix_unix_path(to, to_length, &path) < 0) return -1;
  return sent(wasm_sock_sendto(fd, bytes, length, flags, path.address, path.length), flags);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
  struct msghdr moved;
  struct unix_path path;
  if (!(flags & MSG_DONTWAIT) && __posix_await(fd, POLLOUT) < 0) return -1;
  if (__posix_has_moved() && __posix_is_in_memory(message, sizeof *message) && message->msg_name) {
    if (__posix_unix_path(message->msg_name, message->msg_namelen, &path) < 0) return -1;
    moved = *message;
    moved.msg_name = (void *)path.address;
    moved.msg_namelen = path.length;
    message = &moved;
  }
  return sent(wasm_sock_sendmsg(fd, (const struct wasm_msghdr *)message, flags), flags);
}
