import ipaddr from 'ipaddr.js'
import { DONE, type SocketType } from '../network/network.js'
import type { InetAddress } from '../posix/address.js'
import { mappedToInet6, withoutDots } from '../posix/address.js'
import {
  AI_ADDRCONFIG,
  AI_ALL,
  AI_CANONNAME,
  AI_NUMERICHOST,
  AI_NUMERICSERV,
  AI_PASSIVE,
  AI_V4MAPPED,
  type EaiName,
} from '../posix/constants.js'
import { type Blocking, untilDone } from './blocking.js'
import type { Ground } from './ground.js'
import { serviceByName } from './services.js'

/** What getaddrinfo(3) is asked. */
export interface AddressRequest {
  readonly node: string | undefined
  readonly service: string | undefined
  readonly flags: number
  readonly family: 'inet' | 'inet6' | undefined
  readonly type: SocketType | undefined
}

export interface FoundAddress {
  readonly address: InetAddress
  readonly type: SocketType
  /** Of the first result, with AI_CANONNAME. */
  readonly canonicalName: string | undefined
}

/** getaddrinfo's own failure, which is no errno. */
export class AddressInfoError extends Error {
  override readonly name = 'AddressInfoError'
  readonly reason: EaiName

  constructor(reason: EaiName) {
    super(reason)
    this.reason = reason
  }
}

const KNOWN_FLAGS = AI_PASSIVE | AI_CANONNAME | AI_NUMERICHOST | AI_NUMERICSERV | AI_V4MAPPED | AI_ALL | AI_ADDRCONFIG

/** getaddrinfo(3): names are resolved by the host. Throws an `AddressInfoError`. */
export function* getaddrinfo(ground: Ground, request: AddressRequest): Blocking<FoundAddress[]> {
  const { node, service, flags, family, type } = request
  if (node === '' || (node === undefined && service === undefined)) throw new AddressInfoError('EAI_NONAME')
  if ((flags & ~KNOWN_FLAGS) !== 0 || ((flags & AI_CANONNAME) !== 0 && node === undefined))
    throw new AddressInfoError('EAI_BADFLAGS')
  const { port, types } = serviceOf(service, flags, type)
  const hosts = node === undefined ? ownHosts(flags, family) : yield* hostsOf(ground, node, request)
  const canonicalName = (flags & AI_CANONNAME) !== 0 ? node : undefined
  return hosts.flatMap((host, index) =>
    types.map((each, which) => ({
      address: withPort(host, port),
      type: each,
      canonicalName: index + which === 0 ? canonicalName : undefined,
    })),
  )
}

interface Host {
  readonly host: string
  readonly family: 'inet' | 'inet6'
  readonly scope: number
}

function withPort({ host, family, scope }: Host, port: number): InetAddress {
  return family === 'inet' ? { family, host, port } : { family, host, port, scope }
}

function serviceOf(name: string | undefined, flags: number, type: SocketType | undefined) {
  const asked: readonly SocketType[] = type === undefined ? ['stream', 'dgram'] : [type]
  if (name === undefined || name === '') return { port: 0, types: asked }
  if (/^\d+$/.test(name)) {
    if (Number(name) > 65535) throw new AddressInfoError('EAI_SERVICE')
    return { port: Number(name), types: asked }
  }
  if ((flags & AI_NUMERICSERV) !== 0) throw new AddressInfoError('EAI_NONAME')
  const known = serviceByName(name)
  const types = asked.filter((each) => known?.types.includes(each))
  if (known === undefined || types.length === 0) throw new AddressInfoError('EAI_SERVICE')
  return { port: known.port, types }
}

/** Without a name: the wildcard for a server, else the loopback. */
function ownHosts(flags: number, family: Host['family'] | undefined): Host[] {
  const passive = (flags & AI_PASSIVE) !== 0
  const four: Host = { host: passive ? '0.0.0.0' : '127.0.0.1', family: 'inet', scope: 0 }
  const six: Host = { host: passive ? '::' : '::1', family: 'inet6', scope: 0 }
  if (family !== undefined) return family === 'inet' ? [four] : [six]
  return passive ? [four, six] : [six, four]
}

