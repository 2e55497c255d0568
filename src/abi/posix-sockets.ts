import { PROTOCOL_OF } from '../posix/constants.js'
import { errnoOfWasi, SysError, strerror } from '../posix/errno.js'
import { onceDone } from '../posix-sockets/blocking.js'
import type { SocketRequest } from '../posix-sockets/sockets.js'
import { type Call, call } from './call.js'
import { descriptorCalls } from './descriptor-calls.js'
import { eventCalls } from './event-calls.js'
import type { Guest } from './guest.js'
import { interfaceCalls } from './interface-calls.js'
import { readAt, u32, i32 as word, writeAt } from './layout.js'
import { recvmsg, sendmsg } from './msghdr.js'
import { nameCalls } from './name-calls.js'
import { numberingOf } from './numbering.js'
import {
  address,
  addressOut,
  bytesIn,
  bytesOut,
  flags,
  i32,
  neededAddressOut,
  notNull,
  notNullPointer,
  optionalAddress,
  pointer,
  sock,
} from './params.js'
import { encodeOption, optionOf, readOption } from './sockopts.js'
import { tlsCalls } from './tls-calls.js'

const [dataIn, dataOut] = [notNull(bytesIn), notNull(bytesOut)]

/** Module `posix_sockets`: the result is >= 0, or a negative errno in WASI's numbers. Described in docs/guest-abi.md. */
export const posixSockets: Readonly<Record<string, Call>> = {
  ...descriptorCalls,
  ...eventCalls,
  ...interfaceCalls,
  ...nameCalls,
  ...tlsCalls,

  socket: call([i32('domain'), i32('type'), i32('protocol')], (guest, domain, type, protocol) => {
    if (!guest.numberingIsKnown) guest.use(numberingOf(type))
    const request = socketRequest(guest, domain, type, protocol)
    if (request.family === 'unix' && request.type === 'dgram') throw new SysError('EPROTONOSUPPORT') // Node has none
    return guest.sockets.socket(request)
  }),

  connect: call([sock, notNull(address)], (guest, fd, to) => guest.sockets.connect(fd, to)),

  bind: call([sock, notNull(address)], (guest, fd, to) => {
    if (to === undefined) throw new SysError('EAFNOSUPPORT')
    return guest.sockets.bind(fd, to)
  }),

  listen: call([sock, i32('backlog')], (guest, fd, backlog) => guest.sockets.listen(fd, backlog)),

  accept: call([sock, addressOut], (guest, fd, name) =>
    onceDone(guest.sockets.accept(fd, { nonBlocking: false }), (accepted) => {
      name.write(accepted.peer)
      return accepted.fd
    }),
  ),

  accept4: call([sock, addressOut, i32('flags')], (guest, fd, name, flags) => {
    const { sockNonBlock, sockCloseOnExec } = guest.numbering
    if ((flags & ~(sockNonBlock | sockCloseOnExec)) !== 0) throw new SysError('EINVAL')
    const made = { nonBlocking: (flags & sockNonBlock) !== 0, closeOnExec: (flags & sockCloseOnExec) !== 0 }
    return onceDone(guest.sockets.accept(fd, made), (accepted) => {
      name.write(accepted.peer)
      return accepted.fd
    })
  }),

  send: call([sock, dataIn, flags], (guest, fd, data, flags) => guest.sockets.send(fd, data, flags)),

  recv: call([sock, dataOut, flags], (guest, fd, into, flags) =>
    onceDone(guest.sockets.receive(fd, into, flags), ({ length }) => length),
  ),

  sendto: call([sock, dataIn, flags, optionalAddress], (guest, fd, data, flags, to) =>
    guest.sockets.send(fd, data, flags, to),
  ),

  recvfrom: call([sock, dataOut, flags, addressOut], (guest, fd, into, flags, peer) =>
    onceDone(guest.sockets.receive(fd, into, flags), ({ length, from }) => {
      if (peer.isWanted) peer.write(from ?? (length > 0 ? guest.sockets.senderOf(fd) : undefined))
      return length
    }),
  ),

  sendmsg: call([sock, pointer('msg'), flags], sendmsg),

  recvmsg: call([sock, pointer('msg'), flags], recvmsg),

  shutdown: call([sock, i32('how')], (guest, fd, how) => {
    const direction = guest.numbering.shutdown[how]
    if (direction === undefined) throw new SysError('EINVAL')
    return guest.sockets.shutdown(fd, direction)
  }),

  getsockname: call([sock, neededAddressOut], (guest, fd, name) => name.write(guest.sockets.getsockname(fd))),

  getpeername: call([sock, neededAddressOut], (guest, fd, name) => name.write(guest.sockets.getpeername(fd))),

  getsockopt: call(
    [sock, i32('level'), i32('name'), pointer('value'), notNullPointer('len')],
    ({ sockets, memory, numbering }, fd, level, name, value, lengthAt) => {
      const room = readAt(memory, word, lengthAt)
      if (room < 0) throw new SysError('EINVAL')
      const option = optionOf(numbering, level, name, 'EOPNOTSUPP')
      if (value === 0 && room > 0) throw new SysError('EFAULT')
      memory.check(value, Math.min(room, 16))
      const encoded = encodeOption(option, sockets.getsockopt(fd, option), room)
      memory.bytes(value, encoded.length).set(encoded)
      writeAt(memory, u32, lengthAt, encoded.length)
    },
  ),

  setsockopt: call(
    [sock, i32('level'), i32('name'), pointer('value'), i32('len')],
    ({ sockets, memory, numbering }, fd, level, name, value, length) => {
      const option = optionOf(numbering, level, name, 'ENOPROTOOPT')
      if (value === 0 && length > 0) throw new SysError('EFAULT')
      return sockets.setsockopt(fd, option, readOption(memory, option, value, length))
    },
  ),

  socketpair: call(
    [i32('domain'), i32('type'), i32('protocol'), notNullPointer('fds')],
    (guest, domain, type, protocol, fds) => {
      if (!guest.numberingIsKnown) guest.use(numberingOf(type))
      guest.memory.check(fds, 8)
      const [one, two] = guest.sockets.socketpair(socketRequest(guest, domain, type, protocol))
      writeAt(guest.memory, word, fds, one)
      writeAt(guest.memory, word, fds + 4, two)
    },
  ),

  last_error: call([], ({ lastErrorNumber }) => lastErrorNumber),

  strerror: call([i32('error'), pointer('buf'), i32('len')], ({ memory }, error, buffer, length) => {
    const errno = errnoOfWasi(Math.abs(error))
    const text = error === 0 ? 'Success' : errno === undefined ? `Unknown error ${error}` : strerror(errno)
    return memory.setText(buffer, length, text)
  }),
}

/** What a guest asks of `socket`: `EAFNOSUPPORT`, `EINVAL` and `EPROTONOSUPPORT` as socket(2) has them. */
function socketRequest({ numbering }: Guest, domain: number, type: number, protocol: number): SocketRequest {
  const { stream, datagram, sockNonBlock, sockCloseOnExec } = numbering
  const kind = type & 0xf
  if ((type & ~(0xf | sockNonBlock | sockCloseOnExec)) !== 0 || kind === 0 || kind > 10) throw new SysError('EINVAL')
  const family = numbering.families[domain]
  if (family === undefined || family === 'unspecified') throw new SysError('EAFNOSUPPORT')
  if (kind !== stream && kind !== datagram) throw new SysError('EPROTONOSUPPORT')
  const socketType = kind === stream ? 'stream' : 'dgram'
  if (protocol !== 0 && (family === 'unix' ? protocol !== 1 : protocol !== PROTOCOL_OF[socketType]))
    throw new SysError('EPROTONOSUPPORT')
  return {
    family,
    type: socketType,
    nonBlocking: (type & sockNonBlock) !== 0,
    closeOnExec: (type & sockCloseOnExec) !== 0,
  }
}
