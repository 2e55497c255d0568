import type { Errno } from '../posix/errno.js'

/* What Linux has numbers and layouts for. Machines of 64 bits that came after x86 share one table; only epoll_event differs. */

/** How `struct epoll_event` lies in memory: events at 0, and 8 bytes of the program's own. */
export interface Platform {
  readonly epollEventBytes: number
  readonly epollDataAt: number
}

/** x86-64 packs it, so that programs of 32 bits have the same. */
const platforms: Record<string, Platform> = {
  x64: { epollEventBytes: 12, epollDataAt: 4 },
  arm64: { epollEventBytes: 16, epollDataAt: 8 },
}

/** The tables for a system and a processor, or why there are none: a sentence for a person. */
export function platformFor(system: string, processor: string): Platform | string {
  if (system !== 'linux') return `it needs epoll, eventfd and accept4 of Linux, and this is ${system}`
  return platforms[processor] ?? `it has tables for Linux on x64 and arm64, and this is ${processor}`
}

export const AF_UNIX = 1
export const AF_INET = 2
export const AF_INET6 = 10
export const SOCK_STREAM = 1
export const SOCK_DGRAM = 2
export const SOCK_NONBLOCK = 0o4000
export const SOCK_CLOEXEC = 0o2000000
export const SHUT_RD = 0
export const SHUT_WR = 1

export const SOL_SOCKET = 1
export const SO_ERROR = 4
export const SO_LINGER = 13

export const EPOLLET = 1 << 31
export const EFD_NONBLOCK = SOCK_NONBLOCK
export const EFD_CLOEXEC = SOCK_CLOEXEC

/** Errors that the code itself looks for; `errnoNames` has all. */
export const EINTR = 4
export const EAGAIN = 11
export const EALREADY = 114
export const EINPROGRESS = 115

/** Linux's errors by number, as far as a guest has a name for them. */
export const errnoNames: Readonly<Record<number, Errno>> = {
  ...{ 1: 'EPERM', 2: 'ENOENT', 3: 'ESRCH', 4: 'EINTR', 5: 'EIO', 6: 'ENXIO', 7: 'E2BIG', 8: 'ENOEXEC', 9: 'EBADF' },
  ...{ 10: 'ECHILD', 11: 'EAGAIN', 12: 'ENOMEM', 13: 'EACCES', 14: 'EFAULT', 16: 'EBUSY', 17: 'EEXIST', 18: 'EXDEV' },
  ...{ 19: 'ENODEV', 20: 'ENOTDIR', 21: 'EISDIR', 22: 'EINVAL', 23: 'ENFILE', 24: 'EMFILE', 25: 'ENOTTY' },
  ...{ 26: 'ETXTBSY', 27: 'EFBIG', 28: 'ENOSPC', 29: 'ESPIPE', 30: 'EROFS', 31: 'EMLINK', 32: 'EPIPE', 33: 'EDOM' },
  ...{ 34: 'ERANGE', 35: 'EDEADLK', 36: 'ENAMETOOLONG', 37: 'ENOLCK', 38: 'ENOSYS', 39: 'ENOTEMPTY', 40: 'ELOOP' },
  ...{ 42: 'ENOMSG', 43: 'EIDRM', 67: 'ENOLINK', 71: 'EPROTO', 72: 'EMULTIHOP', 74: 'EBADMSG', 75: 'EOVERFLOW' },
  ...{ 84: 'EILSEQ', 88: 'ENOTSOCK', 89: 'EDESTADDRREQ', 90: 'EMSGSIZE', 91: 'EPROTOTYPE', 92: 'ENOPROTOOPT' },
  ...{ 93: 'EPROTONOSUPPORT', 95: 'EOPNOTSUPP', 97: 'EAFNOSUPPORT', 98: 'EADDRINUSE', 99: 'EADDRNOTAVAIL' },
  ...{ 100: 'ENETDOWN', 101: 'ENETUNREACH', 102: 'ENETRESET', 103: 'ECONNABORTED', 104: 'ECONNRESET', 105: 'ENOBUFS' },
  ...{ 106: 'EISCONN', 107: 'ENOTCONN', 110: 'ETIMEDOUT', 111: 'ECONNREFUSED', 113: 'EHOSTUNREACH', 114: 'EALREADY' },
  ...{ 115: 'EINPROGRESS', 116: 'ESTALE', 122: 'EDQUOT', 125: 'ECANCELED', 130: 'EOWNERDEAD', 131: 'ENOTRECOVERABLE' },
}
