import { AGAIN, type Again, DRAINED, type Input, look, type Network } from '../network/network.js'
import type { Address } from '../posix/address.js'
import {
  MSG_DONTWAIT,
  MSG_NOSIGNAL,
  MSG_PEEK,
  MSG_TRUNC,
  MSG_WAITALL,
  POLLERR,
  POLLHUP,
  POLLIN,
  POLLOUT,
} from '../posix/constants.js'
import { SysError } from '../posix/errno.js'
import { type Blocking, untilDone } from './blocking.js'
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
  socket.state = 'connecting'
  const { handle } = socket
  try {
    // A local connect never says EINPROGRESS: there is nobody to wait for.
    const patience =
      socket.family === 'unix' ? alwaysPatient(ground, socket, POLLOUT) : sendPatience(ground, socket, POLLOUT)
    yield* untilDone(patience, () => ground.network('connect', { handle, to }))
    socket.state = 'connected'
  } catch (error) {
    if (!(error instanceof SysError)) throw error
    if (error.errno === 'EAGAIN') throw new SysError(isFirst ? 'EINPROGRESS' : 'EALREADY')
    socket.state = 'fresh'
    throw error
  }
}

/** send(2) on a stream socket: all of `data` on a blocking one, unless time or the connection ends. */
export function* sendBytes(ground: Ground, socket: OpenSocket, data: Uint8Array, flags: number): Blocking<number> {
  const isConnecting = socket.state === 'connecting'
  if (!isConnecting && socket.state !== 'connected') throw new SysError(socket.family === 'unix' ? 'ENOTCONN' : 'EPIPE')
  if (isConnecting && !(yield* untilConnected(ground, socket, flags))) throw new SysError('EPIPE')
  if (socket.writeShut) throw new SysError('EPIPE')
  return yield* sendRest(ground, socket, { data, flags })
}

/** send(2) on a connected stream: at once where the system takes all, which spares what a call that waits needs. */
export function sendAtOnce(ground: Ground, socket: OpenSocket, message: Message): number | Blocking<number> {
  const answer = ground.network('send', { handle: socket.handle, data: message.data })
  return answer === message.data.length ? answer : sendRest(ground, socket, { ...message, first: answer })
}

/** True for what `sendAtOnce` and `receiveAtOnce` are for. */
export function isPlain({ type, state }: OpenSocket, flags: number): boolean {
  return type === 'stream' && state === 'connected' && (flags & ~(MSG_DONTWAIT | MSG_NOSIGNAL)) === 0
}

interface Message {
  readonly data: Uint8Array
  readonly flags: number
  /** What an attempt has answered that was made already. */
  readonly first?: number | Again
}

function* sendRest(ground: Ground, socket: OpenSocket, { data, flags, first }: Message): Blocking<number> {
  const { handle } = socket
  const patience = sendPatience(ground, socket, POLLOUT, flags)
  const attempts = startingWith(first)
  const sent = yield* piecewise(data, true, (rest) =>
    untilDone(patience, () => attempts(() => ground.network('send', { handle, data: rest }))),
  )
  if (socket.sawEnd) yield* confirmSent(ground, socket)
  return sent
}

/** recv(2) on a stream socket; 0 is its end. */
export function* receiveBytes(ground: Ground, socket: OpenSocket, into: Uint8Array, flags: number): Blocking<number> {
  const isConnecting = socket.state === 'connecting'
  if (!isConnecting && socket.state !== 'connected')
    throw new SysError(socket.family === 'unix' ? 'EINVAL' : 'ENOTCONN')
  if (isConnecting && !(yield* untilConnected(ground, socket, flags))) return 0
  const peek = (flags & MSG_PEEK) !== 0
  const target = discards(socket, flags) ? new Uint8Array(Math.min(into.length, DISCARD_BYTES)) : into
  const patience = receivePatience(ground, socket, POLLIN, flags)
  const received = yield* piecewise(target, (flags & MSG_WAITALL) !== 0 && !peek, (rest) =>
    untilDone(patience, () => ground.network('receive', { handle: socket.handle, into: rest, peek })),
  )
  if (received === 0 && into.length > 0) socket.sawEnd = true
  return received
}

/** recv(2) on a connected stream: at once where there is something. */
export function receiveAtOnce(ground: Ground, socket: OpenSocket, into: Uint8Array, flags: number) {
  const { handle } = socket
  const input = { handle, into, peek: false }
  const answer = ground.network('receive', input)
  if (answer === AGAIN) return receiveLater(ground, socket, { input, flags })
  if (answer === 0 && into.length > 0) socket.sawEnd = true
  return answer
}

function* receiveLater(
  ground: Ground,
  socket: OpenSocket,
  { input, flags }: { input: Input<'receive'>; flags: number },
): Blocking<number> {
  const attempts = startingWith(AGAIN)
  const patience = receivePatience(ground, socket, POLLIN, flags)
  const received = yield* untilDone(patience, () => attempts(() => ground.network('receive', input)))
  if (received === 0 && input.into.length > 0) socket.sawEnd = true
  return received
}

/** Makes attempts, of which the first may have been made already. */
function startingWith(first: number | Again | undefined) {
  let made = first
  return (attempt: () => number | Again) => {
    const answer = made ?? attempt()
    made = undefined
    return answer
  }
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

/** Linux resets a connection that is closed with SO_LINGER 0, or with bytes that nobody has read. */
export function closesWithReset(network: Network, socket: OpenSocket): boolean {
  if (socket.type !== 'stream' || socket.state !== 'connected') return false
  if (socket.linger.on && socket.linger.seconds === 0) return true
  return network('available', { handle: socket.handle }) > 0
}

/** Goes on with the rest until all is done, or with `all` false after the first piece. What was done before an error counts. */
export function* piecewise(
  bytes: Uint8Array,
  all: boolean,
  once: (rest: Uint8Array) => Blocking<number>,
): Blocking<number> {
  let done = 0
  try {
    do {
      const count = yield* once(done === 0 ? bytes : bytes.subarray(done))
      if (count === 0) break
      done += count
    } while (all && done < bytes.length)
  } catch (error) {
    if (done === 0 || !(error instanceof SysError)) throw error
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
function* confirmSent(ground: Ground, socket: OpenSocket): Blocking<void> {
  const { handle, nonBlocking, sendTimeoutMs } = socket
  yield { on: [{ handle, events: DRAINED }], timeoutMs: nonBlocking ? CONFIRM_MS : sendTimeoutMs }
  const errno = ground.network('takeError', { handle })
  if (errno !== undefined) throw new SysError(errno)
}
