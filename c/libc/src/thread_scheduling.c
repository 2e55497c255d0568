/* Scheduling of one thread on one processor: SCHED_OTHER, of which the only priority is 0. Other policies take
 * privileges. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "result.h"

static int is_real_time(int policy) { return policy == SCHED_FIFO || policy == SCHED_RR; }

static int is_plain(int policy) {
  return policy == SCHED_OTHER || policy == SCHED_BATCH || policy == SCHED_IDLE;
}

static int policy_now = SCHED_OTHER;

int sched_get_priority_max(int policy) {
  if (is_real_time(policy)) return 99;
  return result(is_plain(policy) || policy == SCHED_DEADLINE ? 0 : -EINVAL);
}

int sched_get_priority_min(int policy) {
  if (is_real_time(policy)) return 1;
  return sched_get_priority_max(policy);
}

static int error_of(pid_t process) {
  if (process < 0) return EINVAL;
  return process == 0 || process == getpid() ? 0 : ESRCH;
}

int sched_getscheduler(pid_t process) {
  int error = error_of(process);
  return error ? result(-error) : policy_now;
}

int sched_getparam(pid_t process, struct sched_param *parameters) {
  int error = error_of(process);
  if (!error) memset(parameters, 0, sizeof *parameters);
  return result(-error);
}

static int set(int policy, int priority) {
  policy &= ~SCHED_RESET_ON_FORK;
  if (is_real_time(policy)) return priority < 1 || priority > 99 ? EINVAL : EPERM;
  if (!is_plain(policy) || priority != 0) return EINVAL;
  policy_now = policy;
  return 0;
}

int sched_setscheduler(pid_t process, int policy, const struct sched_param *parameters) {
  int error = error_of(process);
  return result(-(error ? error : set(policy, parameters->sched_priority)));
}

int sched_setparam(pid_t process, const struct sched_param *parameters) {
  return sched_setscheduler(process, policy_now, parameters);
}

int sched_rr_get_interval(pid_t process, struct timespec *interval) {
  int error = error_of(process);
  if (!error) *interval = (struct timespec){.tv_sec = 0, .tv_nsec = 4000000};
  return result(-error);
}

int pthread_getschedparam(pthread_t thread, int *restrict policy, struct sched_param *restrict parameters) {
  (void)thread;
  *policy = policy_now;
  memset(parameters, 0, sizeof *parameters);
  return 0;
}

int pthread_setschedparam(pthread_t thread, int policy, const struct sched_param *parameters) {
  (void)thread;
  return set(policy, parameters->sched_priority);
}

int pthread_setschedprio(pthread_t thread, int priority) {
  (void)thread;
  return set(policy_now, priority);
}

static int concurrency;

int pthread_getconcurrency(void) { return concurrency; }

int pthread_setconcurrency(int level) {
  if (level < 0) return EINVAL;
  concurrency = level;
  return 0;
}
