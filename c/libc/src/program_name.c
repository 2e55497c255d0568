/* The name that err and syslog put before a message. wasi-libc has the variable, and its start leaves it empty. */
#include "program_name.h"

#include <stdlib.h>
#include <string.h>
#include <wasi/api.h>

extern char *__progname, *__progname_full;

static char *first_argument(void) {
  size_t count = 0, size = 0;
  if (__wasi_args_sizes_get(&count, &size) != 0 || count == 0) return NULL;
  uint8_t **arguments = malloc(count * sizeof *arguments), *text = malloc(size);
  int is_read = arguments && text && __wasi_args_get(arguments, text) == 0;
  char *first = is_read ? (char *)arguments[0] : NULL; /* stays: it is kept in __progname */
  free(arguments);
  if (!is_read) free(text);
  return first;
}

const char *__posix_program_name(void) {
  if (__progname && *__progname) return __progname;
  char *name = first_argument(), *slash = name ? strrchr(name, '/') : NULL;
  if (name) __progname = slash ? slash + 1 : name;
  if (name) __progname_full = name;
  return name ? __progname : "";
}

const char *__posix_invocation_name(void) {
  __posix_program_name();
  return __progname_full && *__progname_full ? __progname_full : __posix_program_name();
}
