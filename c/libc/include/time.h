/* wasi-libc's <time.h>, with time zones, clocks by Linux's numbers, and clock() in microseconds. */
#include_next <time.h>

#ifndef _POSIX_WASM_TIME_H
#define _POSIX_WASM_TIME_H

#ifdef __cplusplus
extern "C" {
#endif

#undef CLOCKS_PER_SEC
#define CLOCKS_PER_SEC ((clock_t)1000000)

#undef CLOCK_REALTIME
#undef CLOCK_MONOTONIC

#if defined(_POSIX_SOURCE) || defined(_POSIX_C_SOURCE) || defined(_XOPEN_SOURCE) || defined(_GNU_SOURCE) || \
    defined(_BSD_SOURCE)
#define CLOCK_REALTIME 0
#define CLOCK_MONOTONIC 1
#define CLOCK_PROCESS_CPUTIME_ID 2
#define CLOCK_THREAD_CPUTIME_ID 3
#define CLOCK_MONOTONIC_RAW 4
#define CLOCK_REALTIME_COARSE 5
#define CLOCK_MONOTONIC_COARSE 6
#define CLOCK_BOOTTIME 7
#define CLOCK_REALTIME_ALARM 8
#define CLOCK_BOOTTIME_ALARM 9
#define CLOCK_TAI 11

extern char *tzname[2];
void tzset(void);

/* By other names for the linker: objects of the C++ library call wasi-libc's, with pointers as clocks. */
int clock_gettime(clockid_t, struct timespec *) __asm__("posix_clock_gettime");
int clock_getres(clockid_t, struct timespec *) __asm__("posix_clock_getres");
int clock_settime(clockid_t, const struct timespec *) __asm__("posix_clock_settime");
int clock_nanosleep(clockid_t, int, const struct timespec *, struct timespec *) __asm__("posix_clock_nanosleep");
int clock_getcpuclockid(pid_t, clockid_t *);
#endif

#if defined(_XOPEN_SOURCE) || defined(_GNU_SOURCE) || defined(_BSD_SOURCE)
extern int daylight;
extern long timezone;
#endif

#if defined(_GNU_SOURCE) || defined(_BSD_SOURCE)
int stime(const time_t *);
#endif

#ifdef __cplusplus
}
#endif

#endif
