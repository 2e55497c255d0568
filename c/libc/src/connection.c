/* What a socket is made into: bound, listening, connected, shut down. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include "posix_sockets.h"
#include "result.h"
#include "signals.h"
#include "unix_path.h"

int bind(int fd, const struct sockaddr *address, socklen_t length) {
  struct unix_path path;
  if (__posix_unix_path(address, length, &path) < 0 || result(wasm_sock_bind(fd, path.address, path.length)) < 0)
    return -1;
  __posix_unix_bound(address, length, &path);
  return 0;
}

int listen(int fd, int backlog) { return result(wasm_sock_listen(fd, backlog)); }

int shutdown(int fd, int how) { return result(wasm_sock_shutdown(fd, how)); }

/* While a timer is set, the waiting is done where the timer can end it; the attempt goes on, as connect(2) says of
 * EINTR. */
static int connect_interruptibly(int fd, const struct sockaddr *address, socklen_t length) {
  int error = 0;
  int flags = fcntl(fd, F_GETFL);
  if (flags < 0 || (flags & O_NONBLOCK)) return result(wasm_sock_connect(fd, address, length));
  fcntl(fd, F_SETFL, flags | O_NONBLOCK);
  int32_t answer = wasm_sock_connect(fd, address, length);
  fcntl(fd, F_SETFL, flags);
  if (answer != -EINPROGRESS) return result(answer);
  if (__posix_await(fd, POLLOUT) < 0) return -1;
  socklen_t size = sizeof error;
  if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0) return -1;
  return result(-error);
}

int connect(int fd, const struct sockaddr *address, socklen_t length) {
  struct unix_path path;
  if (__posix_unix_path(address, length, &path) < 0) return -1;
  if (__posix_timer_is_set()) return connect_interruptibly(fd, path.address, path.length);
  return result(wasm_sock_connect(fd, path.address, path.length));
}
