/* Sleeping, which a signal ends. */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <time.h>
#include <unistd.h>

#include "clocks.h"
#include "result.h"
#include "signals.h"

enum { SECOND = 1000000000 };

/* wasi-libc's, whose clocks are pointers. Nothing interrupts it. */
int __wasi_libc_clock_nanosleep(const struct __clockid *, int, const struct timespec *, struct timespec *) __asm__(
    "clock_nanosleep");

static struct timespec as_timespec(long long ns) {
  return (struct timespec){.tv_sec = ns / SECOND, .tv_nsec = (long)(ns % SECOND)};
}

static long long now_ns(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return now.tv_sec * (long long)SECOND + now.tv_nsec;
}

/* Sleeps where a timer can interrupt. Answers what is left, 0 when the time is over. */
static long long sleep_interruptibly(long long ns) {
  long long end = now_ns(CLOCK_MONOTONIC) + ns, left;
  while ((left = end - now_ns(CLOCK_MONOTONIC)) > 0) {
    long long ms = (left + 999999) / 1000000;
    if (__posix_poll(NULL, 0, ms > INT_MAX ? INT_MAX : (int)ms) < 0) break;
  }
  left = end - now_ns(CLOCK_MONOTONIC);
  return left > 0 ? left : 0;
}

/* clock_nanosleep(2): which clocks one can sleep by. */
static int error_of_clock(clockid_t clock) {
  if (__posix_clock_kind(clock) < 0 || clock == CLOCK_THREAD_CPUTIME_ID) return EINVAL;
  int is_fast = clock == CLOCK_REALTIME_COARSE || clock == CLOCK_MONOTONIC_COARSE || clock == CLOCK_MONOTONIC_RAW;
  return is_fast ? EOPNOTSUPP : 0;
}

/* An errno is the result. */
int clock_nanosleep(clockid_t clock, int flags, const struct timespec *time, struct timespec *left) {
  int error = error_of_clock(clock);
  if (error) return error;
  if (time->tv_sec < 0 || time->tv_nsec < 0 || time->tv_nsec >= SECOND) return EINVAL;
  struct timespec rest = *time;
  int is_too_long = time->tv_sec > LLONG_MAX / SECOND / 4;
  long long ns = is_too_long ? LLONG_MAX / 4 : time->tv_sec * (long long)SECOND + time->tv_nsec;
  if (flags & TIMER_ABSTIME) rest = as_timespec(ns = ns > now_ns(clock) ? ns - now_ns(clock) : 0);
  long long from = now_ns(CLOCK_MONOTONIC);
  int is_interruptible = __posix_timer_is_set();
  ns = is_interruptible ? sleep_interruptibly(ns) : 0;
  if (!is_interruptible) error = __wasi_libc_clock_nanosleep(&_CLOCK_MONOTONIC, 0, &rest, NULL);
  __posix_not_used(now_ns(CLOCK_MONOTONIC) - from);
  if (ns == 0) return error;
  if (left && !(flags & TIMER_ABSTIME)) *left = as_timespec(ns);
  return EINTR;
}

int nanosleep(const struct timespec *time, struct timespec *left) {
  return result(-clock_nanosleep(CLOCK_MONOTONIC, 0, time, left));
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
