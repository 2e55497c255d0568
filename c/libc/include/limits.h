/* The compiler's and wasi-libc's <limits.h>, and two of Linux's limits. */
#include_next <limits.h>

#ifndef PIPE_BUF
#define PIPE_BUF 4096
#endif
#ifndef LOGIN_NAME_MAX
#define LOGIN_NAME_MAX 256
#endif
