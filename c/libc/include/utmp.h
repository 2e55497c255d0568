/* <utmp.h>: the older form of <utmpx.h>. The list of logins is empty. */
#ifndef _UTMP_H
#define _UTMP_H

#include <paths.h>
#include <utmpx.h>

#ifdef __cplusplus
extern "C" {
#endif

#define utmp utmpx

#define UT_LINESIZE 32
#define UT_NAMESIZE 32
#define UT_HOSTSIZE 256
#define UT_UNKNOWN 0
#define ACCOUNTING 9

#define ut_name ut_user
#define ut_time ut_tv.tv_sec
#define ut_xtime ut_tv.tv_sec
#define ut_addr ut_addr_v6[0]

#define UTMP_FILE _PATH_UTMP
#define WTMP_FILE _PATH_WTMP
#define UTMP_FILENAME UTMP_FILE
#define WTMP_FILENAME WTMP_FILE

struct lastlog {
  time_t ll_time;
  char ll_line[UT_LINESIZE];
  char ll_host[UT_HOSTSIZE];
};

void setutent(void);
void endutent(void);
struct utmp *getutent(void);
struct utmp *getutid(const struct utmp *);
struct utmp *getutline(const struct utmp *);
struct utmp *pututline(const struct utmp *);
int utmpname(const char *);
void updwtmp(const char *, const struct utmp *);

#ifdef __cplusplus
}
#endif

#endif
