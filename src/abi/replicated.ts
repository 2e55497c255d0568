import { formatAddress, hostBytes, hostText, type Inet4Address, isNumericHost, showAddress } from '../posix/address.js'
import { PROTOCOL_OF } from '../posix/constants.js'
import { type Errno, SysError } from '../posix/errno.js'
import { type Blocking, onceDone } from '../posix-sockets/blocking.js'
import { bufferOut } from './buffers.js'
import { call, type Param } from './call.js'
import type { Dialect } from './dialect.js'
import type { Guest } from './guest.js'
import { bytes, readAt, struct, u16, u16be, u32 } from './layout.js'
import type { GuestMemory } from './memory.js'
import { optionalOut, out } from './outputs.js'
import { bytesIn, i32, sock } from './params.js'
import { endsOf, FDFLAGS_NONBLOCK, receivedFlags, receiveFlags, sendFlags } from './preview1-sockets.js'

const NAME = 'replicated server'
/** What `sock_open` is called with first; WAMR's, which has as many parameters, with -1. Both mean IPv4: there are no other addresses. */
const DOMAINS = [1, 2]
const types = { 1: 'stream', 2: 'dgram' } as const

/** Linux's `sockaddr_in`. Its family is not looked at: some of its guests have wasi-libc's number there, some Linux's. */
const sockaddrIn = struct({ family: u16, port: u16be, addr: bytes(4), zero: bytes(8) })
const MOST_FAMILY = 0xff
const MOST_PORT = 0xffff

/** A `sockaddr_in` and its length; or, as some of its guests have it, an address in text and a port. Two characters are no family. */
const sockaddr: Param<Inet4Address> = {
  names: ['addr', 'addrlen'],
  decode({ memory }, args, at) {
    const [pointer = 0, lengthOrPort = 0] = args.slice(at, at + 2)
    if (readAt(memory, u16, pointer) > MOST_FAMILY) return fromText(memory, pointer, lengthOrPort)
    if (lengthOrPort < sockaddrIn.size) throw new SysError('EINVAL')
    const { port, addr } = sockaddrIn.read(memory, pointer)
    return { family: 'inet', host: hostText(addr), port }
  },
  show: showAddress,
}

function fromText(memory: GuestMemory, pointer: number, port: number): Inet4Address {
  const text = memory.text(pointer, '255.255.255.255'.length)
  const host = isNumericHost(text) ? hostBytes(text) : undefined
  if (host?.length !== 4 || port <= 0 || port > MOST_PORT) throw new SysError('EINVAL')
  return { family: 'inet', host: hostText(host), port }
}

/** What its guests know of failures. */
const BAD_ARGUMENT = 1
const NOTHING_YET = 11
const TOO_MANY = 76
const numbers: Partial<Record<Errno, number>> = {
  EBADF: BAD_ARGUMENT,
  ENOTSOCK: BAD_ARGUMENT,
  EINVAL: BAD_ARGUMENT,
  EFAULT: BAD_ARGUMENT,
  ENAMETOOLONG: BAD_ARGUMENT,
  EAFNOSUPPORT: BAD_ARGUMENT,
  EPROTONOSUPPORT: BAD_ARGUMENT,
  EOPNOTSUPP: BAD_ARGUMENT,
  EAGAIN: NOTHING_YET,
  EMFILE: TOO_MANY,
  ENFILE: TOO_MANY,
}

/**
 * The dialect of replicated servers: four parameters of `sock_open`, plain buffers where preview 1 has arrays of them, and no bind. It
 * has no header; its guests declare the imports.
 */
export const replicated: Dialect = {
  name: NAME,
  module: 'wasi_snapshot_preview1',
  claim: {
    by: 'sock_open whose first argument is 1 or 2 (-1 in WAMR), and calls on what it opened',
    isMeant: (guest, name, args) =>
      name === 'sock_open' ? DOMAINS.includes(args[0] ?? 0) : guest.isOpenedIn(args[0] ?? -1, NAME),
  },
  fail(guest, error) {
    const number = guest.fail(error)
    return (error instanceof SysError ? numbers[error.errno] : undefined) ?? number
  },
  calls: {
    sock_open: call(
      [i32('domain'), i32('type'), i32('protocol'), out('fd', u32)],
      (guest, _domain, kind, protocol, result) => {
        const type = types[kind as 1 | 2]
        if (type === undefined) throw new SysError('EINVAL')
        if (![0, PROTOCOL_OF[type]].includes(protocol)) throw new SysError('EPROTONOSUPPORT')
        const fd = guest.sockets.socket({ family: 'inet', type, nonBlocking: false })
        guest.opened(fd, NAME)
        result.write(fd)
      },
    ),

    sock_connect: call([sock, sockaddr], (guest, fd, to) => guest.sockets.connect(fd, to)),

    sock_listen: call([sock, i32('backlog')], listen),

    sock_accept: call([sock, i32('flags'), out('fd', u32)], (guest, fd, flags, result) =>
      onceDone(guest.sockets.accept(fd, { nonBlocking: (flags & FDFLAGS_NONBLOCK) !== 0 }), (accepted) => {
        guest.opened(accepted.fd, NAME)
        result.write(accepted.fd)
      }),
    ),

    sock_recv: call(
      [sock, bufferOut, receiveFlags, out('received', u32), optionalOut('roflags', u32)],
      (guest, fd, buffer, flags, received, roflags) =>
        onceDone(guest.sockets.receive(fd, buffer.place, flags), (got) => {
          buffer.fill(got.length)
          received.write(got.length)
          roflags.write(receivedFlags(got))
        }),
    ),

    sock_send: call([sock, bytesIn, sendFlags, out('sent', u32)], (guest, fd, data, flags, sent) =>
      onceDone(guest.sockets.send(fd, data, flags), sent.write),
    ),

    sock_shutdown: call([sock, i32('how')], (guest, fd, how) => guest.sockets.shutdown(fd, endsOf(how))),

    sock_close: call([sock], (guest, fd) => guest.sockets.close(fd)),
  },
}

/** There is no bind: it listens where the host has opened a listener for it, or else at a port that the system chooses, and the host is told. */
function* listen(guest: Guest, fd: number, backlog: number): Blocking<void> {
  const { sockets } = guest
  const { state, type } = sockets.socketOf(fd)
  const spare = state === 'fresh' && type === 'stream' ? guest.spareListeners.shift() : undefined
  if (spare !== undefined) {
    yield* sockets.renumber(spare, fd)
    return guest.opened(fd, NAME)
  }
  yield* sockets.listen(fd, backlog)
  if (state === 'fresh') guest.notice(`descriptor ${fd} listens at ${formatAddress(sockets.getsockname(fd))}`)
}
