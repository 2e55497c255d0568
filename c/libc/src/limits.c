/* Limits: of descriptors and of the stack there are some; none can be changed from inside. */
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "posix_sockets.h"
#include "result.h"

extern char __stack_low, __stack_high; /* where the linker put the stack */

/* poll(2) answers EINVAL for more descriptors than the limit, before it looks where they are: no array is needed to
 * ask. */
static rlim_t descriptors(void) {
  static rlim_t found;
  rlim_t low = 0, high = 1 << 24;
  if (found) return found;
  struct wasm_pollfd *nowhere = (struct wasm_pollfd *)(uintptr_t)0xfffffff8;
  while (high - low > 1) {
    rlim_t middle = low + (high - low) / 2;
    if (wasm_sock_poll(nowhere, (uint32_t)middle, 0) == -EINVAL)
      high = middle;
    else
      low = middle;
  }
  return found = low;
}

int getrlimit(int resource, struct rlimit *limit) {
  if (resource < 0 || resource >= RLIMIT_NLIMITS) return result(-EINVAL);
  limit->rlim_cur = RLIM_INFINITY;
  if (resource == RLIMIT_NOFILE) limit->rlim_cur = descriptors();
  if (resource == RLIMIT_STACK) limit->rlim_cur = (rlim_t)(&__stack_high - &__stack_low);
  if (resource == RLIMIT_CORE) limit->rlim_cur = 0;
  limit->rlim_max = limit->rlim_cur;
  return 0;
}

/* What is the limit already may be set; anything else is refused as to somebody without privileges. */
int setrlimit(int resource, const struct rlimit *limit) {
  struct rlimit now;
  if (getrlimit(resource, &now) < 0) return -1;
  if (limit->rlim_cur > limit->rlim_max) return result(-EINVAL);
  return result(limit->rlim_cur == now.rlim_cur && limit->rlim_max == now.rlim_max ? 0 : -EPERM);
}

int getdtablesize(void) { return (int)descriptors(); }

/* Time since the start counts as the program's own: there is no clock of the processor's. */
int getrusage(int who, struct rusage *usage) {
  if (who != RUSAGE_SELF && who != RUSAGE_CHILDREN && who != RUSAGE_THREAD) return result(-EINVAL);
  memset(usage, 0, sizeof *usage);
  if (who == RUSAGE_CHILDREN) return 0;
  clock_t used = clock();
  usage->ru_utime.tv_sec = used / CLOCKS_PER_SEC;
  usage->ru_utime.tv_usec = used % CLOCKS_PER_SEC / (CLOCKS_PER_SEC / 1000000);
  usage->ru_maxrss = (long)(__builtin_wasm_memory_size(0) * 64); /* KiB */
  return 0;
}

int getpriority(int which, id_t who) {
  if (which < PRIO_PROCESS || which > PRIO_USER) return result(-EINVAL);
  return who == 0 || (which != PRIO_USER && who == (id_t)getpid()) ? 0 : result(-ESRCH);
}

int setpriority(int which, id_t who, int priority) {
  errno = 0;
  if (getpriority(which, who) < 0 && errno) return -1;
  return result(priority == 0 ? 0 : -EACCES);
}

int nice(int by) { return result(by == 0 ? 0 : -EPERM); }

int getloadavg(double loads[], int count) {
  (void)loads, (void)count;
  return -1;
}
