#include <errno.h>
#include <limits.h>
#include <poll.h>

#include "posix_sockets.h"
#include "result.h"
#include "signals.h"

_Static_assert(sizeof(struct pollfd) == sizeof(struct wasm_pollfd), "pollfd");

int poll(struct pollfd *fds, nfds_t count, int timeout) { return __posix_poll(fds, count, timeout); }

int ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask) {
  sigset_t old;
  int timeout_ms = -1;
  if (timeout) {
    if (timeout->tv_sec < 0 || timeout->tv_nsec < 0 || timeout->tv_nsec >= 1000000000) return result(-EINVAL);
    if (timeout->tv_sec < INT_MAX / 1000 - 1)
      timeout_ms = (int)timeout->tv_sec * 1000 + (int)((timeout->tv_nsec + 999999) / 1000000);
  }
  if (!mask) return __posix_poll(fds, count, timeout_ms);
  unsigned delivered = __posix_swap_mask(mask, &old);
  int found = delivered ? result(-EINTR) : __posix_poll(fds, count, timeout_ms);
  int error = errno;
  __posix_swap_mask(&old, NULL);
  errno = error;
  return found;
}
