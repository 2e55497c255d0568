/* <utmpx.h>: who is logged in. There are no logins here: the list is empty, and nothing can be added to it. */
#ifndef _UTMPX_H
#define _UTMPX_H

#include <features.h>
#include <sys/time.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct __exit_status {
  short e_termination;
  short e_exit;
};

struct utmpx {
  short ut_type;
  short __reserved_type;
  pid_t ut_pid;
  char ut_line[32];
  char ut_id[4];
  char ut_user[32];
  char ut_host[256];
  struct __exit_status ut_exit;
  int ut_session;
  struct timeval ut_tv;
  unsigned ut_addr_v6[4];
  char __reserved[20];
};

#define EMPTY 0
#define RUN_LVL 1
#define BOOT_TIME 2
#define NEW_TIME 3
#define OLD_TIME 4
#define INIT_PROCESS 5
#define LOGIN_PROCESS 6
#define USER_PROCESS 7
#define DEAD_PROCESS 8

void setutxent(void);
void endutxent(void);
struct utmpx *getutxent(void);
struct utmpx *getutxid(const struct utmpx *);
struct utmpx *getutxline(const struct utmpx *);
struct utmpx *pututxline(const struct utmpx *);

#if defined(_GNU_SOURCE) || defined(_BSD_SOURCE)
int utmpxname(const char *);
void updwtmpx(const char *, const struct utmpx *);
#endif

#ifdef __cplusplus
}
#endif

#endif
