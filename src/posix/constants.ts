/** The numbers used inside: Linux's. A dialect that has others maps them where it decodes. */

/** IPPROTO_TCP and IPPROTO_UDP, by the type of socket. */
export const PROTOCOL_OF = { stream: 6, dgram: 17 } as const

export const MSG_OOB = 0x1
export const MSG_PEEK = 0x2
export const MSG_TRUNC = 0x20
export const MSG_DONTWAIT = 0x40
export const MSG_WAITALL = 0x100
export const MSG_ERRQUEUE = 0x2000
export const MSG_NOSIGNAL = 0x4000
export const MSG_MORE = 0x8000
export const MSG_FASTOPEN = 0x20000000

export const POLLIN = 0x1
export const POLLPRI = 0x2
export const POLLOUT = 0x4
export const POLLERR = 0x8
export const POLLHUP = 0x10
export const POLLNVAL = 0x20
export const POLLRDNORM = 0x40
export const POLLWRNORM = 0x100
export const POLLRDHUP = 0x2000

export const F_DUPFD = 0
export const F_GETFD = 1
export const F_SETFD = 2
export const F_GETFL = 3
export const F_SETFL = 4
export const F_DUPFD_CLOEXEC = 1030
export const FD_CLOEXEC = 1
export const O_CLOEXEC = 0x80000

export const FIONREAD = 0x541b
export const FIONBIO = 0x5421
export const TIOCOUTQ = 0x5411
export const SIOCATMARK = 0x8905

export const EPOLL_CTL_ADD = 1
export const EPOLL_CTL_DEL = 2
export const EPOLL_CTL_MOD = 3
export const EPOLLEXCLUSIVE = 1 << 28
export const EPOLLWAKEUP = 1 << 29
export const EPOLLONESHOT = 1 << 30
export const EPOLLET = 1 << 31

/** getaddrinfo's failures, by Linux's numbers. */
export const EAI = {
  EAI_BADFLAGS: -1,
  EAI_NONAME: -2,
  EAI_AGAIN: -3,
  EAI_FAIL: -4,
  EAI_FAMILY: -6,
  EAI_SOCKTYPE: -7,
  EAI_SERVICE: -8,
  EAI_ADDRFAMILY: -9,
  EAI_MEMORY: -10,
  EAI_SYSTEM: -11,
  EAI_OVERFLOW: -12,
} as const
export type EaiName = keyof typeof EAI

export const AI_PASSIVE = 0x1
export const AI_CANONNAME = 0x2
export const AI_NUMERICHOST = 0x4
export const AI_V4MAPPED = 0x8
export const AI_ALL = 0x10
export const AI_ADDRCONFIG = 0x20
export const AI_NUMERICSERV = 0x400

export const NI_NUMERICHOST = 0x1
export const NI_NUMERICSERV = 0x2
export const NI_NOFQDN = 0x4
export const NI_NAMEREQD = 0x8
export const NI_DGRAM = 0x10
export const NI_IDN = 0x20
