#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <time.h>

#include "posix_sockets.h"
#include "result.h"
#include "signals.h"

_Static_assert(sizeof(struct epoll_event) == sizeof(struct wasm_epoll_event) &&
                   offsetof(struct epoll_event, data) == offsetof(struct wasm_epoll_event, data),
               "epoll_event");

/* epoll_create(2): "the size argument is ignored, but must be greater than zero". */
int epoll_create(int size) { return result(size > 0 ? wasm_sock_epoll_create1(0) : -EINVAL); }

int epoll_create1(int flags) { return result(wasm_sock_epoll_create1(flags)); }

int epoll_ctl(int epoll, int operation, int fd, struct epoll_event *event) {
  return result(wasm_sock_epoll_ctl(epoll, operation, fd, (const struct wasm_epoll_event *)event));
}

/* Waits no longer than until the timer goes off; then its handler runs, and the answer is EINTR. */
int epoll_wait(int epoll, struct epoll_event *events, int most, int timeout_ms) {
  for (;;) {
    int left = __posix_timer_left_ms();
    int is_shortened = left >= 0 && (timeout_ms < 0 || left < timeout_ms);
    int32_t found =
        wasm_sock_epoll_wait(epoll, (struct wasm_epoll_event *)events, most, is_shortened ? left : timeout_ms);
    unsigned handled = __posix_handled(NULL);
    __posix_timer_deliver(); /* also when there was nothing to wait for: a loop that never waits shall see it */
    if (found != 0 || !is_shortened) return result(found);
    if (__posix_handled(NULL) != handled) return result(-EINTR);
    if (timeout_ms >= 0) timeout_ms -= left;
  }
}

int epoll_pwait(int epoll, struct epoll_event *events, int most, int timeout_ms, const sigset_t *mask) {
  sigset_t old;
  if (!mask) return epoll_wait(epoll, events, most, timeout_ms);
  unsigned delivered = __posix_swap_mask(mask, &old);
  int found = delivered ? result(-EINTR) : epoll_wait(epoll, events, most, timeout_ms);
  int error = errno;
  __posix_swap_mask(&old, NULL);
  errno = error;
  return found;
}

int epoll_pwait2(int epoll, struct epoll_event *events, int most, const struct timespec *timeout,
                 const sigset_t *mask) {
  int timeout_ms = -1;
  if (timeout) {
    if (timeout->tv_sec < 0 || timeout->tv_nsec < 0 || timeout->tv_nsec >= 1000000000) return result(-EINVAL);
    if (timeout->tv_sec < INT_MAX / 1000 - 1)
      timeout_ms = (int)timeout->tv_sec * 1000 + (int)((timeout->tv_nsec + 999999) / 1000000);
  }
  return epoll_pwait(epoll, events, most, timeout_ms, mask);
}
