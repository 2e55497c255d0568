import { type Address, type InetAddress, isMapped, mappedToInet6 } from '../../posix/address.js'
import { ipOf, isUnspecified, kindOf } from './hosts.js'

const [ONE, NINE] = [0x31, 0x39]

/** Whether a host is not an unspecified address, as can be seen at a glance: each datagram has an address. */
export function isSurelyOne(host: string): boolean {
  const first = host.charCodeAt(0)
  return (first >= ONE && first <= NINE) || /^[^%]*[1-9a-e]/i.test(host)
}

/** What decides where the system takes an unspecified address of a socket to. */
export interface Origin {
  /** The address that it is bound to. */
  readonly local: Address | undefined
  /** The one peer of a datagram socket. */
  readonly peer: Address | undefined
  /** The interface that SO_BINDTODEVICE has set; empty for none. */
  readonly device: string
}

/**
 * The address that is meant by one that is dialled. 0.0.0.0 and `::` are this host to Linux, but which of its addresses depends on the
 * socket: ip(7), and `tcp_v6_connect` and `udpv6_sendmsg` of the kernel. What comes of this names one, so that the kernel has no choice.
 */
export function dialledFrom(to: InetAddress, { local, peer }: Origin): InetAddress {
  if (isSurelyOne(to.host)) return to
  const ip = ipOf(to.host)
  if (ip === undefined || !isUnspecified(ip)) return to
  if (to.family === 'inet') return { ...to, host: ownInet(local) ?? '127.0.0.1' }
  if (ip.kind() === 'ipv4') return { ...to, host: mappedToInet6(ownInet(local) ?? '127.0.0.1'), scope: 0 }
  const isForInet = isMappedAddress(local) || isMappedAddress(peer)
  return { ...to, host: isForInet ? mappedToInet6('127.0.0.1') : '::1', scope: 0 }
}

/**
 * Whether the system may take this address to another host: one of the loopback, from a socket that keeps to another interface. It then
 * goes out by that interface.
 */
export function mayLeadAnywhere(to: InetAddress, { device, local, peer }: Origin): boolean {
  const keepsElsewhere = (device !== '' && device !== 'lo') || keepsToLink(local) || keepsToLink(peer)
  if (!keepsElsewhere) return false
  const ip = ipOf(to.host)
  return ip !== undefined && (isUnspecified(ip) || kindOf(ip) === 'loopback')
}

/** The IPv4 address that a socket is bound to, if that is a single one. */
function ownInet(local: Address | undefined): string | undefined {
  if (local === undefined || local.family === 'unix') return undefined
  const ip = ipOf(local.host)
  return ip?.kind() !== 'ipv4' || isUnspecified(ip) ? undefined : ip.toString()
}

function isMappedAddress(address: Address | undefined): boolean {
  return address?.family === 'inet6' && isMapped(address.host)
}

/** ipv6(7): a link-local address, or a group, binds a socket to the interface of its scope. */
export function keepsToLink(address: Address | undefined): boolean {
  return address?.family === 'inet6' && address.scope !== 0 && /^f(e[89ab]|f)/i.test(address.host)
}
