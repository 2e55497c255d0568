/* wasi-libc's <sys/statvfs.h>. WASI reports nothing about file systems: for a file that exists both fail with ENOSYS. */
#include_next <sys/statvfs.h>

#ifndef _POSIX_WASM_SYS_STATVFS_H
#define _POSIX_WASM_SYS_STATVFS_H

#ifdef __cplusplus
extern "C" {
#endif

/* By other names for the linker: wasi-libc defines these beside functions that every program has. */
int statvfs(const char *__restrict, struct statvfs *__restrict) __asm__("posix_statvfs");
int fstatvfs(int, struct statvfs *) __asm__("posix_fstatvfs");

#ifdef __cplusplus
}
#endif

#endif
