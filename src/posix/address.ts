import ipaddr from 'ipaddr.js'
import { quoted } from './printable.js'

/** An IPv4 endpoint. `port` is in host order. */
export type Inet4Address = { readonly family: 'inet'; readonly host: string; readonly port: number }

/** An IPv6 endpoint. `scope` is the interface's index of a link-local address, else 0. */
export type Inet6Address = {
  readonly family: 'inet6'
  readonly host: string
  readonly port: number
  readonly scope: number
}

/** A local socket: a path, `\0name` for Linux's abstract names, or an empty path for an unnamed one. */
export type UnixAddress = { readonly family: 'unix'; readonly path: string }

export type InetAddress = Inet4Address | Inet6Address
export type Address = InetAddress | UnixAddress
export type Family = Address['family']

/** The wildcard address and port 0 of a family: what a socket is bound to when nobody said. */
export function anyAddress(family: Family): Address {
  if (family === 'unix') return { family, path: '' }
  return family === 'inet' ? { family, host: '0.0.0.0', port: 0 } : { family, host: '::', port: 0, scope: 0 }
}

/** The 4 or 16 bytes of a numeric address, in network order. Throws a TypeError for text that is none. */
export function hostBytes(host: string): Uint8Array {
  return Uint8Array.from(ipaddr.parse(withoutDots(host)).toByteArray())
}

/** The text of 4 or 16 address bytes in network order. */
export function hostText(bytes: Uint8Array): string {
  return ipaddr.fromByteArray([...bytes]).toString()
}

/** IPv6 in groups, where it ends in dots: ipaddr.js takes `::1.2.3.4`, which is no mapped address, for one. */
export function withoutDots(text: string): string {
  if (!text.includes(':') || !text.includes('.')) return text
  const [, before, ...parts] = /^(.*:)(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text) ?? []
  const [a = 256, b = 256, c = 256, d = 256] = parts.map(Number)
  if (before === undefined || Math.max(a, b, c, d) > 255) return text
  return `${before}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`
}

/** An address as inet_ntop(3) writes it: IPv4 within IPv6 with dots. */
export function presentationText(host: string): string {
  if (!ipaddr.IPv6.isValid(host)) return host
  const { parts } = ipaddr.IPv6.parse(withoutDots(host))
  const isEmbedded =
    parts.slice(0, 5).every((part) => part === 0) && (parts[5] === 0xffff || (parts[5] === 0 && parts[6] !== 0))
  if (!isEmbedded) return host
  const [high = 0, low = 0] = parts.slice(6)
  return `${parts[5] === 0 ? '::' : '::ffff:'}${high >> 8}.${high & 0xff}.${low >> 8}.${low & 0xff}`
}

/** `host`, where 1.2.3.4 is asked for as IPv6: `::ffff:1.2.3.4`. */
export function mappedToInet6(host: string): string {
  return `::ffff:${host}`
}

/** True for `::ffff:1.2.3.4`, however it is spelt. */
export function isMapped(host: string): boolean {
  return ipaddr.IPv6.isValid(host) && ipaddr.IPv6.parse(withoutDots(host)).isIPv4MappedAddress()
}

/** True for 224.0.0.0/4 and ff00::/8. */
export function isMulticast(host: string): boolean {
  return ipaddr.parse(host).range() === 'multicast'
}

/** True for an address written in numbers, v4 or v6. */
export function isNumericHost(text: string): boolean {
  return ipaddr.isValid(text)
}

const constants = { inet: 'AF_INET', inet6: 'AF_INET6', unix: 'AF_UNIX' } as const

/** As a trace shows it: `{AF_INET, 1.2.3.4:80}`, `{AF_INET6, [::1]:80}`, `{AF_UNIX, "/run/x"}`. */
export function showAddress(address: Address): string {
  const where = address.family === 'unix' ? quoted(address.path.replace('\0', '@')) : formatAddress(address)
  return `{${constants[address.family]}, ${where}}`
}

/** As URLs write it: `1.2.3.4:80`, `[::1]:80`, `unix:/run/x`. */
export function formatAddress(address: Address): string {
  if (address.family === 'unix') return `unix:${address.path.replace('\0', '@')}`
  return address.family === 'inet' ? `${address.host}:${address.port}` : `[${address.host}]:${address.port}`
}
