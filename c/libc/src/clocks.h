#ifndef POSIX_WASM_CLOCKS_H
#define POSIX_WASM_CLOCKS_H

#include <time.h>

/* The clock of preview 1 that one of Linux's runs as; -1 for none. */
int __posix_clock_kind(clockid_t clock);

/* Takes a time of sleep, in nanoseconds, out of what counts as the processor's. */
void __posix_not_used(long long ns);

#endif
