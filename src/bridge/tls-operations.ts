import { AGAIN, type Again, type TlsRequest, type TlsState } from '../network/network.js'
import { SysError } from '../posix/errno.js'
import type { Bridge } from './bridge.js'
import type { SocketEndpoint } from './endpoints.js'
import { LocalEnd } from './local-pair.js'
import type { Report } from './messages.js'
import type { TlsGrant } from './tls-settings.js'

/** Asks the pump to start TLS, once, and then answers what came of it. */
export function startTls(bridge: Bridge, socket: SocketEndpoint, request: TlsRequest): true | Again {
  if (isHeldByTls(bridge, socket)) return AGAIN
  if (socket.tls.is === 'secured') return true
  if (socket.type !== 'stream' || socket.channel instanceof LocalEnd) throw new SysError('EOPNOTSUPP')
  if (socket.phase !== 'connected') throw new SysError('ENOTCONN')
  ensureGranted(bridge.tlsGrant, request)
  socket.link.post({ do: 'startTls', id: socket.id, request })
  socket.tls = { is: 'handshaking' }
  return AGAIN
}

/** Throws unless the host lets the guest do what it asks for. */
export function ensureGranted({ mayServe, mayNotVerify }: TlsGrant, { role, verifies }: TlsRequest): void {
  if (role === 'server' && !mayServe) throw new SysError('EOPNOTSUPP')
  if (!verifies && !mayNotVerify) throw new SysError('EPERM')
}

/** True while TLS has the connection to itself. Where it has failed, the reason is thrown, once, and then `ENOTCONN`: that is no end of data. */
export function isHeldByTls(bridge: Bridge, socket: SocketEndpoint): boolean {
  if (socket.tls.is === 'handshaking') bridge.catchUp()
  const { tls, channel } = socket
  if (tls.is === 'failed') throw new SysError(channel.takeError() ?? 'ENOTCONN')
  return tls.is === 'handshaking'
}

/** What a report of the pump's says about TLS. */
export function tlsStateOf(report: Extract<Report, { is: 'secured' | 'notSecured' }>): TlsState {
  return report.is === 'secured' ? { is: 'secured', ...report.info } : { is: 'failed', reason: report.reason }
}
