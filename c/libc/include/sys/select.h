/* <sys/select.h> with the classic set of bits: it can be copied by assignment, and clearing it costs the same at any
 * count. */
#ifndef _SYS_SELECT_H
#define _SYS_SELECT_H

#include <features.h>

#define __NEED_size_t
#define __NEED_time_t
#define __NEED_suseconds_t
#define __NEED_struct_timeval
#define __NEED_struct_timespec
#define __NEED_sigset_t
#include <bits/alltypes.h>

#include <__struct_timespec.h>
#include <__struct_timeval.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FD_SETSIZE 1024
#define NFDBITS (8 * (int)sizeof(long))

typedef unsigned long fd_mask;

typedef struct {
  unsigned long fds_bits[FD_SETSIZE / 8 / sizeof(long)];
} fd_set;

#define __FD_BIT(fd) (1UL << ((unsigned)(fd) % (8 * sizeof(long))))
#define __FD_WORD(fd, set) ((set)->fds_bits[(unsigned)(fd) / (8 * sizeof(long))])
#define FD_SET(fd, set) ((void)(__FD_WORD(fd, set) |= __FD_BIT(fd)))
#define FD_CLR(fd, set) ((void)(__FD_WORD(fd, set) &= ~__FD_BIT(fd)))
#define FD_ISSET(fd, set) ((__FD_WORD(fd, set) & __FD_BIT(fd)) != 0)
#define FD_ZERO(set) ((void)__builtin_memset((set), 0, sizeof(fd_set)))
#define FD_COPY(from, to) ((void)(*(to) = *(from)))

int select(int, fd_set *__restrict, fd_set *__restrict, fd_set *__restrict, struct timeval *__restrict);
int pselect(int, fd_set *__restrict, fd_set *__restrict, fd_set *__restrict, const struct timespec *__restrict,
            const sigset_t *__restrict);

#ifdef __cplusplus
}
#endif

#endif
