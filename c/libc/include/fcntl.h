/* wasi-libc's <fcntl.h>, its numbers for open and O_NONBLOCK, and the commands of fcntl that it leaves out. */
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

/* wasi-libc has 0. This bit its open passes over; pipe2 and dup3 tell it to the host, which F_GETFD asks. */
#undef O_CLOEXEC
#define O_CLOEXEC 0x20000000

#ifndef O_NDELAY
#define O_NDELAY O_NONBLOCK
#endif
#ifndef O_LARGEFILE
#define O_LARGEFILE 0
#endif
#ifndef O_ASYNC
#define O_ASYNC 0 /* there is no SIGIO to be sent */
#endif
#define FNDELAY O_NDELAY
#define FNONBLOCK O_NONBLOCK
#define FAPPEND O_APPEND

#endif
