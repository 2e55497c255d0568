import { type Interest, isNews, type Mark, type TlsState } from '../network/network.js'
import type { Endpoint, Phase, SocketEndpoint } from './endpoints.js'
import { LocalEnd } from './local-pair.js'
import { readiness } from './readiness.js'

/** What of an interest holds, or undefined for nothing. */
export function holding(endpoint: Endpoint | undefined, interest: Interest): Interest | undefined {
  const { handle, events, since, tag } = interest
  if (since === undefined) {
    const holds = readiness(endpoint, events)
    return holds === 0 ? undefined : tag === undefined ? { handle, events: holds } : { handle, events: holds, tag }
  }
  const mark = markOf(endpoint) // first: what comes from now on is news for the next time
  const holds = isNews(events, since, mark) ? readiness(endpoint, events) : 0
  return holds === 0 ? undefined : { handle, events: holds, since: mark, tag }
}

/** Marks are sums of counters that only grow, so that a later one differs if anything has happened. */
function markOf(endpoint: Endpoint | undefined): Mark {
  if (endpoint?.is === 'socket') return ofSocket(endpoint)
  return endpoint?.is === 'pipe' ? endpoint.pipe.mark(endpoint.end) : { receiving: 0, sending: 0 }
}

const tlsPhases: Record<TlsState['is'], number> = { none: 0, handshaking: 1, secured: 2, failed: 3 }
const phases: Record<Phase, number> = { fresh: 0, listening: 1, connecting: 1, connected: 2, failed: 3 }

function ofSocket(socket: SocketEndpoint): Mark {
  const { channel, phase, tls, arrived, readShut, writeShut } = socket
  const changes =
    phases[phase] + tlsPhases[tls.is] + channel.state + channel.failures + Number(readShut) + Number(writeShut)
  return { receiving: channel.received.written + arrived + changes, sending: roomMade(socket) + changes }
}

/** What Linux tells writers: at a local pair each read of the peer's, of a datagram that it went, of a TCP stream that it is no longer full. */
function roomMade(socket: SocketEndpoint): number {
  const { channel, type } = socket
  if (channel instanceof LocalEnd) return channel.sent.taken
  if (type === 'dgram') return channel.sent.written
  const hasRoom = channel.sent.free >= channel.sent.size / 2
  if (!hasRoom) socket.isFull = true
  else if (socket.isFull) {
    socket.isFull = false
    socket.reliefs++
  }
  return socket.reliefs
}
