import type { Network, SocketType } from '../../network/network.js'
import type { Family } from '../../posix/address.js'
import { PROTOCOL_OF } from '../../posix/constants.js'
import { SysError } from '../../posix/errno.js'
import { onceDone } from '../../posix-sockets/blocking.js'
import type { OpenSocket } from '../../posix-sockets/open-socket.js'
import type { SocketRequest } from '../../posix-sockets/sockets.js'
import { isConnected, isOver } from '../../posix-sockets/stream-calls.js'
import { buffersIn, buffersOut } from '../buffers.js'
import { type Call, call } from '../call.js'
import { u8, u16, u32 } from '../layout.js'
import { out } from '../outputs.js'
import { i32, sock } from '../params.js'
import {
  FDFLAGS_NONBLOCK,
  preview1Sockets,
  receivedFlags,
  receiveFlags,
  sendFlags,
  sockListen,
} from '../preview1-sockets.js'
import { addressAt, addressOut } from './address.js'
import { wasixDescriptors, wasixInPreview1 } from './descriptors.js'
import { wasixEpoll } from './epoll.js'
import { wasixOptions } from './options.js'
import { resolve } from './resolve.js'

const families: readonly (Family | undefined)[] = [undefined, 'inet', 'inet6', 'unix']
const types: readonly (SocketType | undefined)[] = [undefined, 'stream', 'dgram']
const MOST_TYPE = 4 // raw is 3, seqpacket 4

const OPENING = 0
const OPENED = 1
const CLOSED = 2
const FAILED = 3

const accept = call(
  [sock, i32('fdflags'), out('result', u32), addressOut('peer')],
  ({ sockets }, fd, fdflags, result, peer) =>
    onceDone(sockets.accept(fd, { nonBlocking: (fdflags & FDFLAGS_NONBLOCK) !== 0 }), (accepted) => {
      result.write(accepted.fd)
      peer.write(accepted.peer)
    }),
)

const kind = [i32('family'), i32('type'), i32('protocol')] as const

const socketCalls: Readonly<Record<string, Call>> = {
  sock_status: call([sock, out('status', u8)], ({ sockets }, fd, status) =>
    status.write(statusOf(sockets.network, sockets.socketOf(fd))),
  ),

  sock_addr_local: call([sock, addressOut('address')], ({ sockets }, fd, address) =>
    address.write(sockets.getsockname(fd)),
  ),

  sock_addr_peer: call([sock, addressOut('address')], ({ sockets }, fd, address) =>
    address.write(sockets.getpeername(fd)),
  ),

  sock_open: call([...kind, out('result', u32)] as const, ({ sockets }, family, type, protocol, result) => {
    const request = requestOf(family, type, protocol)
    if (request.family === 'unix' && request.type === 'dgram') throw new SysError('EPROTONOSUPPORT') // Node has none
    result.write(sockets.socket(request))
  }),

  sock_pair: call(
    [...kind, out('one', u32), out('other', u32)] as const,
    ({ sockets }, family, type, protocol, ...places) => {
      const pair = sockets.socketpair(requestOf(family, type, protocol))
      for (const [index, fd] of pair.entries()) places[index]?.write(fd)
    },
  ),

  sock_bind: call([sock, addressAt('address')], ({ sockets }, fd, to) => {
    if (to === undefined) throw new SysError('EAFNOSUPPORT')
    return sockets.bind(fd, to)
  }),

  sock_listen: sockListen,
  sock_accept_v2: accept,
  /** Its name before it was given another. */
  sock_accept: accept,

  sock_connect: call([sock, addressAt('peer')], ({ sockets }, fd, to) => sockets.connect(fd, to)),

  sock_recv_from: call(
    [sock, buffersOut, receiveFlags, out('received', u32), out('roflags', u16), addressOut('from')],
    ({ sockets }, fd, buffers, flags, received, roflags, from) =>
      onceDone(sockets.receive(fd, buffers.place, flags), (got) => {
        buffers.fill(got.length)
        received.write(got.length)
        roflags.write(receivedFlags(got))
        from.write(got.from)
      }),
  ),

  sock_send_to: call(
    [sock, buffersIn, sendFlags, addressAt('to'), out('sent', u32)],
    ({ sockets }, fd, data, flags, to, sent) => onceDone(sockets.send(fd, data, flags, to), sent.write),
  ),
}

/** The network's own administration, which no program can have from here: by the number of parameters. */
const portCalls = {
  port_bridge: 5,
  port_unbridge: 0,
  port_dhcp_acquire: 0,
  port_addr_add: 1,
  port_addr_remove: 1,
  port_addr_clear: 0,
  port_mac: 1,
  port_addr_list: 2,
  port_gateway_set: 1,
  port_route_add: 4,
  port_route_remove: 1,
  port_route_clear: 0,
  port_route_list: 2,
}

function refused(arity: number): Call {
  const params = Array.from({ length: arity }, (_, index) => i32(`argument${index}`))
  return call(params, () => {
    throw new SysError('EOPNOTSUPP')
  })
}

/** The sockets, look-ups and descriptors of WASIX, module `wasix_32v1`. Its calls on files stand in wasi/. */
export const wasixSockets: Readonly<Record<string, Call>> = {
  ...preview1Sockets,
  ...socketCalls,
  ...wasixOptions,
  ...wasixEpoll,
  ...wasixDescriptors,
  ...wasixInPreview1,
  ...Object.fromEntries(Object.entries(portCalls).map(([name, arity]) => [name, refused(arity)])),
  resolve,
}

/** A protocol of 0 leaves the choice to the type; WASIX's libc puts TCP and UDP in its place, whatever the family. */
function requestOf(familyNumber: number, typeNumber: number, protocol: number): SocketRequest {
  const family = families[familyNumber]
  if (family === undefined) throw new SysError('EAFNOSUPPORT')
  const type = types[typeNumber]
  if (type === undefined) throw new SysError(typeNumber > 0 && typeNumber <= MOST_TYPE ? 'EPROTONOSUPPORT' : 'EINVAL')
  if (protocol !== 0 && protocol !== PROTOCOL_OF[type]) throw new SysError('EPROTONOSUPPORT')
  return { family, type, nonBlocking: false }
}

function statusOf(network: Network, socket: OpenSocket): number {
  if (socket.type === 'dgram') return socket.state === 'fresh' ? OPENING : OPENED
  switch (socket.state) {
    case 'listening':
      return OPENED
    case 'connected':
      return isOver(network, socket) ? CLOSED : OPENED
    case 'connecting':
      if (isOver(network, socket)) return FAILED
      return isConnected(network, socket) ? OPENED : OPENING
    default:
      return OPENING
  }
}
