import { AGAIN, type TlsRequest } from '../network/network.js'
import { POLLOUT } from '../posix/constants.js'
import { SysError } from '../posix/errno.js'
import { type Blocking, untilDone } from './blocking.js'
import type { Ground } from './ground.js'
import { type OpenSocket, receivePatience } from './open-socket.js'
import { isConnected } from './stream-calls.js'

/** What a TLS record begins with that a handshake begins with: its type, and the version's first byte. */
const HANDSHAKE = [22, 3]

/**
 * Starts TLS on a connected stream socket. Like connect(2): blocks until it has begun, for as long as SO_RCVTIMEO says; on a socket that
 * does not block it is `EINPROGRESS`, then `EALREADY`, and POLLOUT tells the end of it.
 */
export function* startTls(ground: Ground, socket: OpenSocket, request: TlsRequest): Blocking<void> {
  const isFirst = socket.tls === 'none'
  if (isFirst) checkReady(ground, socket)
  if (socket.tls === 'secured') throw new SysError('EISCONN')
  const { handle } = socket
  try {
    const patience = receivePatience(ground, socket, POLLOUT)
    yield* untilDone(patience, () => begin(ground, socket, { handle, ...request }))
    socket.tls = 'secured'
  } catch (error) {
    const isPending = error instanceof SysError && error.errno === 'EAGAIN'
    throw isPending ? new SysError(isFirst ? 'EINPROGRESS' : 'EALREADY') : error
  }
}

/** `begun` counts from the moment that the network has taken it on: what it refuses at once leaves the socket as it was. */
function begin(ground: Ground, socket: OpenSocket, input: TlsRequest & { handle: number }) {
  const answer = ground.network('startTls', input)
  if (answer === AGAIN) socket.tls = 'begun'
  return answer
}

function checkReady(ground: Ground, socket: OpenSocket): void {
  if (socket.type !== 'stream') throw new SysError('EOPNOTSUPP')
  const isMade = socket.state === 'connected' || (socket.state === 'connecting' && isConnected(ground.network, socket))
  if (!isMade) throw new SysError('ENOTCONN')
  if (socket.writeShut) throw new SysError('EPIPE')
  ensureNoPlainBytes(ground, socket)
}

/**
 * What nobody has read belongs to TLS, and so must be the beginning of a handshake: bytes that came in plain text would be taken for
 * protected ones afterwards. `EBUSY` leaves them to be read first.
 */
function ensureNoPlainBytes({ network }: Ground, { handle }: OpenSocket): void {
  const into = new Uint8Array(HANDSHAKE.length)
  const count = network('receive', { handle, into, peek: true })
  if (count === AGAIN) return
  if (count === 0) throw new SysError('ECONNRESET')
  if (HANDSHAKE.slice(0, count).some((byte, index) => into[index] !== byte)) throw new SysError('EBUSY')
}
