/* <grp.h> over /etc/group; without that file there is one group, that of the user who runs the program. */
#ifndef _GRP_H
#define _GRP_H

#include <features.h>
#include <stdio.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct group {
  char *gr_name;
  char *gr_passwd;
  gid_t gr_gid;
  char **gr_mem;
};

struct group *getgrnam(const char *);
struct group *getgrgid(gid_t);
int getgrnam_r(const char *, struct group *, char *, size_t, struct group **);
int getgrgid_r(gid_t, struct group *, char *, size_t, struct group **);
void setgrent(void);
struct group *getgrent(void);
void endgrent(void);
#if defined(_GNU_SOURCE) || defined(_BSD_SOURCE)
int setgroups(size_t, const gid_t *);
int initgroups(const char *, gid_t);
int getgrouplist(const char *, gid_t, gid_t *, int *);
#endif

#ifdef __cplusplus
}
#endif

#endif
