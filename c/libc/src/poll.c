#include <poll.h>

#include "posix_sockets.h"
#include "result.h"

_Static_assert(sizeof(struct pollfd) == sizeof(struct wasm_pollfd), "pollfd");

int poll(struct pollfd *fds, nfds_t count, int timeout) {
  return result(wasm_sock_poll((struct wasm_pollfd *)fds, count, timeout));
}
