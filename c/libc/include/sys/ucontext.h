/* <sys/ucontext.h>, which is <ucontext.h>. */
#include <ucontext.h>
