import { SysError } from '../posix/errno.js'
import { errnoNames } from './platform.js'

/** A place in memory that a call reads or fills. It is not copied, and may lie in memory that is shared. */
export type Place = Uint8Array | Int32Array | Uint32Array

/**
 * The system's calls, by their names. Each answers a number that is not negative, or a negative errno of the system's; none of them
 * throws.
 */
export interface SystemCalls {
  socket(domain: number, type: number, protocol: number): number
  socketpair(domain: number, type: number, protocol: number, pair: Place): number
  pipe2(pair: Place, flags: number): number
  bind(fd: number, address: Place, length: number): number
  listen(fd: number, backlog: number): number
  accept4(fd: number, address: Place, length: Place, flags: number): number
  connect(fd: number, address: Place, length: number): number
  getsockname(fd: number, address: Place, length: Place): number
  getpeername(fd: number, address: Place, length: Place): number
  send(fd: number, data: Place, length: number, flags: number): number
  sendto(fd: number, data: Place, length: number, flags: number, address: Place, addressLength: number): number
  recv(fd: number, into: Place, length: number, flags: number): number
  recvfrom(fd: number, into: Place, length: number, flags: number, address: Place, addressLength: Place): number
  read(fd: number, into: Place, length: number): number
  write(fd: number, data: Place, length: number): number
  getsockopt(fd: number, level: number, name: number, value: Place, length: Place): number
  setsockopt(fd: number, level: number, name: number, value: Place, length: number): number
  ioctl(fd: number, request: number, value: Place): number
  fcntl(fd: number, command: number, argument: number): number
  shutdown(fd: number, how: number): number
  close(fd: number): number
  poll(fds: Place, count: number, timeoutMs: number): number
  epoll_create1(flags: number): number
  epoll_ctl(epoll: number, operation: number, fd: number, event: Place): number
  epoll_wait(epoll: number, events: Place, most: number, timeoutMs: number): number
  eventfd(value: number, flags: number): number
  /** A call without a function of its own in the C library: openat2(2), whose four arguments follow its number. */
  syscall(number: number, fd: number, path: Place, how: Place, length: number): number
}

export type SystemCall = keyof SystemCalls

/** What a parameter is to C: an `int`, a `size_t`, or a pointer. `ioctl` takes an `unsigned long`, as large as a `size_t`. */
export type Kind = 'int' | 'size' | 'pointer'

const name = ['int', 'pointer', 'pointer'] as const
const message = ['int', 'pointer', 'size', 'int'] as const

/** The parameters of each call. All answer an `int`, or a `ssize_t` that one call's data fits into. */
export const parameters: { readonly [K in SystemCall]: readonly Kind[] } = {
  socket: ['int', 'int', 'int'],
  socketpair: ['int', 'int', 'int', 'pointer'],
  pipe2: ['pointer', 'int'],
  bind: ['int', 'pointer', 'int'],
  listen: ['int', 'int'],
  accept4: ['int', 'pointer', 'pointer', 'int'],
  connect: ['int', 'pointer', 'int'],
  getsockname: name,
  getpeername: name,
  send: message,
  sendto: [...message, 'pointer', 'int'],
  recv: message,
  recvfrom: [...message, 'pointer', 'pointer'],
  read: ['int', 'pointer', 'size'],
  write: ['int', 'pointer', 'size'],
  getsockopt: ['int', 'int', 'int', 'pointer', 'pointer'],
  setsockopt: ['int', 'int', 'int', 'pointer', 'int'],
  ioctl: ['int', 'size', 'pointer'],
  fcntl: ['int', 'int', 'int'],
  shutdown: ['int', 'int'],
  close: ['int'],
  poll: ['pointer', 'size', 'int'],
  epoll_create1: ['int'],
  epoll_ctl: ['int', 'int', 'int', 'pointer'],
  epoll_wait: ['int', 'pointer', 'int', 'int'],
  eventfd: ['int', 'int'],
  syscall: ['int', 'int', 'pointer', 'pointer', 'size'],
}

/** The error that a negative answer stands for. */
export function failure(answer: number): SysError {
  const errno = errnoNames[-answer]
  if (errno !== undefined) return new SysError(errno)
  return new SysError('EIO', { cause: new Error(`the system's error ${-answer}`) })
}

/** The answer, unless it is negative: then the error is thrown. */
export function checked(answer: number): number {
  if (answer < 0) throw failure(answer)
  return answer
}
