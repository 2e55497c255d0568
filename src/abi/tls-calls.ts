import type { TlsRequest, TlsState } from '../network/network.js'
import { SysError } from '../posix/errno.js'
import { type Call, call } from './call.js'
import { i32, pointer, sock, textAt } from './params.js'

/** The most bytes of a host's name: what DNS allows. */
const MOST_HOSTNAME = 255

const TLS_SERVER = 0x1
const TLS_NO_VERIFY = 0x2
/** Each is one protocol for ALPN, the best first. */
const protocolFlags: readonly (readonly [flag: number, name: string])[] = [
  [0x10, 'h2'],
  [0x20, 'http/1.1'],
]
const ALL_FLAGS = protocolFlags.reduce((all, [flag]) => all | flag, TLS_SERVER | TLS_NO_VERIFY)

type Fact = (state: Extract<TlsState, { is: 'secured' }>) => string

/** What `tls_info` tells, by its second argument. */
const facts: readonly Fact[] = [
  ({ version }) => version,
  ({ cipher }) => cipher,
  ({ protocol }) => protocol,
  ({ serverName }) => serverName,
  ({ peer }) => peer?.subject ?? '',
  ({ peer }) => peer?.issuer ?? '',
  ({ peer }) => peer?.names ?? '',
  ({ peer }) => peer?.validTo ?? '',
  ({ peer }) => peer?.fingerprint ?? '',
]

/** The calls of `posix_sockets` for TLS, which is the host's. */
export const tlsCalls: Readonly<Record<string, Call>> = {
  starttls: call([sock, textAt('hostname', MOST_HOSTNAME), i32('flags')], ({ sockets }, fd, hostname, flags) =>
    sockets.startTls(fd, requestOf(hostname.isNull ? '' : hostname.read(), flags)),
  ),

  tls_info: call([sock, i32('what'), pointer('buf'), i32('len')], ({ sockets, memory }, fd, what, buffer, length) => {
    const fact = facts[what]
    if (fact === undefined) throw new SysError('EINVAL')
    memory.check(buffer, length)
    const state = sockets.tlsState(fd)
    if (state.is !== 'secured') throw new SysError('ENOTCONN')
    return memory.setText(buffer, length, fact(state))
  }),

  tls_error: call([sock, pointer('buf'), i32('len')], ({ sockets, memory }, fd, buffer, length) => {
    memory.check(buffer, length)
    return memory.setText(buffer, length, problemOf(sockets.tlsState(fd)))
  }),
}

function requestOf(hostname: string, flags: number): TlsRequest {
  if ((flags & ~ALL_FLAGS) !== 0) throw new SysError('EINVAL')
  return {
    role: (flags & TLS_SERVER) !== 0 ? 'server' : 'client',
    hostname,
    protocols: protocolFlags.filter(([flag]) => (flags & flag) !== 0).map(([, name]) => name),
    verifies: (flags & TLS_NO_VERIFY) === 0,
  }
}

/** Why there is no TLS, or what speaks against the peer although there is. */
function problemOf(state: TlsState): string {
  if (state.is === 'failed') return state.reason
  return state.is === 'secured' ? (state.doubt ?? '') : ''
}
