import { DONE, DRAINED } from '../network/network.js'
import { type Address, anyAddress, formatAddress } from '../posix/address.js'
import { MSG_PEEK, MSG_TRUNC, POLLIN, POLLOUT } from '../posix/constants.js'
import { SysError } from '../posix/errno.js'
import { type Blocking, untilDone } from './blocking.js'
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
  socket.state = to === undefined ? 'bound' : 'connected'
  socket.reached.clear()
}

/** sendto(2) on a datagram socket: all or nothing. */
export function* sendDatagram(
  ground: Ground,
  socket: OpenSocket,
  message: { data: Uint8Array; flags: number; to: Address | undefined },
): Blocking<number> {
  const { data, flags, to } = message
  if (socket.writeShut) throw new SysError('EPIPE')
  if (to === undefined && socket.state !== 'connected') throw new SysError('EDESTADDRREQ')
  if (to?.family === 'unix') throw new SysError('EOPNOTSUPP') // only pairs exist, which have no names
  if (to !== undefined && to.family !== socket.family) throw new SysError('EAFNOSUPPORT')
  if (to !== undefined && to.port === 0) throw new SysError('EINVAL')
  const { handle, family } = socket
  if (socket.state === 'fresh') {
    yield* untilDone(alwaysPatient(ground, socket, DONE), () =>
      ground.network('bind', { handle, to: anyAddress(family) }),
    )
    socket.state = 'bound'
  }
  const patience = sendPatience(ground, socket, POLLOUT, flags)
  const length = yield* untilDone(patience, () => ground.network('send', { handle, data, to }))
  yield* confirmReached(ground, socket, to)
  return length
}

/** recvfrom(2) on a datagram socket: one datagram, cut to the room there is. */
export function* receiveDatagram(
  ground: Ground,
  socket: OpenSocket,
  into: Uint8Array,
  flags: number,
): Blocking<Received> {
  const peek = (flags & MSG_PEEK) !== 0
  const { handle } = socket
  const patience = receivePatience(ground, socket, POLLIN, flags)
  const found = yield* untilDone(patience, () => ground.network('receiveFrom', { handle, into, peek }))
  const truncated = found.length > into.length
  const length = truncated && (flags & MSG_TRUNC) === 0 ? into.length : found.length
  return { length, from: found.from, truncated }
}

/** The first datagram to a destination waits for what the system says of it, as of a missing route; later ones go unwatched. */
function* confirmReached(ground: Ground, socket: OpenSocket, to: Address | undefined): Blocking<void> {
  if (to === undefined) return // connect has found the route
  const where = formatAddress(to)
  if (socket.reached.has(where)) return
  const { handle, sendTimeoutMs } = socket
  yield { on: [{ handle, events: DRAINED }], timeoutMs: sendTimeoutMs }
  const errno = ground.network('takeError', { handle })
  if (errno !== undefined) throw new SysError(errno)
  if (socket.reached.size >= MOST_REACHED) socket.reached.clear()
  socket.reached.add(where)
}
