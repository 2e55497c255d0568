/* The clocks that timers can have. */
#ifndef POSIX_WASM_CLOCK_NUMBER_H
#define POSIX_WASM_CLOCK_NUMBER_H

#include <time.h>

/* Linux's number of a clock; -1 for one that timers cannot have. */
static inline int clock_number(clockid_t clock) {
  int is_of_timers = clock == CLOCK_REALTIME || clock == CLOCK_MONOTONIC || clock == CLOCK_BOOTTIME ||
                     clock == CLOCK_REALTIME_ALARM || clock == CLOCK_BOOTTIME_ALARM;
  return is_of_timers ? clock : -1;
}

#endif
