/* wasi-libc's <dlfcn.h>, and GNU's dladdr and dlinfo. A program is one module: nothing can be loaded, so dlopen fails and
 * dlerror gives the reason, as in a program that is linked statically. */
#include_next <dlfcn.h>

#ifndef _POSIX_WASM_DLFCN_H
#define _POSIX_WASM_DLFCN_H

#ifdef __cplusplus
extern "C" {
#endif

#if defined(_GNU_SOURCE) || defined(_BSD_SOURCE)
#define RTLD_DI_LINKMAP 2

typedef struct {
  const char *dli_fname;
  void *dli_fbase;
  const char *dli_sname;
  void *dli_saddr;
} Dl_info;

int dladdr(const void *, Dl_info *);
int dlinfo(void *, int, void *);
#endif

#ifdef __cplusplus
}
#endif

#endif
