/* Limits. That of descriptors is the host's, up to which it can be set; one that could not be kept is refused. */
#define _GNU_SOURCE
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

static struct rlimit limits[RLIMIT_NLIMITS];
static int is_filled;

static void fill(void) {
  if (is_filled) return;
  for (int i = 0; i < RLIMIT_NLIMITS; i++) limits[i] = (struct rlimit){RLIM_INFINITY, RLIM_INFINITY};
  limits[RLIMIT_STACK].rlim_cur = (rlim_t)(&__stack_high - &__stack_low);
  limits[RLIMIT_CORE].rlim_cur = 0;
  limits[RLIMIT_NOFILE].rlim_cur = limits[RLIMIT_NOFILE].rlim_max = (rlim_t)wasm_sock_descriptor_limit(-1);
  limits[RLIMIT_NICE] = limits[RLIMIT_RTPRIO] = (struct rlimit){0, 0};
  is_filled = 1;
}

int getrlimit(int resource, struct rlimit *limit) {
  if (resource < 0 || resource >= RLIMIT_NLIMITS) return result(-EINVAL);
  fill();
  *limit = limits[resource];
  return 0;
}

/* Limits of the time, the files and the memory that a program uses are the host's to set and keep. */
static int is_kept_by_host(int resource) {
  return resource == RLIMIT_CPU || resource == RLIMIT_FSIZE || resource == RLIMIT_DATA || resource == RLIMIT_AS;
}

int setrlimit(int resource, const struct rlimit *limit) {
  if (resource < 0 || resource >= RLIMIT_NLIMITS || limit->rlim_cur > limit->rlim_max) return result(-EINVAL);
  fill();
  if (limit->rlim_max > limits[resource].rlim_max) return result(-EPERM);
  if (is_kept_by_host(resource) && limit->rlim_cur != RLIM_INFINITY) return result(-EPERM);
  if (resource == RLIMIT_NOFILE && result(wasm_sock_descriptor_limit((int32_t)limit->rlim_cur)) < 0) return -1;
  limits[resource] = *limit;
  return 0;
}

int prlimit(pid_t process, int resource, const struct rlimit *limit, struct rlimit *old) {
  struct rlimit before;
  if (process != 0 && process != getpid()) return result(-ESRCH);
  if (getrlimit(resource, &before) < 0 || (limit && setrlimit(resource, limit) < 0)) return -1;
  if (old) *old = before;
  return 0;
}

int getdtablesize(void) { return wasm_sock_descriptor_limit(-1); }

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
