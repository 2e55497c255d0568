import os from 'node:os'
import { guardFor } from '../network/guard.js'
import { type Address, hostBytes, type InetAddress, isMapped } from '../posix/address.js'
import type { Errno } from '../posix/errno.js'

/** A datagram socket's peer whose port is 0: Linux takes that for any port of the host, and nothing is ever bound there. */
export interface Anywhere {
  /** What getsockname(2) says meanwhile. */
  readonly local: Address
  /** Whether a datagram from there is one of the peer's. */
  hears(from: InetAddress): boolean
  /** Sends to nobody. The error comes afterwards. */
  send(sent: (error: null) => void): void
}

/** A peer at `to`, of which `failed` hears that nothing is bound at its port. */
export function anywhereAt(to: InetAddress, local: Address, failed: (errno: Errno) => void): Anywhere {
  const isOwn = isOwnHost(to.host)
  const refused = guardFor(() => {})(() => failed('ECONNREFUSED'))
  return {
    local,
    hears: (from) => isSameHost(from.host, to.host) || (isWildcard(to.host) && isLoopback(from.host)),
    send(sent) {
      setImmediate(() => {
        sent(null)
        if (isOwn) refused() // another host may not say so, and a datagram may always be lost
      })
    },
  }
}

function isSameHost(one: string, other: string): boolean {
  return Buffer.compare(hostBytes(one), hostBytes(other)) === 0
}

function isOwnHost(host: string): boolean {
  if (isWildcard(host) || isLoopback(host)) return true
  const own = Object.values(os.networkInterfaces()).flatMap((entries) => entries ?? [])
  return own.some(({ address }) => isSameHost(address.split('%')[0] as string, host))
}

function isLoopback(host: string): boolean {
  const bytes = hostBytes(host)
  if (bytes.length === 4 || isMapped(host)) return bytes.at(-4) === 127
  return isSameHost(host, '::1')
}

function isWildcard(host: string): boolean {
  const bytes = hostBytes(host)
  return bytes.subarray(isMapped(host) ? -4 : 0).every((byte) => byte === 0)
}
