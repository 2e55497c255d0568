/* wasi-libc's <dirent.h> with readdir_r, and without getdents, for which it has no code. */
#define getdents __wasi_getdents
#include_next <dirent.h>
#undef getdents
#undef getdents64

#ifndef _POSIX_WASM_DIRENT_H
#define _POSIX_WASM_DIRENT_H

#ifdef __cplusplus
extern "C" {
#endif

/* By another name for the linker: wasi-libc defines it beside functions that every program has. */
DIR *opendir(const char *) __asm__("posix_opendir");

#if defined(_POSIX_SOURCE) || defined(_POSIX_C_SOURCE) || defined(_XOPEN_SOURCE) || defined(_GNU_SOURCE) || \
    defined(_BSD_SOURCE)
int readdir_r(DIR *__restrict, struct dirent *__restrict, struct dirent **__restrict);
#endif

#if defined(_LARGEFILE64_SOURCE) || defined(_GNU_SOURCE)
#define readdir64_r readdir_r
#endif

#ifdef __cplusplus
}
#endif

#endif
