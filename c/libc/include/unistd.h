/* wasi-libc's <unistd.h> and what it leaves out. */
#include_next <unistd.h>

#ifndef _POSIX_WASM_UNISTD_H
#define _POSIX_WASM_UNISTD_H

#ifdef __cplusplus
extern "C" {
#endif

int dup(int);

#ifdef __cplusplus
}
#endif

#endif
