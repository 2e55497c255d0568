/* The name by which older programs include <poll.h>; wasi-libc's warns. */
#include <poll.h>
