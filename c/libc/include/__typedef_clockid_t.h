/* Clocks are numbers, as on Linux; wasi-libc has pointers. Its functions are replaced by others that take numbers. */
#ifndef __wasilibc___typedef_clockid_t_h
#define __wasilibc___typedef_clockid_t_h

typedef int clockid_t;

#endif
