import { DONE } from '../network/network.js'
import { type Address, type Inet6Address, isMulticast, presentationText } from '../posix/address.js'
import { NI_DGRAM, NI_IDN, NI_NAMEREQD, NI_NOFQDN, NI_NUMERICHOST, NI_NUMERICSERV } from '../posix/constants.js'
import { SysError } from '../posix/errno.js'
import { type Blocking, untilDone } from './blocking.js'
import { AddressInfoError } from './getaddrinfo.js'
import type { Ground } from './ground.js'
import { serviceByPort } from './services.js'

/** What getnameinfo(3) is asked. */
export interface NameRequest {
  readonly address: Address
  readonly flags: number
  readonly wantsHost: boolean
  readonly wantsService: boolean
}

export interface FoundName {
  readonly host: string | undefined
  readonly service: string | undefined
}

const KNOWN_FLAGS = NI_NUMERICHOST | NI_NUMERICSERV | NI_NOFQDN | NI_NAMEREQD | NI_DGRAM | NI_IDN

/** glibc looks at the flags before the address. */
export function checkNameFlags(flags: number): void {
  if ((flags & ~KNOWN_FLAGS) !== 0) throw new AddressInfoError('EAI_BADFLAGS')
}

/** getnameinfo(3), as glibc answers: the host looks names up, services have theirs here. Throws an `AddressInfoError`. */
export function* getnameinfo(ground: Ground, request: NameRequest): Blocking<FoundName> {
  const { address, flags, wantsHost, wantsService } = request
  checkNameFlags(flags)
  if ((flags & NI_NAMEREQD) !== 0 && !wantsHost && !wantsService) throw new AddressInfoError('EAI_NONAME')
  const host = wantsHost ? yield* hostOf(ground, address, flags) : undefined
  return { host, service: wantsService ? serviceOf(address, flags) : undefined }
}

function* hostOf(ground: Ground, address: Address, flags: number): Blocking<string> {
  const { network } = ground
  const isNumeric = (flags & NI_NUMERICHOST) !== 0
  if (address.family === 'unix') return isNumeric ? 'localhost' : network('hostname', {})
  const numeric = numericHost(ground, address)
  const name = isNumeric ? undefined : yield* lookUpBack(ground, numeric)
  if (name === undefined && (flags & NI_NAMEREQD) !== 0) throw new AddressInfoError('EAI_NONAME')
  if (name === undefined) return numeric
  return (flags & NI_NOFQDN) !== 0 ? withoutOwnDomain(name, network('hostname', {})) : name
}

/** With the scope of a link-local address: by the interface's name, else by its number. */
function numericHost({ network }: Ground, address: Exclude<Address, { family: 'unix' }>): string {
  const host = presentationText(address.host)
  if (address.family === 'inet' || address.scope === 0) return host
  const { scope } = address
  const known = isOfLink(address) && network('interfaces', {}).find(({ index }) => index === scope)
  return `${host}%${known ? known.name : scope}`
}

/** fe80::/10, and multicast addresses of a link. */
function isOfLink({ host }: Inet6Address): boolean {
  return /^fe[89ab]/i.test(host) || (isMulticast(host) && /^ff.2:/i.test(host))
}

function* lookUpBack({ network, now }: Ground, host: string): Blocking<string | undefined> {
  const handle = network('resolveBack', { host })
  const patience = { handle, events: DONE, timeoutMs: Number.POSITIVE_INFINITY, now }
  const resolution = yield* untilDone(patience, () => network('answer', { handle }))
  if (resolution.is === 'named') return resolution.name
  if (resolution.is === 'failed' && resolution.reason === 'EAI_AGAIN') throw new AddressInfoError('EAI_AGAIN')
  return undefined
}

/** NI_NOFQDN: a name in the host's own domain loses it. */
function withoutOwnDomain(name: string, hostname: string): string {
  const domain = hostname.includes('.') ? hostname.slice(hostname.indexOf('.')) : ''
  return domain !== '' && name.endsWith(domain) ? name.slice(0, -domain.length) : name
}

function serviceOf(address: Address, flags: number): string {
  if (address.family === 'unix') return address.path
  const type = (flags & NI_DGRAM) !== 0 ? 'dgram' : 'stream'
  const known = (flags & NI_NUMERICSERV) !== 0 ? undefined : serviceByPort(address.port, type)
  return known ?? String(address.port)
}

/** The index of an interface; `ENODEV` for none. */
export function indexOfInterface({ network }: Ground, name: string): number {
  const found = network('interfaces', {}).find((each) => each.name === name)
  if (found === undefined) throw new SysError('ENODEV')
  return found.index
}

/** The name of an interface; `ENXIO` for none. */
export function nameOfInterface({ network }: Ground, index: number): string {
  const found = network('interfaces', {}).find((each) => each.index === index)
  if (found === undefined) throw new SysError('ENXIO')
  return found.name
}
