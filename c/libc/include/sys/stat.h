/* wasi-libc's <sys/stat.h> and what it leaves out. */
#include_next <sys/stat.h>

#ifndef _POSIX_WASM_SYS_STAT_H
#define _POSIX_WASM_SYS_STAT_H

#define __NEED_mode_t
#define __NEED_dev_t
#include <bits/alltypes.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef ACCESSPERMS
#define ACCESSPERMS 0777
#define ALLPERMS 07777
#define DEFFILEMODE 0666
#endif

/* By other names for the linker: wasi-libc defines these beside functions that every program has. */
int chmod(const char *, mode_t) __asm__("posix_chmod");
int fchmod(int, mode_t) __asm__("posix_fchmod");
int fchmodat(int, const char *, mode_t, int) __asm__("posix_fchmodat");

mode_t umask(mode_t);
int mkfifo(const char *, mode_t);
int mkfifoat(int, const char *, mode_t);
int mknod(const char *, mode_t, dev_t);
int mknodat(int, const char *, mode_t, dev_t);

#ifdef __cplusplus
}
#endif

#endif
