import { mostData } from '../network/defaults.js'
import { AGAIN, DONE, DRAINED } from '../network/network.js'
import { type Address, anyAddress, formatAddress } from '../posix/address.js'
import { MSG_MORE, MSG_PEEK, MSG_TRUNC, POLLIN, POLLOUT } from '../posix/constants.js'
import { SysError } from '../posix/errno.js'
import { type Blocking, type MaybeBlocking, onceDone, triedOnce, untilDone, whole } from './blocking.js'
import type { Ground } from './ground.js'
import { alwaysPatient, type OpenSocket, receivePatience, sendPatience } from './open-socket.js'

/** How many destinations are remembered as reached. */
const MOST_REACHED = 1024

/** What a call has received: recv's answer, whom it is from where that is told, and MSG_TRUNC. */
export interface Received {
  readonly length: number
  readonly from?: Address
  readonly truncated: boolean
}

/** connect(2) on a datagram socket: sets its one peer, or with `undefined` none. */
export function* connectDatagram(ground: Ground, socket: OpenSocket, to: Address | undefined): Blocking<void> {
  const { handle } = socket
  yield* untilDone(alwaysPatient(ground, socket, DONE), () => ground.network('connect', { handle, to }))
  if (to !== undefined) socket.state = 'connected'
  else if (socket.state !== 'fresh') socket.state = 'bound' // one that was never bound still has to be
  socket.reached = undefined
}

interface Message {
  readonly data: Uint8Array
  readonly flags: number
  readonly to: Address | undefined
}

/** sendto(2) on a datagram socket: all or nothing. With MSG_MORE it waits for more: udp(7). */
export function sendDatagram(ground: Ground, socket: OpenSocket, message: Message): MaybeBlocking<number> {
  const { corked } = socket
  const isMore = (message.flags & MSG_MORE) !== 0 && socket.family !== 'unix'
  if (!isMore && corked === undefined) return sendWhole(ground, socket, message)
  const { data, flags } = message
  const { to } = corked ?? message
  const whole = corked === undefined ? data.slice() : Buffer.concat([corked.data, data])
  ensureSendable(socket, to)
  if (whole.length > mostData[socket.family]) {
    socket.corked = undefined
    throw new SysError('EMSGSIZE')
  }
  if (isMore) {
    socket.corked = { data: whole, to }
    return data.length
  }
  return onceDone(sendWhole(ground, socket, { data: whole, flags, to }), () => {
    socket.corked = undefined
    return data.length
  })
}

function sendWhole(ground: Ground, socket: OpenSocket, message: Message): MaybeBlocking<number> {
  const { to } = message
  ensureSendable(socket, to)
  const isUsual = socket.state !== 'fresh' && isReached(socket, to)
  return isUsual ? sendOnce(ground, socket, message) : sendFirst(ground, socket, message)
}

function ensureSendable(socket: OpenSocket, to: Address | undefined): void {
  if (socket.writeShut) throw new SysError('EPIPE')
  if (to === undefined && socket.state !== 'connected')
    throw new SysError(socket.family === 'unix' ? 'ENOTCONN' : 'EDESTADDRREQ')
  if (to?.family === 'unix') throw new SysError('EOPNOTSUPP') // only pairs exist, which have no names
  if (to !== undefined && to.family !== socket.family) throw new SysError('EAFNOSUPPORT')
  if (to?.port === 0 && socket.state !== 'fresh') throw new SysError('EINVAL')
}

function sendOnce(ground: Ground, socket: OpenSocket, { data, flags, to }: Message): MaybeBlocking<number> {
  const { handle } = socket
  return triedOnce(sendPatience(ground, socket, POLLOUT, flags), () => ground.network('send', { handle, data, to }))
}

/** The first datagram of a socket binds it. The first to a destination waits for what the system says of it, as of a missing route. */
function* sendFirst(ground: Ground, socket: OpenSocket, message: Message): Blocking<number> {
  const { handle, family } = socket
  if (socket.state === 'fresh') {
    yield* untilDone(alwaysPatient(ground, socket, DONE), () =>
      ground.network('bind', { handle, to: anyAddress(family) }),
    )
    socket.state = 'bound'
  }
  if (message.to?.family !== 'unix' && message.to?.port === 0) throw new SysError('EINVAL')
  const length = yield* whole(sendOnce(ground, socket, message))
  if (message.to !== undefined && !isReached(socket, message.to)) yield* confirmReached(ground, socket, message.to)
  return length
}

/** recvfrom(2) on a datagram socket: one datagram, cut to the room there is. */
export function receiveDatagram(
  ground: Ground,
  socket: OpenSocket,
  into: Uint8Array,
  flags: number,
): MaybeBlocking<Received> {
  const peek = (flags & MSG_PEEK) !== 0
  const { handle } = socket
  const patience = receivePatience(ground, socket, POLLIN, flags)
  const receiving = triedOnce(patience, () => {
    const answer = ground.network('receiveFrom', { handle, into, peek })
    // Linux: a call that may wait ends with nothing then, one that may not is EAGAIN.
    const isOver = answer === AGAIN && socket.readShut && patience.timeoutMs > 0
    return isOver ? { length: 0, from: anyAddress(socket.family) } : answer
  })
  return onceDone(receiving, ({ length, from }) => {
    const truncated = length > into.length
    return { length: truncated && (flags & MSG_TRUNC) === 0 ? into.length : length, from, truncated }
  })
}

/** Where there is no address, connect has found the route. */
function isReached({ reached }: OpenSocket, to: Address | undefined): boolean {
  return to === undefined || reached?.has(formatAddress(to)) === true
}

function* confirmReached(ground: Ground, socket: OpenSocket, to: Address): Blocking<void> {
  const { handle, sendTimeoutMs } = socket
  yield { on: [{ handle, events: DRAINED }], timeoutMs: sendTimeoutMs }
  const errno = ground.network('takeError', { handle })
  if (errno !== undefined) throw new SysError(errno)
  if (socket.reached === undefined || socket.reached.size >= MOST_REACHED) socket.reached = new Set()
  socket.reached.add(formatAddress(to))
}
