#include "lock_wait.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "signals.h"

static int is_over(clockid_t clock, const struct timespec *until) {
  struct timespec now;
  clock_gettime(clock, &now);
  return now.tv_sec > until->tv_sec || (now.tv_sec == until->tv_sec && now.tv_nsec >= until->tv_nsec);
}

static int wait_for_handler(clockid_t clock, const struct timespec *until) {
  if (until && (until->tv_nsec < 0 || until->tv_nsec >= 1000000000)) return EINVAL;
  if (until && is_over(clock, until)) return ETIMEDOUT;
  if (until) return clock_nanosleep(clock, TIMER_ABSTIME, until, NULL) == EINTR ? 0 : ETIMEDOUT;
  if (!__posix_may_be_signalled()) return EDEADLK;
  __posix_poll(NULL, 0, -1);
  return 0;
}

int __posix_lock_wait(clockid_t clock, const struct timespec *until) {
  int before = errno, error = wait_for_handler(clock, until);
  errno = before;
  return error;
}

void __posix_deadlock(const char *what) {
  static const char reason[] = ": this program has one thread, and waits for another\n";
  write(STDERR_FILENO, what, strlen(what));
  write(STDERR_FILENO, reason, sizeof reason - 1);
  abort();
}
