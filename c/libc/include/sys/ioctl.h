/* <sys/ioctl.h> with Linux's numbers for the requests that sockets answer. */
#ifndef _SYS_IOCTL_H
#define _SYS_IOCTL_H

#define FIONREAD 0x541B
#define FIONBIO 0x5421

#ifdef __cplusplus
extern "C" {
#endif

int ioctl(int, int, ...);

#ifdef __cplusplus
}
#endif

#endif
