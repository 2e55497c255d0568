/* The name by which older programs include <signal.h>; wasi-libc's warns. */
#include <signal.h>
