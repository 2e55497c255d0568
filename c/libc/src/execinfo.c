/* A program cannot look at its call stack in WebAssembly. */
#include <execinfo.h>
#include <stdlib.h>

int backtrace(void **frames, int most) {
  (void)frames, (void)most;
  return 0;
}

char **backtrace_symbols(void *const *frames, int count) {
  char **symbols = malloc((size_t)(count > 0 ? count : 1) * sizeof *symbols);
  for (int i = 0; symbols && i < count; i++) symbols[i] = frames[i] ? "[?]" : "[(nil)]";
  return symbols;
}

void backtrace_symbols_fd(void *const *frames, int count, int fd) { (void)frames, (void)count, (void)fd; }
