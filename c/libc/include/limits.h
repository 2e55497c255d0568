/* The compiler's and wasi-libc's <limits.h>, and those of Linux's limits that it leaves out. */
#include_next <limits.h>

#ifndef PIPE_BUF
#define PIPE_BUF 4096
#endif
#ifndef LOGIN_NAME_MAX
#define LOGIN_NAME_MAX 256
#endif
#ifndef BC_BASE_MAX
#define BC_BASE_MAX 99
#endif
#ifndef BC_DIM_MAX
#define BC_DIM_MAX 2048
#endif
#ifndef BC_SCALE_MAX
#define BC_SCALE_MAX 99
#endif
#ifndef BC_STRING_MAX
#define BC_STRING_MAX 1000
#endif
#ifndef EXPR_NEST_MAX
#define EXPR_NEST_MAX 32
#endif
#ifndef LINE_MAX
#define LINE_MAX 2048
#endif
#ifndef MQ_PRIO_MAX
#define MQ_PRIO_MAX 32768
#endif
#ifndef SEM_VALUE_MAX
#define SEM_VALUE_MAX 0x7fffffff
#endif
