import { SysError } from '../../posix/errno.js'
import { type Place, plainHost } from './addresses.js'
import { Connection } from './connection.js'
import { dial } from './dial.js'
import type { Call, StreamBinding, VirtualHost } from './host.js'
import { lookUp } from './names.js'
import { nodeError } from './node-error.js'
import { VirtualSocket } from './socket.js'

interface SocketOptions {
  readonly allowHalfOpen?: boolean
}

/** A connection of a host's own that has been dialled, and the port that it has. */
export interface Outgoing {
  readonly end: Connection
  readonly local: Place
  readonly remote: Place
  /** Gives the port back. */
  release(): void
}

/** Dials a place, from `bound` if the caller has a place already. Throws what the network says at once. */
export function dialled(host: VirtualHost, to: Place, bound?: StreamBinding): Outgoing {
  const route = host.route(to.host, bound?.host ?? (to.host.includes(':') ? '::' : '0.0.0.0'))
  const binding = bound ?? newBinding(host, route.source)
  const [local, remote] = [
    { host: route.source, port: binding.port },
    { host: route.to, port: to.port },
  ]
  const end = new Connection(host.around.wire, host)
  const listener = () => route.host.streams.reached(remote).find((each) => each.listener)?.listener
  dial(end, { from: host, to: route.host, local, remote, listener })
  return { end, local, remote, release: () => host.streams.remove(binding) }
}

function newBinding(host: VirtualHost, source: string): StreamBinding {
  const terms = { host: source, v6Only: false, reuse: false, listener: undefined }
  const binding = { ...terms, port: host.streams.choose({ ...terms, port: 0 }) }
  host.streams.add(binding)
  return binding
}

/** The first address of a name; undefined where nobody has it. */
export function addressOf(host: VirtualHost, name: string): string | undefined {
  const found = lookUp(host, name, undefined)
  return found.is === 'found' ? plainHost(found.hosts[0]?.host as string) : undefined
}

/** A socket that connects to a name or an address. What goes wrong is an `error` of the socket's. */
export function connecting(host: VirtualHost, to: Place, options: SocketOptions = {}): VirtualSocket {
  const { clock } = host.around.wire
  const address = addressOf(host, to.host)
  const failed = (error: Error) => new VirtualSocket(clock, options).destroy(error)
  if (address === undefined) return failed(nodeError('ENOTFOUND', 'getaddrinfo', { hostname: to.host }))
  try {
    const { release, ...plugged } = dialled(host, { host: address, port: to.port })
    return VirtualSocket.over({ ...plugged, released: release }, clock, options)
  } catch (error) {
    if (!(error instanceof SysError)) throw error
    return failed(nodeError(error.errno, 'connect', { host: address, port: to.port }))
  }
}

/** The server's socket for a call. `connected` is the caller's to call. */
export function answering(
  host: VirtualHost,
  { client, from, to }: Call,
  { released, ...options }: SocketOptions & { released: (gone: VirtualSocket) => void },
): { socket: VirtualSocket; end: Connection } {
  const { wire } = host.around
  const end = Connection.answering(client, wire, host)
  const plugged = { end, local: to, remote: from, released: () => released(socket) }
  const socket = VirtualSocket.over(plugged, wire.clock, options)
  return { socket, end }
}
