/* wasi-libc's <sys/random.h>, and Linux's getrandom. */
#include_next <sys/random.h>

#ifndef _POSIX_WASM_SYS_RANDOM_H
#define _POSIX_WASM_SYS_RANDOM_H

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GRND_NONBLOCK 0x1
#define GRND_RANDOM 0x2
#define GRND_INSECURE 0x4

ssize_t getrandom(void *, size_t, unsigned);

#ifdef __cplusplus
}
#endif

#endif
