import { SysError } from '../../posix/errno.js'
import { onceDone } from '../../posix-sockets/blocking.js'
import type { Received } from '../../posix-sockets/datagram-calls.js'
import { type BuffersOut, buffersIn, buffersOut } from '../buffers.js'
import { type Call, call } from '../call.js'
import type { Dialect } from '../dialect.js'
import { u16, u16be, u32 } from '../layout.js'
import { type Output, out } from '../outputs.js'
import { i32, sock } from '../params.js'
import { preview1Sockets, receivedFlags, receiveFlags, sendFlags, sockListen } from '../preview1-sockets.js'
import { address, addressOut, aligned, families, portOf } from './address.js'
import { addrinfoCalls } from './addrinfo.js'
import { optionCalls, types } from './options.js'

const word = (name: string) => aligned(out(name, u32))
const anyAddressOut = addressOut(4, 16, 128)

interface ReceivedPlaces {
  readonly buffers: BuffersOut
  readonly received: Output<number>
  readonly roflags: Output<number>
}
const receivedOut = word('received')
const roflagsOut = aligned(out('roflags', u16), u16.align)

function deliver(got: Received, { buffers, received, roflags }: ReceivedPlaces): void {
  buffers.fill(got.length)
  received.write(got.length)
  roflags.write(receivedFlags(got))
}

/**
 * Until WasmEdge 0.10 the families and the types were counted from 0. A guest of that time opens IPv4 with 0, which has meant nothing
 * that can be opened since; its IPv6 cannot be told from IPv4.
 */
const oldTypes = ['dgram', 'stream'] as const

/** What both versions have: preview 1's own calls, and more. */
const shared: Readonly<Record<string, Call>> = {
  ...preview1Sockets,

  sock_open: call([i32('family'), i32('type'), word('result')], ({ sockets }, domain, kind, result) => {
    const [family, type] = domain === 0 ? ['inet' as const, oldTypes[kind]] : [families[domain], types[kind]]
    if (family === undefined || type === undefined) throw new SysError('EINVAL')
    if (family === 'unix' && type === 'dgram') throw new SysError('EPROTONOSUPPORT') // Node has none
    result.write(sockets.socket({ family, type, nonBlocking: false }))
  }),

  sock_bind: call([sock, address], ({ sockets }, fd, to) => sockets.bind(fd, to)),

  sock_connect: call([sock, address], ({ sockets }, fd, to) => sockets.connect(fd, to)),

  sock_listen: sockListen,

  sock_send_to: call(
    [sock, aligned(buffersIn), address, sendFlags, word('sent')],
    ({ sockets }, fd, data, to, flags, sent) => onceDone(sockets.send(fd, data, flags, to), sent.write),
  ),

  ...optionCalls,
  ...addrinfoCalls,
}

/** A call that tells one of a socket's names: in 128 bytes, which say of what family it is. */
const nameCall = (which: 'getsockname' | 'getpeername') =>
  call([sock, addressOut(128), word('port')], ({ sockets }, fd, name, port) => {
    const found = sockets[which](fd)
    name.write(found)
    port.write(portOf(found))
  })

/** Of a stream no address is told. The port has 2 bytes, as in WasmEdge; guests that have 4 for it begin with zeros. */
const receiveFrom2 = (port: typeof u16) =>
  call(
    [
      sock,
      aligned(buffersOut),
      anyAddressOut,
      receiveFlags,
      aligned(out('port', port), u16.align),
      receivedOut,
      roflagsOut,
    ],
    ({ sockets }, fd, buffers, address, flags, port, received, roflags) =>
      onceDone(sockets.receive(fd, buffers.place, flags), (got) => {
        deliver(got, { buffers, received, roflags })
        if (got.from === undefined) return
        address.write(got.from)
        port.write(portOf(got.from))
      }),
  )

const calls2: Readonly<Record<string, Call>> = {
  ...shared,

  /** The port is in host order, as wasi-go writes it and the guests of this name read it. */
  sock_recv_from: receiveFrom2(u16),

  sock_getlocaladdr: nameCall('getsockname'),
  sock_getpeeraddr: nameCall('getpeername'),
}

/** Version 2 has names of its own in WasmEdge too; these calls, of which there is one version, have not. */
const unversioned = ['sock_shutdown', ...Object.keys(optionCalls), ...Object.keys(addrinfoCalls)]
const renamed = Object.entries(calls2)
  .filter(([name]) => !unversioned.includes(name))
  .map(([name, each]) => [`${name}_v2`, each])

/** WasmEdge's sockets, version 2. */
export const wasmedge2: Dialect = {
  name: 'WasmEdge sockets 2',
  module: 'wasi_snapshot_preview1',
  calls: {
    ...calls2,
    ...Object.fromEntries(renamed),
    /** Only WasmEdge has this name, and it writes the port in network order: guests that need it turn it round. */
    sock_recv_from_v2: receiveFrom2(u16be),
  },
}

/** What version 1 calls the kinds of addresses, where it tells of one. */
const kinds = { inet: 4, inet6: 6, unix: 3 } as const

/** The same in version 1: the kind of address is told apart from it. */
const kindCall = (which: 'getsockname' | 'getpeername') =>
  call([sock, anyAddressOut, word('kind'), word('port')], ({ sockets }, fd, name, kind, port) => {
    const found = sockets[which](fd)
    name.write(found)
    kind.write(kinds[found.family])
    port.write(portOf(found))
  })

/** Version 1, where it differs. */
export const wasmedge1: Dialect = {
  name: 'WasmEdge sockets 1',
  module: 'wasi_snapshot_preview1',
  calls: {
    ...shared,

    sock_accept: call([sock, word('result')], ({ sockets }, fd, result) =>
      onceDone(sockets.accept(fd, { nonBlocking: false }), (accepted) => result.write(accepted.fd)),
    ),

    /** It cannot say the port. */
    sock_recv_from: call(
      [sock, aligned(buffersOut), anyAddressOut, receiveFlags, receivedOut, roflagsOut],
      ({ sockets }, fd, buffers, address, flags, received, roflags) =>
        onceDone(sockets.receive(fd, buffers.place, flags), (got) => {
          deliver(got, { buffers, received, roflags })
          if (got.from !== undefined) address.write(got.from)
        }),
    ),

    sock_getlocaladdr: kindCall('getsockname'),
    sock_getpeeraddr: kindCall('getpeername'),
  },
}
