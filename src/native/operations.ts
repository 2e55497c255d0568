import { AGAIN, type Again, type Input, type Operation, type Output } from '../network/network.js'
import { anyAddress, type Family } from '../posix/address.js'
import { FIONREAD, MSG_DONTWAIT, MSG_NOSIGNAL, MSG_OOB, MSG_PEEK, MSG_TRUNC } from '../posix/constants.js'
import { SysError } from '../posix/errno.js'
import type { Descriptor, Descriptors } from './descriptors.js'
import { getSystemOption, setSystemOption } from './options.js'
import {
  AF_UNIX,
  EAGAIN,
  EALREADY,
  EINPROGRESS,
  EINTR,
  errnoNames,
  SHUT_RD,
  SHUT_WR,
  SO_ERROR,
  SO_LINGER,
  SOCK_CLOEXEC,
  SOCK_DGRAM,
  SOCK_NONBLOCK,
  SOCK_STREAM,
  SOL_SOCKET,
} from './platform.js'
import { numberOfFamily, SocketAddress } from './sockaddr.js'
import { checked, failure, type SystemCalls } from './system-calls.js'

const QUIET = SOCK_NONBLOCK | SOCK_CLOEXEC
/** linger on, for no time: a close resets. */
const resets = Int32Array.of(1, 0)

type SocketOperation =
  | 'open'
  | 'pair'
  | 'pipe'
  | 'bind'
  | 'listen'
  | 'accept'
  | 'connect'
  | 'send'
  | 'receive'
  | 'receiveFrom'
  | 'shutdown'
  | 'close'
  | 'available'
  | 'localName'
  | 'peerName'
  | 'takeError'
  | 'setOption'
  | 'getOption'

/** Those operations of the waist that are calls of the system's. */
export type SocketOperations = { [K in Extract<Operation, SocketOperation>]: (input: Input<K>) => Output<K> }

export function socketOperations(calls: SystemCalls, descriptors: Descriptors): SocketOperations {
  const address = new SocketAddress()
  const pair = new Int32Array(2)
  const number = new Int32Array(1)
  const length = new Uint32Array(1)

  return {
    open({ family, type }) {
      const fd = checked(calls.socket(numberOfFamily(family), typeNumber(type) | QUIET, 0))
      return descriptors.add(fd, family, type).fd
    },
    pair({ type }) {
      checked(calls.socketpair(AF_UNIX, typeNumber(type) | QUIET, 0, pair))
      return addBoth(descriptors, pair, type)
    },
    pipe() {
      checked(calls.pipe2(pair, QUIET))
      return addBoth(descriptors, pair, 'pipe')
    },
    bind({ handle, to }) {
      checked(calls.bind(descriptors.get(handle).fd, address.bytes, address.put(to)))
      return true
    },
    listen({ handle, backlog }) {
      checked(calls.listen(descriptors.get(handle).fd, backlog))
      return true
    },
    accept({ handle }) {
      const { fd, family } = descriptors.get(handle)
      const { bytes, length } = address.clear()
      const answer = calls.accept4(fd, bytes, length, QUIET)
      if (answer < 0) return orAgain(answer)
      return { handle: descriptors.add(answer, family, 'stream').fd, peer: address.read() }
    },
    connect({ handle, to }) {
      const { fd, family } = descriptors.get(handle)
      const size = to === undefined ? address.putNone() : address.put(to)
      return connected(family, calls.connect(fd, address.bytes, size))
    },
    send({ handle, data, to, urgent }) {
      const { fd, type } = descriptors.get(handle)
      const flags = MSG_DONTWAIT | MSG_NOSIGNAL | (urgent ? MSG_OOB : 0)
      const answer =
        type === 'pipe'
          ? calls.write(fd, data, data.length)
          : to === undefined
            ? calls.send(fd, data, data.length, flags)
            : calls.sendto(fd, data, data.length, flags, address.bytes, address.put(to))
      return answer >= 0 ? answer : orAgain(answer)
    },
    receive({ handle, into, peek, urgent }) {
      const { fd, type } = descriptors.get(handle)
      const flags = MSG_DONTWAIT | (peek ? MSG_PEEK : 0) | (urgent ? MSG_OOB : 0)
      const answer = type === 'pipe' ? calls.read(fd, into, into.length) : calls.recv(fd, into, into.length, flags)
      return answer >= 0 ? answer : orAgain(answer)
    },
    receiveFrom({ handle, into, peek }) {
      const { fd, family } = descriptors.get(handle)
      const flags = MSG_DONTWAIT | MSG_TRUNC | (peek ? MSG_PEEK : 0)
      const { bytes, length } = address.clear()
      const answer = calls.recvfrom(fd, into, into.length, flags, bytes, length)
      if (answer < 0) return orAgain(answer)
      return { length: answer, from: length[0] === 0 ? anyAddress(family) : address.read() }
    },
    shutdown({ handle, end }) {
      checked(calls.shutdown(descriptors.get(handle).fd, end === 'read' ? SHUT_RD : SHUT_WR))
      return true
    },
    close({ handle, abort }) {
      const descriptor = descriptors.get(handle)
      if (abort) calls.setsockopt(descriptor.fd, SOL_SOCKET, SO_LINGER, resets, 8)
      descriptors.close(descriptor)
      return true
    },
    available({ handle }) {
      checked(calls.ioctl(descriptors.get(handle).fd, FIONREAD, number))
      return number[0] as number
    },
    localName({ handle }) {
      const { bytes, length } = address.clear()
      checked(calls.getsockname(descriptors.get(handle).fd, bytes, length))
      return address.read()
    },
    peerName({ handle }) {
      const { bytes, length } = address.clear()
      checked(calls.getpeername(descriptors.get(handle).fd, bytes, length))
      return address.read()
    },
    takeError({ handle }) {
      length[0] = 4
      checked(calls.getsockopt(descriptors.get(handle).fd, SOL_SOCKET, SO_ERROR, number, length))
      const error = number[0] as number
      return error === 0 ? undefined : (errnoNames[error] ?? 'EIO')
    },
    setOption({ handle, option, value }) {
      setSystemOption(calls, socketOf(descriptors, handle), option, value)
      return true
    },
    getOption: ({ handle, option }) => getSystemOption(calls, socketOf(descriptors, handle), option),
  }
}

function typeNumber(type: 'stream' | 'dgram'): number {
  return type === 'stream' ? SOCK_STREAM : SOCK_DGRAM
}

function addBoth(descriptors: Descriptors, pair: Int32Array, type: Descriptor['type']): readonly [number, number] {
  const [one, two] = [pair[0] as number, pair[1] as number]
  const add = (fd: number) => descriptors.add(fd, 'unix', type, { isPaired: true }).fd
  return [add(one), add(two)]
}

/** What to make of a negative answer. A signal that came in between is no matter of the guest's. */
function orAgain(answer: number): Again {
  if (answer === -EAGAIN || answer === -EINTR) return AGAIN
  throw failure(answer)
}

/**
 * connect(2) of Linux, asked again, says EALREADY until it is done, then 0 once, or what went wrong. A local socket has no connect under
 * way: EAGAIN means that the listener's queue is full.
 */
function connected(family: Family, answer: number): true | Again {
  if (answer >= 0) return true
  if (family === 'unix' && answer === -EAGAIN) throw failure(answer)
  return answer === -EINPROGRESS || answer === -EALREADY ? AGAIN : orAgain(answer)
}

function socketOf(descriptors: Descriptors, handle: number) {
  const { fd, family, type } = descriptors.get(handle)
  if (type === 'pipe') throw new SysError('ENOTSOCK')
  return { fd, family, type }
}
