/* What a process may set about itself and read back. */
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/prctl.h>

#include "process_name.h"
#include "result.h"

static unsigned long dumpable = 1, keeps_capabilities, no_new_privileges, huge_pages_off, slack_ns = 50000, subreaper,
                     death_signal;

/* A value that must be 0 or 1. */
static int set_flag(unsigned long *place, unsigned long value) {
  if (value > 1) return result(-EINVAL);
  *place = value;
  return 0;
}

static int set_slack(unsigned long ns) {
  slack_ns = (long)ns > 0 ? ns : 50000;
  return 0;
}

static int set_no_new_privileges(unsigned long value) {
  if (value != 1) return result(-EINVAL);
  no_new_privileges = 1;
  return 0;
}

static int set_death_signal(unsigned long signal) {
  if (signal > 64) return result(-EINVAL);
  death_signal = signal;
  return 0;
}

static int give(unsigned long value, unsigned long place) {
  *(int *)place = (int)value;
  return 0;
}

int prctl(int option, ...) {
  va_list arguments;
  va_start(arguments, option);
  unsigned long value = va_arg(arguments, unsigned long);
  va_end(arguments);
  switch (option) {
    case PR_SET_NAME: __posix_set_process_name((const char *)value); return 0;
    case PR_GET_NAME: strcpy((char *)value, __posix_process_name()); return 0;
    case PR_GET_DUMPABLE: return (int)dumpable;
    case PR_SET_DUMPABLE: return set_flag(&dumpable, value);
    case PR_GET_KEEPCAPS: return (int)keeps_capabilities;
    case PR_SET_KEEPCAPS: return set_flag(&keeps_capabilities, value);
    case PR_GET_NO_NEW_PRIVS: return (int)no_new_privileges;
    case PR_SET_NO_NEW_PRIVS: return set_no_new_privileges(value);
    case PR_GET_THP_DISABLE: return (int)huge_pages_off;
    case PR_SET_THP_DISABLE: huge_pages_off = value != 0; return 0;
    case PR_GET_TIMERSLACK: return (int)slack_ns;
    case PR_SET_TIMERSLACK: return set_slack(value);
    case PR_GET_CHILD_SUBREAPER: return give(subreaper, value);
    case PR_SET_CHILD_SUBREAPER: subreaper = value != 0; return 0;
    case PR_GET_PDEATHSIG: return give(death_signal, value);
    case PR_SET_PDEATHSIG: return set_death_signal(value);
    case PR_GET_SECCOMP: return 0;
    case PR_SET_PTRACER: return 0;
    default: return result(-EINVAL);
  }
}
