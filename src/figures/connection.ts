import { type SocketEvent, type SocketFigures, transportOf } from '../network/figures/figures.js'
import { type Address, isMapped } from '../posix/address.js'
import type { Errno } from '../posix/errno.js'

/** A connection that is over, or that was never made. */
export interface Connection {
  readonly name: string
  readonly isServer: boolean
  readonly beganAt: number
  /** Why it was not made. */
  readonly errno: Errno | undefined
  /** By OpenTelemetry's semantic conventions; what they do not know begins with `posix_wasm.`. */
  readonly attributes: Record<string, string | number>
}

/** Undefined where what has ended is no connection: a listener, a datagram socket, a pair, or one whose failure was told before. */
export function connectionOf(event: SocketEvent): Connection | undefined {
  const { socket } = event
  const isServer = socket.origin === 'accepted'
  const beganAt = isServer ? socket.openedAt : socket.connectingAt
  const wasTold = event.is === 'closed' && socket.state === 'failed'
  if (beganAt === undefined || wasTold) return undefined
  const errno = event.is === 'failed' ? event.errno : undefined
  const sides = isServer
    ? { ...endOf('server', socket.local), ...endOf('client', socket.peer) }
    : endOf('server', socket.peer)
  const attributes = { ...attributesOf(socket), ...sides, ...(errno !== undefined && { 'error.type': errno }) }
  return { name: `${transportOf(socket)} ${isServer ? 'accept' : 'connect'}`, isServer, beganAt, errno, attributes }
}

function attributesOf(socket: SocketFigures): Record<string, string | number> {
  const { local, peer, state, bytesSent, bytesReceived, retries, waits, blockedMs } = socket
  return {
    'network.transport': transportOf(socket),
    ...typeOf(peer),
    ...endOf('network.local', local),
    ...endOf('network.peer', peer),
    'posix_wasm.state': state,
    'posix_wasm.sent_bytes': bytesSent,
    'posix_wasm.received_bytes': bytesReceived,
    'posix_wasm.retries': retries,
    'posix_wasm.waits': waits,
    'posix_wasm.blocked_seconds': blockedMs / 1000,
  }
}

/** IPv4 within IPv6 is IPv4 on the wire. */
function typeOf(peer: Address | undefined): Record<string, string> {
  if (peer === undefined || peer.family === 'unix') return {}
  return { 'network.type': peer.family === 'inet6' && !isMapped(peer.host) ? 'ipv6' : 'ipv4' }
}

function endOf(prefix: string, address: Address | undefined): Record<string, string | number> {
  if (address === undefined) return {}
  if (address.family === 'unix') return { [`${prefix}.address`]: address.path }
  return { [`${prefix}.address`]: address.host, [`${prefix}.port`]: address.port }
}
