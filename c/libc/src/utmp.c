/* Logins: there are none, and nothing can be noted down. */
#define _GNU_SOURCE
#include <errno.h>
#include <stddef.h>
#include <utmp.h>

#include "result.h"

static struct utmpx *none(int error) {
  result(-error);
  return NULL;
}

void setutxent(void) {}
void endutxent(void) {}
struct utmpx *getutxent(void) { return none(ENOENT); }

struct utmpx *getutxid(const struct utmpx *like) {
  (void)like;
  return none(ESRCH);
}

struct utmpx *getutxline(const struct utmpx *like) {
  (void)like;
  return none(ESRCH);
}

/* pututxline(3): "EPERM: the process does not have permission". */
struct utmpx *pututxline(const struct utmpx *entry) {
  (void)entry;
  return none(EPERM);
}

int utmpxname(const char *path) {
  (void)path;
  return 0;
}

void updwtmpx(const char *path, const struct utmpx *entry) { (void)path, (void)entry; }

void setutent(void) {}
void endutent(void) {}
struct utmp *getutent(void) { return getutxent(); }
struct utmp *getutid(const struct utmp *like) { return getutxid(like); }
struct utmp *getutline(const struct utmp *like) { return getutxline(like); }
struct utmp *pututline(const struct utmp *entry) { return pututxline(entry); }
int utmpname(const char *path) { return utmpxname(path); }
void updwtmp(const char *path, const struct utmp *entry) { updwtmpx(path, entry); }
