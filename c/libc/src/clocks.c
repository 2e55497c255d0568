/* Clocks by Linux's numbers. Processor time is the time since the start of the program, without what it slept. */
#define _GNU_SOURCE
#include <errno.h>
#include <sys/time.h>
#include <sys/times.h>
#include <time.h>
#include <unistd.h>
#include <wasi/api.h>

#include "clocks.h"
#include "result.h"

enum { SECOND = 1000000000, TICK = SECOND / 100 /* sysconf(_SC_CLK_TCK) in a second */ };

static __wasi_timestamp_t read_clock(__wasi_clockid_t clock) {
  __wasi_timestamp_t time = 0;
  return __wasi_clock_time_get(clock, 1, &time) ? 0 : time;
}

static __wasi_timestamp_t started;

void __posix_not_used(long long ns) { started += (__wasi_timestamp_t)ns; }

__attribute__((constructor)) static void begin(void) { started = read_clock(__WASI_CLOCKID_MONOTONIC); }

int __posix_clock_kind(clockid_t clock) {
  switch (clock) {
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
    case CLOCK_REALTIME_ALARM:
    case CLOCK_TAI: return __WASI_CLOCKID_REALTIME; /* TAI's distance to UTC is 0 until it is set */
    case CLOCK_MONOTONIC:
    case CLOCK_MONOTONIC_RAW:
    case CLOCK_MONOTONIC_COARSE:
    case CLOCK_BOOTTIME:
    case CLOCK_BOOTTIME_ALARM: return __WASI_CLOCKID_MONOTONIC;
    case CLOCK_PROCESS_CPUTIME_ID: return __WASI_CLOCKID_PROCESS_CPUTIME_ID;
    case CLOCK_THREAD_CPUTIME_ID: return __WASI_CLOCKID_THREAD_CPUTIME_ID;
    default: return -1;
  }
}

static __wasi_timestamp_t used(void) { return read_clock(__WASI_CLOCKID_MONOTONIC) - started; }

static struct timespec as_timespec(__wasi_timestamp_t ns) {
  return (struct timespec){.tv_sec = (time_t)(ns / SECOND), .tv_nsec = (long)(ns % SECOND)};
}

int clock_gettime(clockid_t clock, struct timespec *time) {
  int kind = __posix_clock_kind(clock);
  if (kind < 0) return result(-EINVAL);
  *time = as_timespec(kind <= (int)__WASI_CLOCKID_MONOTONIC ? read_clock((__wasi_clockid_t)kind) : used());
  return 0;
}

int clock_getres(clockid_t clock, struct timespec *resolution) {
  __wasi_timestamp_t ns;
  int kind = __posix_clock_kind(clock);
  if (kind < 0) return result(-EINVAL);
  __wasi_errno_t error = __wasi_clock_res_get((__wasi_clockid_t)kind, &ns);
  if (!error && resolution) *resolution = as_timespec(ns);
  return result(-error);
}

/* clock_settime(2): EINVAL for a clock that cannot be set, EPERM for one that only others may set. */
int clock_settime(clockid_t clock, const struct timespec *time) {
  if (clock != CLOCK_REALTIME || time->tv_nsec < 0 || time->tv_nsec >= SECOND) return result(-EINVAL);
  return result(-EPERM);
}

int stime(const time_t *time) {
  (void)time;
  return result(-EPERM);
}

/* An errno is the result; 0 and the own number stand for this process. */
int clock_getcpuclockid(pid_t process, clockid_t *clock) {
  if (process != 0 && process != getpid()) return ESRCH;
  *clock = CLOCK_PROCESS_CPUTIME_ID;
  return 0;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
  __wasi_timestamp_t ns = read_clock(__WASI_CLOCKID_REALTIME);
  if (time) *time = (struct timeval){.tv_sec = (time_t)(ns / SECOND), .tv_usec = (suseconds_t)(ns % SECOND / 1000)};
  if (zone) *(struct timezone *)zone = (struct timezone){0, 0}; /* the kernel's, which is not that of TZ */
  return 0;
}

clock_t clock(void) { return (clock_t)(used() / (SECOND / CLOCKS_PER_SEC)); }

clock_t times(struct tms *times) {
  if (times) *times = (struct tms){.tms_utime = (clock_t)(used() / TICK)};
  return (clock_t)(read_clock(__WASI_CLOCKID_MONOTONIC) / TICK);
}
