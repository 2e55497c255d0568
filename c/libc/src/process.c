/* What would start, become or wait for another process: there is none but this one, and it leads its group and session.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <spawn.h>
#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>

#include "result.h"

pid_t fork(void) { return result(-ENOSYS); }
pid_t vfork(void) { return result(-ENOSYS); }

int daemon(int keep_directory, int keep_output) {
  (void)keep_directory, (void)keep_output;
  return result(-ENOSYS);
}

pid_t wait(int *status) { return waitpid(-1, status, 0); }

pid_t waitpid(pid_t process, int *status, int options) {
  (void)process, (void)status;
  return result(options & ~(WNOHANG | WUNTRACED | WCONTINUED) ? -EINVAL : -ECHILD);
}

int waitid(idtype_t type, id_t id, siginfo_t *info, int options) {
  (void)type, (void)id, (void)info, (void)options;
  return result(-ECHILD);
}

pid_t wait3(int *status, int options, struct rusage *usage) {
  (void)usage;
  return waitpid(-1, status, options);
}

pid_t wait4(pid_t process, int *status, int options, struct rusage *usage) {
  (void)usage;
  return waitpid(process, status, options);
}

/* The parent is outside: Linux says 0 of a parent in another namespace. */
pid_t getppid(void) { return 0; }
pid_t getpgrp(void) { return getpid(); }
pid_t getpgid(pid_t process) { return process == 0 || process == getpid() ? getpid() : result(-ESRCH); }
pid_t getsid(pid_t process) { return getpgid(process); }
pid_t gettid(void) { return getpid(); }

int setpgid(pid_t process, pid_t group) {
  if (group < 0) return result(-EINVAL);
  return result(process == 0 || process == getpid() ? -EPERM : -ESRCH); /* setpgid(2): a session leader cannot */
}

pid_t setpgrp(void) { return setpgid(0, 0); }

/* setsid(2): "EPERM: the calling process is already a process group leader". */
pid_t setsid(void) { return result(-EPERM); }
