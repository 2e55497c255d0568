import ipaddr from 'ipaddr.js'
import { withoutDots } from '../../posix/address.js'

/** An address as rules compare it. IPv4 within IPv6 (`::ffff:1.2.3.4`) is IPv4, since that is what the system dials. */
export type Ip = ipaddr.IPv4 | ipaddr.IPv6

/** What a rule can call an address by. */
export type Kind = 'loopback' | 'private' | 'public'

/** The address that a text spells, in any way that inet_aton(3) or inet_pton(3) read: `127.1`, `0x7f000001`, `::ffff:7f00:1`. Scopes are left out. */
export function ipOf(text: string): Ip | undefined {
  const plain = text.includes(':') ? withoutDots(text.replace(/%.*$/s, '')) : text
  return ipaddr.isValid(plain) ? ipaddr.process(plain) : undefined
}

/** 0.0.0.0 and `::`: every address of this host to a listener, this host to whoever connects. */
export function isUnspecified(ip: Ip): boolean {
  return ip.toByteArray().every((byte) => byte === 0)
}

/** What connecting to 0.0.0.0 or `::` leads to. */
export function loopbackOf(ip: Ip): Ip {
  return ipaddr.process(ip.kind() === 'ipv4' ? '127.0.0.1' : '::1')
}

const kinds: Partial<Record<string, Kind>> = {
  loopback: 'loopback',
  private: 'private',
  linkLocal: 'private',
  carrierGradeNat: 'private',
  uniqueLocal: 'private',
  deprecatedSiteLocal: 'private',
  unicast: 'public',
}

/** Undefined for what is none of them: multicast, broadcast, 0.0.0.0/8, tunnels, documentation. */
export function kindOf(ip: Ip): Kind | undefined {
  return formOf(ip) === undefined ? kinds[ip.range()] : undefined
}

/** Ways to write an IPv4 address into an IPv6 one: how the others begin, and where the four bytes are. */
const forms: readonly { readonly net: string; readonly at: number; readonly flipped?: true; readonly exact?: true }[] =
  [
    { net: '64:ff9b::/96', at: 12, exact: true }, // NAT64
    { net: '64:ff9b:1::/48', at: 12 }, // NAT64 of a site's own, as most sites write it
    { net: '2002::/16', at: 2 }, // 6to4
    { net: '2001::/32', at: 12, flipped: true }, // Teredo
    { net: '::ffff:0:0:0/96', at: 12 }, // SIIT
    { net: '::/96', at: 12 }, // "IPv4-compatible"
  ]
/** Read when an address is first compared: most guests have no rules. */
let parsedForms: readonly (Omit<(typeof forms)[number], 'net'> & { readonly net: [ipaddr.IPv6, number] })[] | undefined

/**
 * The IPv4 address inside an IPv6 one; `exact` where that host is meant and no other. RFC 6052: NAT64 is for public addresses, so any
 * other leads to a host that only the translator knows. 0.0.0.0 is the loopback of whichever host it reaches.
 */
export function hiddenIn(ip: Ip): { readonly ip: Ip; readonly exact: boolean } | undefined {
  const form = formOf(ip)
  if (form === undefined) return undefined
  const bytes = ip.toByteArray().slice(form.at, form.at + 4)
  const hidden = ipaddr.fromByteArray(form.flipped ? bytes.map((byte) => byte ^ 0xff) : bytes) as Ip
  if (isUnspecified(hidden)) return { ip: loopbackOf(hidden), exact: false }
  return { ip: hidden, exact: form.exact === true && kindOf(hidden) === 'public' }
}

function formOf(ip: Ip) {
  if (ip.kind() === 'ipv4' || isUnspecified(ip) || ip.range() === 'loopback') return undefined
  parsedForms ??= forms.map((form) => ({ ...form, net: ipaddr.IPv6.parseCIDR(form.net) }))
  return parsedForms.find(({ net }) => (ip as ipaddr.IPv6).match(net))
}

/** A range of addresses. */
export interface Net {
  readonly base: Ip
  readonly bits: number
}

/** `10.0.0.0/8`, `fd00::/8`; undefined for what is none. A range within ::ffff:0:0/96 is one of IPv4. */
export function netOf(text: string): Net | undefined {
  const [, host = '', digits = ''] = /^([^/]*)\/(\d{1,3})$/.exec(text) ?? []
  const isWhole = host.includes(':') || host.split('.').length === 4
  const base = isWhole ? ipOf(host) : undefined
  if (base === undefined) return undefined
  const isMapped = host.includes(':') && base.kind() === 'ipv4'
  const bits = Number(digits) - (isMapped ? 96 : 0)
  return bits >= 0 && bits <= base.toByteArray().length * 8 ? { base, bits } : undefined
}

export function isIn(ip: Ip, { base, bits }: Net): boolean {
  return ip.kind() === base.kind() && (ip.match as (other: Ip, bits: number) => boolean).call(ip, base, bits)
}
