/* Sleeping, which a signal ends. */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <time.h>
#include <unistd.h>

#include "result.h"
#include "signals.h"

static long long now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000LL + now.tv_nsec;
}

int nanosleep(const struct timespec *time, struct timespec *left) {
  if (time->tv_sec < 0 || time->tv_nsec < 0 || time->tv_nsec >= 1000000000) return result(-EINVAL);
  if (!__posix_timer_is_set()) {
    int error = clock_nanosleep(CLOCK_REALTIME, 0, time, left);
    return result(-error);
  }
  long long end = now_ns() + time->tv_sec * 1000000000LL + time->tv_nsec, remaining;
  while ((remaining = end - now_ns()) > 0) {
    long long ms = (remaining + 999999) / 1000000;
    if (__posix_poll(NULL, 0, ms > INT_MAX ? INT_MAX : (int)ms) == 0) continue;
    remaining = end - now_ns();
    if (left) *left = (struct timespec){.tv_sec = remaining / 1000000000, .tv_nsec = remaining % 1000000000};
    return -1;
  }
  return 0;
}

unsigned sleep(unsigned seconds) {
  struct timespec time = {.tv_sec = seconds, .tv_nsec = 0};
  return nanosleep(&time, &time) < 0 ? (unsigned)(time.tv_sec + (time.tv_nsec >= 500000000)) : 0;
}

int usleep(unsigned microseconds) {
  struct timespec time = {.tv_sec = microseconds / 1000000, .tv_nsec = (long)(microseconds % 1000000) * 1000};
  return nanosleep(&time, NULL);
}

/* Without a timer no signal will come: pause(2) waits all the same. */
int pause(void) { return __posix_poll(NULL, 0, -1) < 0 ? -1 : result(-EINTR); }

int sigsuspend(const sigset_t *mask) {
  sigset_t old;
  if (__posix_swap_mask(mask, &old) == 0) pause();
  __posix_swap_mask(&old, NULL);
  return result(-EINTR);
}
