/* select and pselect over poll. wasi-libc's own would hand its numbers for events to the poll of this layer. */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sys/select.h>
#include <sys/time.h>
#include <time.h>

enum { READABLE = POLLIN | POLLHUP | POLLERR, WRITABLE = POLLOUT | POLLERR, EXCEPTIONAL = POLLPRI };

static int has(int fd, const fd_set *set) { return set && FD_ISSET(fd, set); }

/* Takes `fd` out of `set` unless one of `revents` is among `wanted`. Returns how many are left: 0 or 1. */
static int keep(int fd, fd_set *set, int revents, int wanted) {
  if (!has(fd, set)) return 0;
  if (revents & wanted) return 1;
  FD_CLR(fd, set);
  return 0;
}

static int select_ms(int limit, fd_set *reads, fd_set *writes, fd_set *excepts, int timeout_ms) {
  struct pollfd fds[FD_SETSIZE];
  int count = 0, ready = 0;
  if (limit < 0 || limit > FD_SETSIZE) {
    errno = EINVAL;
    return -1;
  }
  for (int fd = 0; fd < limit; fd++) {
    int events = (has(fd, reads) ? POLLIN : 0) | (has(fd, writes) ? POLLOUT : 0) | (has(fd, excepts) ? POLLPRI : 0);
    if (events) fds[count++] = (struct pollfd){.fd = fd, .events = (short)events};
  }
  if (poll(fds, (nfds_t)count, timeout_ms) < 0) return -1;
  for (int i = 0; i < count; i++) {
    if (fds[i].revents & POLLNVAL) {
      errno = EBADF;
      return -1;
    }
  }
  for (int i = 0; i < count; i++) {
    ready += keep(fds[i].fd, reads, fds[i].revents, READABLE);
    ready += keep(fds[i].fd, writes, fds[i].revents, WRITABLE);
    ready += keep(fds[i].fd, excepts, fds[i].revents, EXCEPTIONAL);
  }
  return ready;
}

/* Rounded up; -1, for ever, when that is more than an int of milliseconds. */
static int milliseconds(time_t seconds, long nanoseconds) {
  if (seconds > INT_MAX / 1000 - 1) return -1;
  return (int)seconds * 1000 + (int)((nanoseconds + 999999) / 1000000);
}

int pselect(int limit, fd_set *restrict reads, fd_set *restrict writes, fd_set *restrict excepts,
            const struct timespec *restrict timeout, const sigset_t *restrict mask) {
  (void)mask;
  if (!timeout) return select_ms(limit, reads, writes, excepts, -1);
  if (timeout->tv_sec < 0 || timeout->tv_nsec < 0 || timeout->tv_nsec >= 1000000000) {
    errno = EINVAL;
    return -1;
  }
  return select_ms(limit, reads, writes, excepts, milliseconds(timeout->tv_sec, timeout->tv_nsec));
}

int select(int limit, fd_set *restrict reads, fd_set *restrict writes, fd_set *restrict excepts,
           struct timeval *restrict timeout) {
  if (!timeout) return select_ms(limit, reads, writes, excepts, -1);
  if (timeout->tv_sec < 0 || timeout->tv_usec < 0) {
    errno = EINVAL;
    return -1;
  }
  return select_ms(limit, reads, writes, excepts, milliseconds(timeout->tv_sec, (long)(timeout->tv_usec % 1000000) * 1000));
}
