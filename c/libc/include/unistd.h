/* wasi-libc's <unistd.h> and what it leaves out. What needs a second process or another user fails as it would in a
 * sandbox. */
#include_next <unistd.h>

#ifndef _POSIX_WASM_UNISTD_H
#define _POSIX_WASM_UNISTD_H

/* As sysconf says: these options are not there. */
#undef _POSIX_MEMORY_PROTECTION
#define _POSIX_MEMORY_PROTECTION (-1)
#undef _POSIX_MESSAGE_PASSING
#define _POSIX_MESSAGE_PASSING (-1)
#undef _POSIX_RAW_SOCKETS
#define _POSIX_RAW_SOCKETS (-1)
#undef _POSIX_THREAD_PRIORITY_SCHEDULING
#define _POSIX_THREAD_PRIORITY_SCHEDULING (-1)
#undef _POSIX_ASYNCHRONOUS_IO
#define _POSIX_ASYNCHRONOUS_IO (-1)

#ifdef __cplusplus
extern "C" {
#endif

int dup(int);
int dup2(int, int);
int pipe(int[2]);

pid_t fork(void);
int execve(const char *, char *const[], char *const[]);
int execv(const char *, char *const[]);
int execle(const char *, const char *, ...);
int execl(const char *, const char *, ...);
int execvp(const char *, char *const[]);
int execlp(const char *, const char *, ...);
int fexecve(int, char *const[], char *const[]);

pid_t getppid(void);
pid_t getpgrp(void);
pid_t getpgid(pid_t);
int setpgid(pid_t, pid_t);
pid_t setsid(void);
pid_t getsid(pid_t);
pid_t tcgetpgrp(int);
int tcsetpgrp(int, pid_t);
char *ttyname(int);
int ttyname_r(int, char *, size_t);

uid_t getuid(void);
uid_t geteuid(void);
gid_t getgid(void);
gid_t getegid(void);
int getgroups(int, gid_t[]);
int setuid(uid_t);
int seteuid(uid_t);
int setgid(gid_t);
int setegid(gid_t);

int chown(const char *, uid_t, gid_t);
int fchown(int, uid_t, gid_t);
int lchown(const char *, uid_t, gid_t);
int fchownat(int, const char *, uid_t, gid_t, int);
int fchdir(int);

unsigned alarm(unsigned);
int pause(void);

#if defined(_XOPEN_SOURCE) || defined(_GNU_SOURCE) || defined(_BSD_SOURCE)
int setreuid(uid_t, uid_t);
int setregid(gid_t, gid_t);
int lockf(int, int, off_t);
int nice(int);
void sync(void);
pid_t setpgrp(void);
#endif

#if defined(_GNU_SOURCE) || defined(_BSD_SOURCE)
int dup3(int, int, int);
int pipe2(int[2], int);
pid_t vfork(void);
int vhangup(void);
int chroot(const char *);
int getdtablesize(void);
int sethostname(const char *, size_t);
int getdomainname(char *, size_t);
int setdomainname(const char *, size_t);
int setgroups(size_t, const gid_t *);
char *getpass(const char *);
int daemon(int, int);
int execvpe(const char *, char *const[], char *const[]);
int issetugid(void);
#endif

#ifdef _GNU_SOURCE
int setresuid(uid_t, uid_t, uid_t);
int setresgid(gid_t, gid_t, gid_t);
int getresuid(uid_t *, uid_t *, uid_t *);
int getresgid(gid_t *, gid_t *, gid_t *);
char *get_current_dir_name(void);
int euidaccess(const char *, int);
int eaccess(const char *, int);
int syncfs(int);
pid_t gettid(void);
#define TEMP_FAILURE_RETRY(expression)         \
  (__extension__({                             \
    long __result;                             \
    do __result = (long)(expression);          \
    while (__result == -1L && errno == EINTR); \
    __result;                                  \
  }))
#endif

#ifdef __cplusplus
}
#endif

#endif
