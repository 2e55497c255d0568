/* <linux/tcp.h>: the kernel's header of TCP; everything in it is in <netinet/tcp.h> too. */
#ifndef _LINUX_TCP_H
#define _LINUX_TCP_H

#include <linux/types.h>
#include <netinet/tcp.h>

#endif
