/* wasi-libc's <time.h>, and the names of time zones: there is one, UTC. */
#include_next <time.h>

#ifndef _POSIX_WASM_TIME_H
#define _POSIX_WASM_TIME_H

#ifdef __cplusplus
extern "C" {
#endif

#if defined(_POSIX_SOURCE) || defined(_POSIX_C_SOURCE) || defined(_XOPEN_SOURCE) || defined(_GNU_SOURCE) || \
    defined(_BSD_SOURCE)
extern char *tzname[2];
void tzset(void);
int clock_settime(clockid_t, const struct timespec *);
#endif

#if defined(_XOPEN_SOURCE) || defined(_GNU_SOURCE) || defined(_BSD_SOURCE)
extern int daylight;
extern long timezone;
#endif

#ifdef __cplusplus
}
#endif

#endif
