import { DONE, DRAINED, type Events } from '../network/network.js'
import { POLLERR, POLLHUP, POLLIN, POLLOUT, POLLRDHUP } from '../posix/constants.js'
import { STATE_BROKEN, STATE_ENDED } from './channel.js'
import type { Endpoint, SocketEndpoint } from './endpoints.js'
import { LocalEnd } from './local-pair.js'

/**
 * Which of `wanted` hold, and POLLERR and POLLHUP whether wanted or not: what tcp_poll and udp_poll of Linux say. Who waits for the answer to
 * a bind or a listen only is told of that alone: a stream that is not connected hangs up all the time.
 */
export function readiness(endpoint: Endpoint | undefined, wanted: Events): Events {
  if (endpoint === undefined) return POLLERR & wanted
  if (endpoint.is === 'lookup') return endpoint.resolution === undefined ? 0 : DONE & wanted
  if (endpoint.is === 'pipe') return endpoint.pipe.conditions(endpoint.end) & (wanted | POLLERR | POLLHUP)
  return conditions(endpoint, wanted) & (wanted === DONE ? DONE : wanted | POLLERR | POLLHUP)
}

function conditions(socket: SocketEndpoint, wanted: Events): Events {
  const { outcome } = socket
  const done = outcome.is === 'done' || outcome.is === 'failed' ? DONE : 0
  return done | (socket.type === 'dgram' ? ofDatagram(socket) : ofStream(socket, wanted))
}

function ofDatagram({ channel, readShut, writeShut }: SocketEndpoint): Events {
  const error = channel.hasError ? POLLERR : 0
  const data = channel.received.used > 0 ? POLLIN : 0
  const room = channel.sent.free >= channel.sent.size / 2 ? POLLOUT : 0
  const shut = (readShut ? POLLIN | POLLRDHUP : 0) | (readShut && writeShut ? POLLHUP : 0)
  return error | data | room | shut | (isDrained(channel) ? DRAINED : 0)
}

function ofStream(socket: SocketEndpoint, wanted: Events): Events {
  switch (socket.phase) {
    case 'fresh':
      return POLLOUT | POLLHUP
    case 'connecting':
      return 0
    case 'failed':
      return POLLIN | POLLOUT | POLLHUP | POLLRDHUP | (socket.outcome.is === 'failed' ? POLLERR : 0)
    case 'listening':
      return socket.waiting.length > 0 ? POLLIN : 0
    case 'connected':
      return ofConnection(socket, wanted)
  }
}

/** Most look for one thing only, and very often: what is not wanted is not looked at. */
function ofConnection({ channel, readShut, writeShut, tls }: SocketEndpoint, wanted: Events): Events {
  if (tls.is === 'handshaking') return 0
  const { state } = channel
  const broken = (state & STATE_BROKEN) !== 0
  const ended = broken || readShut || (state & STATE_ENDED) !== 0
  let events = channel.hasError ? POLLERR : 0
  if (ended) events |= POLLIN | POLLRDHUP
  else if ((wanted & POLLIN) !== 0 && channel.received.used > 0) events |= POLLIN
  if (broken || writeShut) events |= POLLOUT
  else if ((wanted & POLLOUT) !== 0 && channel.sent.free >= channel.sent.size / 2) events |= POLLOUT
  if (broken || (ended && writeShut)) events |= POLLHUP
  if (broken || ((wanted & DRAINED) !== 0 && isDrained(channel))) events |= DRAINED
  return events
}

/** What is sent over a local pair is with the other end at once. */
function isDrained(channel: SocketEndpoint['channel']): boolean {
  return channel instanceof LocalEnd || channel.sent.used === 0
}
