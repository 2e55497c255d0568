/* One user, without privileges: number 1000. Becoming that user again succeeds, becoming another is EPERM. */
#define _GNU_SOURCE
#include <errno.h>
#include <grp.h>
#include <unistd.h>

#include "result.h"

enum { USER = 1000 };

static int becomes(unsigned number) { return result(number == USER ? 0 : -EPERM); }

/* setreuid(2): -1 leaves one as it is. */
static int keeps(unsigned number) { return number == USER || number == (unsigned)-1; }

uid_t getuid(void) { return USER; }
uid_t geteuid(void) { return USER; }
gid_t getgid(void) { return USER; }
gid_t getegid(void) { return USER; }
int setuid(uid_t user) { return becomes(user); }
int seteuid(uid_t user) { return becomes(user); }
int setgid(gid_t group) { return becomes(group); }
int setegid(gid_t group) { return becomes(group); }
int setreuid(uid_t real, uid_t effective) { return result(keeps(real) && keeps(effective) ? 0 : -EPERM); }
int setregid(gid_t real, gid_t effective) { return setreuid(real, effective); }
int setresuid(uid_t real, uid_t effective, uid_t saved) {
  return result(keeps(real) && keeps(effective) && keeps(saved) ? 0 : -EPERM);
}
int setresgid(gid_t real, gid_t effective, gid_t saved) { return setresuid(real, effective, saved); }

int getresuid(uid_t *real, uid_t *effective, uid_t *saved) {
  *real = *effective = *saved = USER;
  return 0;
}

int getresgid(gid_t *real, gid_t *effective, gid_t *saved) { return getresuid(real, effective, saved); }

int getgroups(int count, gid_t groups[]) {
  if (count < 0) return result(-EINVAL);
  if (count > 0) groups[0] = USER;
  return 1;
}

int setgroups(size_t count, const gid_t *groups) {
  (void)count, (void)groups;
  return result(-EPERM);
}

int initgroups(const char *name, gid_t group) {
  (void)name, (void)group;
  return result(-EPERM);
}

int issetugid(void) { return 0; }
