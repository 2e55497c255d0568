/* How the one thread waits for what no other thread can give: only a signal's handler can, or a timeout ends it. */
#ifndef POSIX_WASM_LOCK_WAIT_H
#define POSIX_WASM_LOCK_WAIT_H

#include <time.h>

/* Waits until a handler has run (0), or the clock shows `until` (ETIMEDOUT; NULL for no end). EINVAL for a wrong time,
 * and EDEADLK where nothing could ever end the wait. */
int __posix_lock_wait(clockid_t clock, const struct timespec *until);

/* Says on standard error what the program waits for in vain, and ends it. */
_Noreturn void __posix_deadlock(const char *what);

#endif
