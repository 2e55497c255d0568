import { AGAIN, DRAINED, look, type Network } from '../network/network.js'
import type { Address } from '../posix/address.js'
import { MSG_PEEK, MSG_TRUNC, MSG_WAITALL, POLLERR, POLLHUP, POLLIN, POLLOUT } from '../posix/constants.js'
import { SysError } from '../posix/errno.js'
import { type Blocking, isBlocking, type MaybeBlocking, onceDone, triedOnce, untilDone, whole } from './blocking.js'
import type { Ground } from './ground.js'
import { alwaysPatient, type OpenSocket, receivePatience, sendPatience } from './open-socket.js'

/** How long a non-blocking send waits to hear whether a half-closed peer has reset the stream, in ms. */
const CONFIRM_MS = 10
/** The most that MSG_TRUNC throws away at a time, in bytes. */
const DISCARD_BYTES = 64 * 1024

/** connect(2) on a stream socket. */
export function* connectStream(ground: Ground, socket: OpenSocket, to: Address): Blocking<void> {
  if (socket.state === 'connected' || socket.state === 'listening') throw new SysError('EISCONN')
  const isFirst = socket.state !== 'connecting'
  const before = socket.state
  const isLocal = socket.family === 'unix'
  socket.state = 'connecting'
  const { handle } = socket
  try {
    if (isLocal) yield* connectLocal(ground, socket, to)
    else yield* untilDone(sendPatience(ground, socket, POLLOUT), () => ground.network('connect', { handle, to }))
    socket.state = 'connected'
  } catch (error) {
    if (!(error instanceof SysError)) throw error
    if (error.errno === 'EAGAIN' && !isLocal) throw new SysError(isFirst ? 'EINPROGRESS' : 'EALREADY')
    socket.state = error.errno === 'EAGAIN' ? before : 'fresh'
    throw error
  }
}

/** How long a call rests before it asks again for what no system tells, in ms: at first, and at most. */
const REST_MS = { first: 1, most: 20 }

/**
 * A local connect never says EINPROGRESS: the network answers it at once, with EAGAIN where the listener's queue is full. No system tells
 * when there is room again, so a call that blocks asks now and then.
 */
function* connectLocal(ground: Ground, socket: OpenSocket, to: Address): Blocking<void> {
  const { handle } = socket
  const { timeoutMs, now } = sendPatience(ground, socket, POLLOUT)
  const deadline = now() + timeoutMs
  for (let restMs = REST_MS.first; ; restMs = Math.min(2 * restMs, REST_MS.most)) {
    try {
      yield* untilDone(alwaysPatient(ground, socket, POLLOUT), () => ground.network('connect', { handle, to }))
      return
    } catch (error) {
      const leftMs = deadline - now()
      if (!(error instanceof SysError && error.errno === 'EAGAIN') || timeoutMs === 0 || leftMs <= 0) throw error
      yield { on: [], timeoutMs: Math.min(restMs, leftMs) }
    }
  }
}

/** send(2) on a stream socket: all of `data` on a blocking one, unless time or the connection ends. */
export function sendBytes(ground: Ground, socket: OpenSocket, data: Uint8Array, flags: number): MaybeBlocking<number> {
  if (socket.state === 'connected') return sendConnected(ground, socket, data, flags)
  if (socket.state !== 'connecting') throw new SysError(socket.family === 'unix' ? 'ENOTCONN' : 'EPIPE')
  return sendOnceConnected(ground, socket, data, flags)
}

function* sendOnceConnected(ground: Ground, socket: OpenSocket, data: Uint8Array, flags: number): Blocking<number> {
  if (!(yield* untilConnected(ground, socket, flags))) throw new SysError('EPIPE')
  return yield* whole(sendConnected(ground, socket, data, flags))
}

function sendConnected(ground: Ground, socket: OpenSocket, data: Uint8Array, flags: number): MaybeBlocking<number> {
  if (socket.writeShut) throw new SysError('EPIPE')
  const { handle, sawEnd } = socket
  const patience = sendPatience(ground, socket, POLLOUT, flags)
  const sent = piecewise(data, true, (rest) =>
    triedOnce(patience, () => ground.network('send', { handle, data: rest })),
  )
  return sawEnd ? confirmed(ground, socket, sent) : sent
}

/** recv(2) on a stream socket; 0 is its end. */
export function receiveBytes(
  ground: Ground,
  socket: OpenSocket,
  into: Uint8Array,
  flags: number,
): MaybeBlocking<number> {
  if (socket.state === 'connected') return receiveConnected(ground, socket, into, flags)
  if (socket.state !== 'connecting') throw new SysError(socket.family === 'unix' ? 'EINVAL' : 'ENOTCONN')
  return receiveOnceConnected(ground, socket, into, flags)
}

function* receiveOnceConnected(ground: Ground, socket: OpenSocket, into: Uint8Array, flags: number): Blocking<number> {
  if (!(yield* untilConnected(ground, socket, flags))) return 0
  return yield* whole(receiveConnected(ground, socket, into, flags))
}

