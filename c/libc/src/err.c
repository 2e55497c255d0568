/* err(3): messages with the program's name, as BSD has them. wasi-libc has the header only. */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "program_name.h"

static void tell(const char *format, va_list arguments, const char *reason) {
  fprintf(stderr, "%s: ", __posix_program_name());
  if (format) vfprintf(stderr, format, arguments);
  if (reason) fprintf(stderr, "%s%s", format ? ": " : "", reason);
  putc('\n', stderr);
}

void vwarn(const char *format, va_list arguments) { tell(format, arguments, strerror(errno)); }
void vwarnx(const char *format, va_list arguments) { tell(format, arguments, NULL); }

_Noreturn void verr(int status, const char *format, va_list arguments) {
  vwarn(format, arguments);
  exit(status);
}

_Noreturn void verrx(int status, const char *format, va_list arguments) {
  vwarnx(format, arguments);
  exit(status);
}

void warn(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vwarn(format, arguments);
  va_end(arguments);
}

void warnx(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vwarnx(format, arguments);
  va_end(arguments);
}

_Noreturn void err(int status, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  verr(status, format, arguments);
}

_Noreturn void errx(int status, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  verrx(status, format, arguments);
}
