import { type Address, type Family, hostBytes, hostText, isMapped, mappedToInet6 } from '../../posix/address.js'

/** An address as the network knows it: in one spelling, IPv4 never within IPv6. */
export type Place = { readonly host: string; readonly port: number }

/** The one spelling of a numeric host. */
export function plainHost(host: string): string {
  const bytes = hostBytes(host)
  return hostText(isMapped(host) ? bytes.subarray(12) : bytes)
}

/** Whether a text spells an address. */
export function isNumeric(host: string): boolean {
  try {
    return hostBytes(host).length > 0
  } catch {
    return false
  }
}

export function familyOf(plain: string): 'inet' | 'inet6' {
  return plain.includes(':') ? 'inet6' : 'inet'
}

export function isWildcard(plain: string): boolean {
  return plain === '0.0.0.0' || plain === '::'
}

export function isLoopback(plain: string): boolean {
  return plain.startsWith('127.') || plain === '::1'
}

/** A place as a socket of a family sees it. */
export function addressIn(family: Family, { host, port }: Place): Address {
  if (family !== 'inet6') return { family: 'inet', host, port }
  return { family, host: familyOf(host) === 'inet' ? mappedToInet6(host) : host, port, scope: 0 }
}

/** Everybody, or everybody on this machine. */
export function isBroadcast(plain: string): boolean {
  return plain === '255.255.255.255' || plain === '127.255.255.255'
}
