/* syslog to standard error, in the form of LOG_PERROR: a program without a system has no other log. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "program_name.h"

static const char *identity;
static int options, mask = 0xff;

void openlog(const char *name, int flags, int facility) {
  (void)facility;
  identity = name;
  options = flags;
}

void closelog(void) { identity = NULL; }

/* setlogmask(3): "if mask is 0, the current logmask is not modified". */
int setlogmask(int wanted) {
  int before = mask;
  if (wanted) mask = wanted;
  return before;
}

/* %m stands for strerror(errno); everything else is printf's. */
static void expand(char *out, size_t size, const char *format, const char *error) {
  size_t at = 0;
  for (; *format && at + 1 < size; format++) {
    if (format[0] == '%' && format[1] == '%' && at + 2 < size) {
      out[at++] = *format++;
    } else if (format[0] == '%' && format[1] == 'm') {
      for (const char *from = error; *from && at + 1 < size; from++) out[at++] = *from;
      format++;
      continue;
    }
    out[at++] = *format;
  }
  out[at] = '\0';
}

void vsyslog(int priority, const char *format, va_list arguments) {
  char pattern[1024], text[1024], id[24] = "";
  int error = errno;
  if (!(mask & LOG_MASK(LOG_PRI(priority)))) return;
  expand(pattern, sizeof pattern, format, strerror(error));
  vsnprintf(text, sizeof text, pattern, arguments);
  if (options & LOG_PID) snprintf(id, sizeof id, "[%d]", (int)getpid());
  size_t length = strlen(text);
  const char *name = identity ? identity : __posix_program_name();
  dprintf(STDERR_FILENO, "%s%s: %s%s", name, id, text, length && text[length - 1] == '\n' ? "" : "\n");
  errno = error;
}

void syslog(int priority, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsyslog(priority, format, arguments);
  va_end(arguments);
}
