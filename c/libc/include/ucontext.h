/* <ucontext.h>: the type of a signal handler's third argument, which is always null here. A WebAssembly program cannot
 * leave its call stack for another one, so there are no getcontext, setcontext, makecontext and swapcontext. */
#ifndef _UCONTEXT_H
#define _UCONTEXT_H

#include <signal.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  unsigned long __reserved[1];
} mcontext_t;

typedef struct __ucontext {
  unsigned long uc_flags;
  struct __ucontext *uc_link;
  stack_t uc_stack;
  mcontext_t uc_mcontext;
  sigset_t uc_sigmask;
} ucontext_t;

#ifdef __cplusplus
}
#endif

#endif
