#include <poll.h>
#include <sys/socket.h>

#include "posix_sockets.h"
#include "result.h"
#include "signals.h"
#include "unix_path.h"

int accept4(int fd, struct sockaddr *restrict address, socklen_t *restrict length, int flags) {
  if (__posix_await(fd, POLLIN) < 0) return -1;
  socklen_t room = __posix_unix_room(length);
  int accepted = result(wasm_sock_accept4(fd, address, length, flags));
  if (accepted >= 0) __posix_unix_named(address, length, room);
  return accepted;
}

int accept(int fd, struct sockaddr *restrict address, socklen_t *restrict length) {
  return accept4(fd, address, length, 0);
}
