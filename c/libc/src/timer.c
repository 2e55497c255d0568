/* alarm and setitimer. Nothing can interrupt a program that computes: the signal is delivered in the first call, from
 * the moment on that it is due, that waits or may wait. */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "posix_sockets.h"
#include "result.h"
#include "signals.h"

/* In microseconds of the monotonic clock; 0: not set. */
static long long due, interval;

static long long now_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

static struct timeval as_timeval(long long us) {
  return (struct timeval){.tv_sec = us / 1000000, .tv_usec = us % 1000000};
}

int __posix_timer_is_set(void) { return due != 0; }

int __posix_timer_left_ms(void) {
  if (due == 0) return -1;
  long long left = (due - now_us() + 999) / 1000;
  return left < 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left;
}

void __posix_timer_deliver(void) {
  if (due == 0 || now_us() < due) return;
  due = interval ? now_us() + interval : 0;
  __posix_signal(SIGALRM, SI_KERNEL);
}

static void read_timer(struct itimerval *value) {
  long long left = due ? due - now_us() : 0;
  value->it_interval = as_timeval(interval);
  value->it_value = as_timeval(due && left <= 0 ? 1 : left);
}

int getitimer(int which, struct itimerval *value) {
  if (which != ITIMER_REAL) return result(-EINVAL); /* there is no clock of the processor's time to count */
  read_timer(value);
  return 0;
}

int setitimer(int which, const struct itimerval *restrict value, struct itimerval *restrict old) {
  if (which != ITIMER_REAL) return result(-EINVAL);
  if (value->it_value.tv_usec < 0 || value->it_value.tv_usec >= 1000000 || value->it_value.tv_sec < 0)
    return result(-EINVAL);
  if (old) read_timer(old);
  long long first = value->it_value.tv_sec * 1000000LL + value->it_value.tv_usec;
  interval = value->it_interval.tv_sec * 1000000LL + value->it_interval.tv_usec;
  due = first ? now_us() + first : 0;
  return 0;
}

unsigned alarm(unsigned seconds) {
  struct itimerval value = {{0, 0}, {seconds, 0}}, old;
  setitimer(ITIMER_REAL, &value, &old);
  return (unsigned)(old.it_value.tv_sec +
                    (old.it_value.tv_usec >= 500000 || (old.it_value.tv_sec == 0 && old.it_value.tv_usec)));
}

unsigned ualarm(unsigned first_us, unsigned interval_us) {
  struct itimerval value = {{0, interval_us}, {0, first_us}}, old;
  if (setitimer(ITIMER_REAL, &value, &old) < 0) return -1U;
  return (unsigned)(old.it_value.tv_sec * 1000000 + old.it_value.tv_usec);
}

int __posix_poll(struct pollfd *fds, unsigned long count, int timeout_ms) {
  for (;;) {
    int left = __posix_timer_left_ms();
    int is_shortened = left >= 0 && (timeout_ms < 0 || left < timeout_ms);
    int32_t found = wasm_sock_poll((struct wasm_pollfd *)fds, count, is_shortened ? left : timeout_ms);
    unsigned handled = __posix_handled(NULL);
    __posix_timer_deliver(); /* also when there was nothing to wait for: a loop that never waits shall see it */
    if (found != 0 || !is_shortened) return result(found);
    if (__posix_handled(NULL) != handled) return result(-EINTR);
    if (timeout_ms >= 0) timeout_ms -= left;
  }
}

int __posix_await(int fd, short events) {
  struct pollfd one = {.fd = fd, .events = events};
  int restarts = 0;
  while (due != 0) {
    int32_t flags = wasm_sock_fcntl(fd, WASM_F_GETFL, 0);
    if (flags < 0 || (flags & WASM_O_NONBLOCK)) return 0;
    if (__posix_poll(&one, 1, -1) >= 0) return 0;
    if (errno != EINTR) return 0;
    __posix_handled(&restarts);
    if (!restarts) return -1;
  }
  return 0;
}