function receiveConnected(ground: Ground, socket: OpenSocket, into: Uint8Array, flags: number): MaybeBlocking<number> {
  const { handle } = socket
  const peek = (flags & MSG_PEEK) !== 0
  const target = discards(socket, flags) ? new Uint8Array(Math.min(into.length, DISCARD_BYTES)) : into
  const patience = receivePatience(ground, socket, POLLIN, flags)
  const received = piecewise(target, (flags & MSG_WAITALL) !== 0 && !peek, (rest) =>
    triedOnce(patience, () => ground.network('receive', { handle, into: rest, peek })),
  )
  return onceDone(received, (count) => {
    if (count === 0 && into.length > 0) socket.sawEnd = true
    return count
  })
}

/** True once a connection is over in both directions: Linux's TCP_CLOSE. */
export function isOver(network: Network, { handle }: OpenSocket): boolean {
  const [found] = look(network, [{ handle, events: 0 }])
  return found !== undefined && (found.events & POLLHUP) !== 0
}

/** True once a connection that was begun is made. */
export function isConnected(network: Network, { handle }: OpenSocket): boolean {
  const [found] = look(network, [{ handle, events: POLLOUT }])
  return found !== undefined && (found.events & POLLERR) === 0
}

/**
 * What a close with SO_LINGER waits for: all that was sent is with the peer, and the end of it too, as far as the network knows. No system
 * tells of that, so it is asked now and then.
 */
export function* untilSent({ network, now }: Ground, socket: OpenSocket): Blocking<void> {
  const { handle, linger, writeShut, family } = socket
  const deadline = linger.seconds < 0 ? Number.POSITIVE_INFINITY : now() + linger.seconds * 1000
  const isSent = () => Number(network('getOption', { handle, option: 'unsent' })) === 0
  yield { on: [{ handle, events: DRAINED }], timeoutMs: deadline - now() }
  if (family === 'unix' || isSent() || isOver(network, socket) || network('available', { handle }) > 0) return
  if (!writeShut) network('shutdown', { handle, end: 'write' })
  for (let restMs = REST_MS.first; !isSent() && deadline > now(); restMs = Math.min(2 * restMs, REST_MS.most))
    yield { on: [], timeoutMs: Math.min(restMs, deadline - now()) }
}

/** Linux resets a connection that is closed with SO_LINGER 0. With bytes that nobody has read too: that each network sees to itself. */
export function closesWithReset({ type, state, linger }: OpenSocket): boolean {
  return type === 'stream' && state === 'connected' && linger.on && linger.seconds === 0
}

type Piece = (rest: Uint8Array) => MaybeBlocking<number>

/** Goes on with the rest until all is done, or with `all` false after the first piece. What was done before an error counts. */
export function piecewise(bytes: Uint8Array, all: boolean, once: Piece): MaybeBlocking<number> {
  const first = once(bytes)
  const isOnlyPiece = first === AGAIN || first === 0 || !all || first === bytes.length
  return isOnlyPiece && !isBlocking(first) ? first : pieces(bytes, first, all ? once : undefined)
}

function* pieces(bytes: Uint8Array, first: MaybeBlocking<number>, next: Piece | undefined): Blocking<number> {
  let done = yield* whole(first)
  try {
    for (let count = done; count > 0 && done < bytes.length && next !== undefined; done += count)
      count = yield* whole(next(bytes.subarray(done)))
  } catch (error) {
    if (!(error instanceof SysError)) throw error
  }
  return done
}

/** tcp(7): MSG_TRUNC throws the bytes away instead of passing them on. */
function discards(socket: OpenSocket, flags: number): boolean {
  return (flags & MSG_TRUNC) !== 0 && socket.family !== 'unix'
}

/** Sending and receiving on a socket that is still connecting waits for that first. False when it has failed, and that was told. */
function* untilConnected(ground: Ground, socket: OpenSocket, flags: number): Blocking<boolean> {
  const { handle } = socket
  const { network } = ground
  yield* untilDone(receivePatience(ground, socket, POLLOUT, flags), () =>
    look(network, [{ handle, events: POLLOUT }]).length > 0 ? true : AGAIN,
  )
  const errno = network('takeError', { handle })
  if (errno !== undefined) throw new SysError(errno)
  return !isOver(network, socket)
}

/** To a peer that has ended its stream: waits until the system has taken the bytes, since it may answer EPIPE. */
function* confirmed(ground: Ground, socket: OpenSocket, sending: MaybeBlocking<number>): Blocking<number> {
  const sent = yield* whole(sending)
  const { handle, nonBlocking, sendTimeoutMs } = socket
  yield { on: [{ handle, events: DRAINED }], timeoutMs: nonBlocking ? CONFIRM_MS : sendTimeoutMs }
  if (socket.handle !== handle) throw new SysError('ECONNRESET')
  const errno = ground.network('takeError', { handle })
  if (errno !== undefined) throw new SysError(errno)
  return sent
}
