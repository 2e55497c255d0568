/* errno, which every header of wasi-libc takes from here: a plain variable, since there is one thread. wasi-libc's is
 * thread-local, and older programs declare `extern int errno;` themselves. */
#ifndef __wasilibc___errno_h
#define __wasilibc___errno_h

#ifdef __cplusplus
extern "C" {
#endif

extern int errno;

#ifdef __cplusplus
}
#endif

#define errno errno

#endif