function* hostsOf(ground: Ground, node: string, { flags, family }: AddressRequest): Blocking<Host[]> {
  const numeric = numericHost(ground, node)
  if (numeric !== undefined) return [inFamily(numeric, flags, family)]
  if ((flags & AI_NUMERICHOST) !== 0 || !mayBeName(node)) throw new AddressInfoError('EAI_NONAME')
  const mapped = family === 'inet6' && (flags & AI_V4MAPPED) !== 0
  const found = yield* lookUp(ground, node, mapped ? undefined : family)
  if (!mapped) return found
  const six = found.filter((each) => each.family === 'inet6')
  if (six.length > 0 && (flags & AI_ALL) === 0) return six
  return found.map((each) => inFamily(each, flags, family))
}

/** The longest name that name servers know, in bytes. */
const MOST_NAME = 253

/** Whether a name server could know a text that is no address. */
function mayBeName(text: string): boolean {
  return !/[:%]/.test(text) && Buffer.byteLength(text.replace(/\.$/, '')) <= MOST_NAME
}

/** `127.0.0.1`, `127.1`, `0x7f000001`, `::1`, `fe80::1%lo`: whatever inet_aton(3) or inet_pton(3) read, and a scope. */
function numericHost(ground: Ground, text: string): Host | undefined {
  if (text.includes(':')) {
    const [, written = '', zone] = /^([^%]*)(?:%(.*))?$/s.exec(text) ?? []
    const plain = withoutDots(written)
    if (!ipaddr.IPv6.isValid(plain)) return undefined
    const scope = zone === undefined ? 0 : scopeOf(ground, plain, zone)
    return scope === undefined ? undefined : { host: ipaddr.IPv6.parse(plain).toString(), family: 'inet6', scope }
  }
  if (!ipaddr.IPv4.isValid(text)) return undefined
  return { host: ipaddr.IPv4.parse(text).toString(), family: 'inet', scope: 0 }
}

/** RFC 4007: the name of an interface where an address is of one link, or a number; undefined for what is neither. */
function scopeOf({ network }: Ground, host: string, zone: string): number | undefined {
  const isOfLink = /^f(?:e[89ab][0-9a-f]|f[0-9a-f][12]):/i.test(host)
  const named = isOfLink ? network('interfaces', {}).find(({ name }) => name === zone) : undefined
  if (named !== undefined) return named.index
  return /^\d+$/.test(zone) && Number(zone) <= 0xffffffff ? Number(zone) : undefined
}

function inFamily(found: Host, flags: number, family: Host['family'] | undefined): Host {
  if (family === undefined || family === found.family) return found
  if (found.family === 'inet6') return { host: unmapped(found.host), family: 'inet', scope: 0 }
  if ((flags & AI_V4MAPPED) !== 0) return { host: mappedToInet6(found.host), family: 'inet6', scope: 0 }
  throw new AddressInfoError('EAI_ADDRFAMILY')
}

/** The IPv4 address of `::ffff:1.2.3.4`. */
function unmapped(host: string): string {
  const ip = ipaddr.IPv6.parse(host)
  if (!ip.isIPv4MappedAddress()) throw new AddressInfoError('EAI_ADDRFAMILY')
  return ip.toIPv4Address().toString()
}

function* lookUp({ network, now }: Ground, host: string, family: Host['family'] | undefined): Blocking<Host[]> {
  const handle = network('resolve', { host, family })
  const patience = { handle, events: DONE, timeoutMs: Number.POSITIVE_INFINITY, now }
  const resolution = yield* untilDone(patience, () => network('answer', { handle }))
  if (resolution.is === 'failed') throw new AddressInfoError(resolution.reason)
  if (resolution.is === 'named' || resolution.hosts.length === 0) throw new AddressInfoError('EAI_NONAME')
  return resolution.hosts.map(({ host, family }) => ({ host, family, scope: 0 }))
}
