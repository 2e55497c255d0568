import { AGAIN } from '../network/network.js'
import { MSG_PEEK, POLLOUT } from '../posix/constants.js'
import { SysError } from '../posix/errno.js'
import { type MaybeBlocking, triedOnce } from './blocking.js'
import type { Ground } from './ground.js'
import { type OpenSocket, sendPatience } from './open-socket.js'

/** send(2) with MSG_OOB: the last byte is urgent. A network that has no out-of-band data answers `EOPNOTSUPP`. */
export function sendUrgent(ground: Ground, socket: OpenSocket, data: Uint8Array, flags: number): MaybeBlocking<number> {
  if (socket.type === 'dgram') throw new SysError('EOPNOTSUPP')
  const { handle } = socket
  const patience = sendPatience(ground, socket, POLLOUT, flags)
  return triedOnce(patience, () => ground.network('send', { handle, data, urgent: true }))
}

/** recv(2) with MSG_OOB, which never waits: `EAGAIN` for a byte that is announced and not here, `EINVAL` where there is none. */
export function receiveUrgent({ network }: Ground, socket: OpenSocket, into: Uint8Array, flags: number): number {
  const answer = network('receive', { handle: socket.handle, into, peek: (flags & MSG_PEEK) !== 0, urgent: true })
  if (answer === AGAIN) throw new SysError('EAGAIN')
  return answer
}
