/* wasi-libc's <fcntl.h> with the numbers of Linux for open, and the commands of fcntl that it leaves out. */
#include_next <fcntl.h>

#ifndef _POSIX_WASM_FCNTL_H
#define _POSIX_WASM_FCNTL_H

#define F_DUPFD 0
#define F_GETLK 5
#define F_SETLK 6
#define F_SETLKW 7
#define F_SETOWN 8
#define F_GETOWN 9
#define F_SETSIG 10
#define F_GETSIG 11
#define F_OFD_GETLK 36
#define F_OFD_SETLK 37
#define F_OFD_SETLKW 38
#define F_DUPFD_CLOEXEC 1030
#define F_SETPIPE_SZ 1031
#define F_GETPIPE_SZ 1032

#define F_RDLCK 0
#define F_WRLCK 1
#define F_UNLCK 2

/* The numbers of Linux on x86: wasi-libc's have no room for all, and O_RDONLY is 0 for many programs. */
#undef O_ACCMODE
#undef O_RDONLY
#undef O_WRONLY
#undef O_RDWR
#undef O_CREAT
#undef O_EXCL
#undef O_NOCTTY
#undef O_TRUNC
#undef O_APPEND
#undef O_NONBLOCK
#undef O_DSYNC
#undef O_DIRECTORY
#undef O_NOFOLLOW
#undef O_CLOEXEC
#undef O_RSYNC
#undef O_SYNC
#undef O_EXEC
#undef O_SEARCH

#define O_ACCMODE 03
#define O_RDONLY 00
#define O_WRONLY 01
#define O_RDWR 02
#define O_CREAT 0100
#define O_EXCL 0200
#define O_NOCTTY 0400
#define O_TRUNC 01000
#define O_APPEND 02000
#define O_NONBLOCK 04000
#define O_NDELAY O_NONBLOCK
#define O_DSYNC 010000
#define O_ASYNC 020000
#define O_DIRECTORY 0200000
#define O_NOFOLLOW 0400000
#define O_CLOEXEC 02000000
#define O_SYNC 04010000
#define O_RSYNC O_SYNC
#define O_LARGEFILE 0
#ifdef _GNU_SOURCE
#define O_DIRECT 040000
#define O_NOATIME 01000000
#define O_PATH 010000000
#define O_TMPFILE (020000000 | O_DIRECTORY)
#endif

#define FNDELAY O_NDELAY
#define FNONBLOCK O_NONBLOCK
#define FAPPEND O_APPEND
#define FASYNC O_ASYNC

#ifdef __cplusplus
extern "C" {
#endif

/* By other names for the linker: wasi-libc's own objects, and those of other compilers, call these with its numbers. */
int open(const char *, int, ...) __asm__("posix_open");
int openat(int, const char *, int, ...) __asm__("posix_openat");
int creat(const char *, mode_t) __asm__("posix_creat");
int fcntl(int, int, ...) __asm__("posix_fcntl");

#ifdef __cplusplus
}
#endif

#endif
