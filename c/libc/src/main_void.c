/* Calls `main` with the program's arguments, where it takes any. wasi-libc's own form has a weak reference to it, so that a program
   without `main` links, and traps when it starts; by this one it does not link. */
#include <stdlib.h>
#include <sysexits.h>
#include <wasi/api.h>

int __main_argc_argv(int argc, char **argv);

__attribute__((weak)) int __main_void(void) {
  __wasi_size_t count, size;
  if (__wasi_args_sizes_get(&count, &size) != __WASI_ERRNO_SUCCESS) _Exit(EX_OSERR);
  char *text = malloc(size + 1);
  char **arguments = calloc(count + 1, sizeof *arguments);
  if (!text || !arguments) _Exit(EX_SOFTWARE);
  if (__wasi_args_get((unsigned char **)arguments, (unsigned char *)text) != __WASI_ERRNO_SUCCESS) _Exit(EX_OSERR);
  return __main_argc_argv((int)count, arguments);
}
