/* sigset_t, which every header of wasi-libc takes from here: one bit for each of 64 signals, where wasi-libc's has room
 * for eight. */
#ifndef __wasilibc___typedef_sigset_t_h
#define __wasilibc___typedef_sigset_t_h

typedef struct {
  unsigned long __bits[2];
} sigset_t;

#endif
