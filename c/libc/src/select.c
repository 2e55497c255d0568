/* select and pselect over poll. */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/select.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "posix_sockets.h"
#include "result.h"

enum { READABLE = POLLIN | POLLHUP | POLLERR, WRITABLE = POLLOUT | POLLERR, EXCEPTIONAL = POLLPRI };

static int has(int fd, const fd_set *set) { return set && FD_ISSET(fd, set); }

/* Takes `fd` out of `set` unless one of `revents` is among `wanted`. Returns how many are left: 0 or 1. */
static int keep(int fd, fd_set *set, int revents, int wanted) {
  if (!has(fd, set)) return 0;
  if (revents & wanted) return 1;
  FD_CLR(fd, set);
  return 0;
}

/* What lies beyond the limit in its last word: Linux copies whole words of the answer back. */
static void clear_rest(int limit, fd_set *set) {
  for (int fd = limit; set && fd % NFDBITS != 0; fd++) FD_CLR(fd, set);
}

static int gather(struct pollfd *fds, int limit, const fd_set *reads, const fd_set *writes, const fd_set *excepts) {
  int count = 0;
  for (int fd = 0; fd < limit; fd++) {
    int events = (has(fd, reads) ? POLLIN : 0) | (has(fd, writes) ? POLLOUT : 0) | (has(fd, excepts) ? POLLPRI : 0);
    if (events) fds[count++] = (struct pollfd){.fd = fd, .events = (short)events};
  }
  return count;
}

/* Linux looks no farther than its table of descriptors goes, which has room for the highest that is open: a set that
 * has no bits for more is not read beyond its end. */
static int within_table(int limit) {
  int most = getdtablesize();
  if (limit > most) limit = most;
  while (limit > FD_SETSIZE && wasm_sock_fcntl(limit - 1, WASM_F_GETFD, 0) < 0) limit--;
  return limit;
}

static int select_among(struct pollfd *fds, int limit, fd_set *reads, fd_set *writes, fd_set *excepts,
                        const struct timespec *timeout, const sigset_t *mask) {
  int ready = 0, count = gather(fds, limit, reads, writes, excepts);
  if (ppoll(fds, (nfds_t)count, timeout, mask) < 0) return -1;
  for (int i = 0; i < count; i++)
    if (fds[i].revents & POLLNVAL) return result(-EBADF);
  for (int i = 0; i < count; i++) {
    ready += keep(fds[i].fd, reads, fds[i].revents, READABLE);
    ready += keep(fds[i].fd, writes, fds[i].revents, WRITABLE);
    ready += keep(fds[i].fd, excepts, fds[i].revents, EXCEPTIONAL);
  }
  clear_rest(limit, reads);
  clear_rest(limit, writes);
  clear_rest(limit, excepts);
  return ready;
}

int pselect(int limit, fd_set *restrict reads, fd_set *restrict writes, fd_set *restrict excepts,
            const struct timespec *restrict timeout, const sigset_t *restrict mask) {
  struct pollfd few[FD_SETSIZE], *fds = few;
  if (limit < 0) return result(-EINVAL);
  if (limit > FD_SETSIZE) {
    limit = within_table(limit);
    fds = malloc((size_t)limit * sizeof *fds); /* within the limit of descriptors */
    if (!fds) return result(-ENOMEM);
  }
  int ready = select_among(fds, limit, reads, writes, excepts, timeout, mask);
  if (fds != few) free(fds);
  return ready;
}

static long long now_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

/* select(2): "On Linux, select() modifies timeout to reflect the amount of time not slept". */
int select(int limit, fd_set *restrict reads, fd_set *restrict writes, fd_set *restrict excepts,
           struct timeval *restrict timeout) {
  struct timespec time;
  if (!timeout) return pselect(limit, reads, writes, excepts, NULL, NULL);
  if (timeout->tv_sec < 0 || timeout->tv_usec < 0) return result(-EINVAL);
  time.tv_sec = timeout->tv_sec + timeout->tv_usec / 1000000;
  time.tv_nsec = (long)(timeout->tv_usec % 1000000) * 1000;
  long long started = time.tv_sec || time.tv_nsec ? now_us() : 0;
  int ready = pselect(limit, reads, writes, excepts, &time, NULL);
  if (started == 0 || time.tv_sec > INT_MAX) return ready;
  long long left = time.tv_sec * 1000000LL + time.tv_nsec / 1000 - (now_us() - started);
  timeout->tv_sec = left > 0 ? left / 1000000 : 0;
  timeout->tv_usec = left > 0 ? left % 1000000 : 0;
  return ready;
}
