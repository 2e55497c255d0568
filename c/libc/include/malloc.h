/* wasi-libc's <malloc.h>, and the two older names of aligned_alloc. */
#include_next <malloc.h>

#ifndef _POSIX_WASM_MALLOC_H
#define _POSIX_WASM_MALLOC_H

#ifdef __cplusplus
extern "C" {
#endif

void *memalign(size_t, size_t);
void *valloc(size_t);

#ifdef __cplusplus
}
#endif

#endif
