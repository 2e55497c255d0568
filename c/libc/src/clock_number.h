/* The numbers that Linux has for clocks: wasi-libc's are addresses. */
#ifndef POSIX_WASM_CLOCK_NUMBER_H
#define POSIX_WASM_CLOCK_NUMBER_H

#include <time.h>

#include "posix_sockets.h"

/* -1 for a clock that timers cannot have. */
static inline int clock_number(clockid_t clock) {
  if (clock == CLOCK_REALTIME) return WASM_CLOCK_REALTIME;
  if (clock == CLOCK_MONOTONIC) return WASM_CLOCK_MONOTONIC;
#ifdef CLOCK_BOOTTIME
  if (clock == CLOCK_BOOTTIME) return WASM_CLOCK_BOOTTIME;
#endif
  return -1;
}

#endif
