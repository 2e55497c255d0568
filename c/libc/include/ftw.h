/* wasi-libc's <ftw.h>, and ftw itself. */
#include_next <ftw.h>

#ifndef _POSIX_WASM_FTW_H
#define _POSIX_WASM_FTW_H

#ifdef __cplusplus
extern "C" {
#endif

int ftw(const char *, int (*)(const char *, const struct stat *, int), int);

#if defined(_LARGEFILE64_SOURCE) || defined(_GNU_SOURCE)
#define ftw64 ftw
#endif

#ifdef __cplusplus
}
#endif

#endif
