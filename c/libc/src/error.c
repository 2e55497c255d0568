/* error(3): messages in GNU's form. */
#include <errno.h>
#include <error.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "program_name.h"

void (*error_print_progname)(void);
unsigned error_message_count;
int error_one_per_line;

/* As the program was called, with its path. */
static void begin(void) {
  fflush(stdout);
  if (error_print_progname)
    error_print_progname();
  else
    fprintf(stderr, "%s:", __posix_invocation_name());
}

static void finish(int status, int number, const char *format, va_list arguments) {
  vfprintf(stderr, format, arguments);
  error_message_count++;
  if (number) fprintf(stderr, ": %s", strerror(number));
  putc('\n', stderr);
  fflush(stderr);
  if (status) exit(status);
}

void error(int status, int number, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  begin();
  if (!error_print_progname) putc(' ', stderr);
  finish(status, number, format, arguments);
  va_end(arguments);
}

static int is_repeated(const char *file, unsigned line) {
  static const char *last_file;
  static unsigned last_line;
  if (error_one_per_line && line == last_line && (file == last_file || (file && last_file && !strcmp(file, last_file))))
    return 1;
  last_file = file;
  last_line = line;
  return 0;
}

void error_at_line(int status, int number, const char *file, unsigned line, const char *format, ...) {
  va_list arguments;
  if (is_repeated(file, line)) return;
  va_start(arguments, format);
  begin();
  fprintf(stderr, file ? "%s:%u: " : " ", file, line);
  finish(status, number, format, arguments);
  va_end(arguments);
}
