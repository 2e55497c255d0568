import { F_GETFL, F_SETFL, FIONREAD, O_RDWR } from '../posix/constants.js'
import { errnoOfWasi, SysError, strerror } from '../posix/errno.js'
import type { SocketRequest } from '../posix-sockets/sockets.js'
import { getaddrinfoInto, MOST_NAME } from './addrinfo.js'
import { type Call, call } from './call.js'
import type { Guest } from './guest.js'
import { i16, readAt, struct, u32, i32 as word, writeAt } from './layout.js'
import { recvmsg, sendmsg } from './msghdr.js'
import { numberingOf, ours, theirs } from './numbering.js'
import {
  address,
  addressOut,
  bytesIn,
  bytesOut,
  fd,
  flags,
  i32,
  neededAddressOut,
  optionalAddress,
  pointer,
  sock,
  textAt,
} from './params.js'
import { encodeOption, optionOf, readOption } from './sockopts.js'

const pollfd = struct({ fd: word, events: i16, revents: i16 })

const PROTOCOL_OF = { stream: 6, dgram: 17 } as const

/** Module `posix_sockets`: the result is >= 0, or a negative errno in WASI's numbers. Described in docs/guest-abi.md. */
export const posixSockets: Readonly<Record<string, Call>> = {
  socket: call([i32('domain'), i32('type'), i32('protocol')], (guest, domain, type, protocol) => {
    if (!guest.numberingIsKnown) guest.use(numberingOf(type))
    const request = socketRequest(guest, domain, type, protocol)
    if (request.family === 'unix' && request.type === 'dgram') throw new SysError('EPROTONOSUPPORT') // Node has none
    return guest.sockets.socket(request)
  }),

  connect: call([sock, address], (guest, fd, to) => guest.sockets.connect(fd, to)),

  bind: call([sock, address], (guest, fd, to) => {
    if (to === undefined) throw new SysError('EAFNOSUPPORT')
    return guest.sockets.bind(fd, to)
  }),

  listen: call([sock, i32('backlog')], (guest, fd, backlog) => guest.sockets.listen(fd, backlog)),

  accept: call([sock, addressOut], function* (guest, fd, peer) {
    const accepted = yield* guest.sockets.accept(fd, { nonBlocking: false })
    peer.write(accepted.peer)
    return accepted.fd
  }),

  accept4: call([sock, addressOut, i32('flags')], function* (guest, fd, peer, flags) {
    const { sockNonBlock, sockCloseOnExec } = guest.numbering
    if ((flags & ~(sockNonBlock | sockCloseOnExec)) !== 0) throw new SysError('EINVAL')
    const accepted = yield* guest.sockets.accept(fd, { nonBlocking: (flags & sockNonBlock) !== 0 })
    peer.write(accepted.peer)
    return accepted.fd
  }),

  send: call([sock, bytesIn, flags], (guest, fd, data, flags) => guest.sockets.send(fd, data, flags)),

  recv: call([sock, bytesOut, flags], function* (guest, fd, into, flags) {
    return (yield* guest.sockets.receive(fd, into, flags)).length
  }),

  sendto: call([sock, bytesIn, flags, optionalAddress], (guest, fd, data, flags, to) =>
    guest.sockets.send(fd, data, flags, to),
  ),

  recvfrom: call([sock, bytesOut, flags, addressOut], function* (guest, fd, into, flags, peer) {
    const { length, from } = yield* guest.sockets.receive(fd, into, flags)
    if (from !== undefined) peer.write(from)
    return length
  }),

  sendmsg: call([sock, pointer('msg'), flags], sendmsg),

  recvmsg: call([sock, pointer('msg'), flags], recvmsg),

  shutdown: call([sock, i32('how')], (guest, fd, how) => {
    const direction = guest.numbering.shutdown[how]
    if (direction === undefined) throw new SysError('EINVAL')
    return guest.sockets.shutdown(fd, direction)
  }),

  close: call([fd], (guest, fd) => guest.sockets.close(fd)),

  getsockname: call([sock, neededAddressOut], (guest, fd, name) => name.write(guest.sockets.getsockname(fd))),

  getpeername: call([sock, neededAddressOut], (guest, fd, name) => name.write(guest.sockets.getpeername(fd))),

  getsockopt: call(
    [sock, i32('level'), i32('name'), pointer('value'), pointer('len')],
    ({ sockets, memory, numbering }, fd, level, name, value, lengthAt) => {
      const room = readAt(memory, word, lengthAt)
      if (room < 0) throw new SysError('EINVAL')
      const option = optionOf(numbering, level, name, 'EOPNOTSUPP')
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
      return sockets.setsockopt(fd, option, readOption(memory, option, value, length))
    },
  ),

  socketpair: call(
    [i32('domain'), i32('type'), i32('protocol'), pointer('fds')],
    (guest, domain, type, protocol, fds) => {
      if (!guest.numberingIsKnown) guest.use(numberingOf(type))
      guest.memory.check(fds, 8)
      const [one, two] = guest.sockets.socketpair(socketRequest(guest, domain, type, protocol))
      writeAt(guest.memory, word, fds, one)
      writeAt(guest.memory, word, fds + 4, two)
    },
  ),

  poll: call(
    [pointer('fds'), i32('count'), i32('timeout')],
    function* ({ sockets, memory, numbering }, fds, count, timeout) {
      if (count >>> 0 > sockets.table.limit) throw new SysError('EINVAL')
      memory.check(fds, count * pollfd.size)
      const at = (index: number) => fds + index * pollfd.size
      const requests = Array.from({ length: count }, (_, index) => {
        const { fd, events } = pollfd.read(memory, at(index))
        return { fd, events: ours(numbering.pollEvents, events) }
      })
      const found = yield* sockets.poll(requests, timeout < 0 ? Number.POSITIVE_INFINITY : timeout)
      for (const [index, revents] of found.entries())
        writeAt(memory, i16, at(index) + 6, theirs(numbering.pollEvents, revents))
      return found.filter((revents) => revents !== 0).length
    },
  ),

  dup: call([fd], (guest, fd) => guest.sockets.dup(fd)),

  fcntl: call([fd, i32('command'), i32('argument')], ({ sockets, numbering }, fd, command, argument) => {
    if (command === F_SETFL) return sockets.setNonBlocking(fd, (argument & numbering.nonBlock) !== 0)
    if (command === F_GETFL) return O_RDWR | (sockets.isNonBlocking(fd) ? numbering.nonBlock : 0)
    return sockets.fcntl(fd, command, argument)
  }),

  ioctl: call([sock, i32('request'), pointer('argument')], ({ sockets, memory }, fd, request, argument) => {
    if (request !== FIONREAD) return sockets.ioctl(fd, request, readAt(memory, word, argument)) && 0
    memory.check(argument, 4)
    writeAt(memory, word, argument, sockets.ioctl(fd, request, 0))
  }),

  gethostname: call([pointer('name'), i32('len')], ({ sockets, memory }, name, length) => {
    const text = sockets.gethostname()
    if (length < 0) throw new SysError('EINVAL')
    memory.check(name, length)
    if (Buffer.byteLength(text) >= length) throw new SysError('ENAMETOOLONG')
    memory.setText(name, length, text)
  }),

  last_error: call([], ({ lastErrorNumber }) => lastErrorNumber),

  strerror: call([i32('error'), pointer('buf'), i32('len')], ({ memory }, error, buffer, length) => {
    const errno = errnoOfWasi(Math.abs(error))
    const text = error === 0 ? 'Success' : errno === undefined ? `Unknown error ${error}` : strerror(errno)
    return memory.setText(buffer, length, text)
  }),

  getaddrinfo: call(
    [textAt('node', MOST_NAME), textAt('service', MOST_NAME), pointer('hints'), pointer('results'), i32('capacity')],
    (guest, node, service, hints, results, capacity) =>
      getaddrinfoInto(guest, { node, service, hints }, { pointer: results, capacity: capacity >>> 0 }),
  ),
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
  return { family, type: socketType, nonBlocking: (type & sockNonBlock) !== 0 }
}
