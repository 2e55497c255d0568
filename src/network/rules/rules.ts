import { ipOf, isUnspecified, type Kind, type Net, netOf } from './hosts.js'
import { canonicalName } from './names.js'

/** What a guest may reach, as people write it. Without `allow` all is allowed that is not denied; an empty one allows nothing. */
export interface NetworkRules {
  readonly allow?: readonly string[] | undefined
  readonly deny?: readonly string[] | undefined
  /** Lets everything through that no rule denies, and reports the rule that each thing would have needed. */
  readonly learn?: boolean | undefined
}

/** The same, understood. */
export interface Rules {
  readonly allow: readonly Rule[] | undefined
  readonly deny: readonly Rule[]
  readonly learns: boolean
}

export interface Rule {
  readonly text: string
  readonly directions: ReadonlySet<Direction>
  /** Lets streams through that TLS protects, and nothing in plain text. */
  readonly demandsTls: boolean
  readonly target: Target
  /** Undefined for all. */
  readonly ports: readonly PortRange[] | undefined
}

export type Direction = 'connect' | 'listen' | 'udp' | 'resolve'

export type Target =
  | { readonly is: 'anything' }
  | { readonly is: 'name'; readonly name: string }
  /** `.example.com` */
  | { readonly is: 'suffix'; readonly suffix: string }
  | { readonly is: 'kind'; readonly kind: Kind }
  | { readonly is: 'net'; readonly net: Net }
  /** 0.0.0.0 or `::`. */
  | { readonly is: 'unspecified'; readonly family: 'ipv4' | 'ipv6' }
  | { readonly is: 'path'; readonly path: string; readonly identity?: string | undefined }
  /** All that is below a folder; of `/` all paths, abstract names too. */
  | { readonly is: 'folder'; readonly path: string; readonly identity?: string | undefined }

export interface PortRange {
  readonly from: number
  readonly to: number
}

/** A rule that cannot be understood; `message` is one line that says how to write it. */
export class RuleError extends TypeError {
  override readonly name = 'RuleError'
  readonly rule: string

  constructor(rule: string, problem: string) {
    super(`the network rule ${JSON.stringify(rule)} is not understood: ${problem}`)
    this.rule = rule
  }
}

/** Throws a `RuleError`. */
export function parseRules(rules: NetworkRules): Rules {
  for (const [name, list] of Object.entries(rules)) {
    if (name === 'learn') continue
    if (name !== 'allow' && name !== 'deny') throw new RuleError(name, 'there are allow and deny, each a list of rules')
    if (list !== undefined && !Array.isArray(list)) throw new RuleError(String(list), `${name} takes a list of rules`)
  }
  const { allow, deny = [], learn = false } = rules
  return { allow: (learn ? (allow ?? []) : allow)?.map(parseRule), deny: deny.map(parseDenial), learns: learn === true }
}

/** What is denied is denied with TLS and without. */
function parseDenial(text: string): Rule {
  const rule = parseRule(text)
  if (rule.demandsTls)
    throw new RuleError(
      text,
      'tls demands something of what is allowed; what is denied is written with connect or listen',
    )
  return rule
}

const directions: ReadonlyMap<string, Direction> = new Map([
  ['connect', 'connect'],
  ['listen', 'listen'],
  ['udp', 'udp'],
  ['datagram', 'udp'],
  ['resolve', 'resolve'],
])
/** What a rule without a direction means: look-ups have no ports, and local sockets are streams. */
const ofHosts: readonly Direction[] = ['connect', 'listen', 'udp', 'resolve']
const ofPorts: readonly Direction[] = ['connect', 'listen', 'udp']
const ofPaths: readonly Direction[] = ['connect', 'listen']

/** `[direction:]target[:ports]`. Throws a `RuleError`. */
export function parseRule(text: string): Rule {
  const fail = (problem: string): never => {
    throw new RuleError(text, problem)
  }
  if (typeof text !== 'string') return fail('it is no text')
  const url = /^([a-z][a-z\d+.-]*):\/\/(?:[^/?#@]*@)?(\[[^\]]*\]|[^/?#:]*)(?::(\d+))?/i.exec(text)
  if (url !== null) return fail(notAddress(url))
  const { word, rest, demandsTls } = wordsOf(text)
  if (word === 'tcp') return fail('tcp is no direction; write connect:HOST:PORT or listen:HOST:PORT')
  const given = directions.get(word) ?? (demandsTls ? 'connect' : undefined)
  if (demandsTls && given !== 'connect' && given !== 'listen')
    return fail(`tls is for streams; ${given} has none. Write tls:HOST:PORT or tls:listen:HOST:PORT`)
  if (demandsTls && rest.startsWith('unix:')) return fail('tls is for hosts, whose names certificates have')
  if (rest.startsWith('unix:')) return ofPath(text, given, pathTarget(rest.slice('unix:'.length), fail))
  const { host, ports: portText } = split(rest, fail)
  const ports = portText === undefined ? undefined : parsePorts(portText, fail)
  if (given === 'resolve' && ports !== undefined) fail('a look-up has no port; leave it out')
  const all = ports === undefined ? ofHosts : ofPorts
  const words = new Set(given === undefined ? all : [given])
  return { text, directions: words, demandsTls, target: hostTarget(host, fail), ports }
}

const portsOf: Readonly<Record<string, string>> = { http: '80', ws: '80', https: '443', wss: '443', ftp: '21' }

/** What to write for an address of the web. */
function notAddress([, scheme = '', host = '', port = portsOf[scheme.toLowerCase()]]: readonly string[]): string {
  const ports = port === undefined ? '' : `:${port}`
  return `rules are about hosts and ports, not about URLs; write connect:${host.toLowerCase() || 'HOST'}${ports}`
}

/** The direction in front of a target, with `tls` before or behind it; `tls` alone is about connecting. */
function wordsOf(text: string): { word: string; rest: string; demandsTls: boolean } {
  const [, tlsBefore, first = '', tlsAfter] = /^(tls:)?(?:([a-z]+):)?(tls:)?/.exec(text) ?? []
  const demandsTls = tlsBefore !== undefined || (directions.has(first) && tlsAfter !== undefined)
  const word = directions.has(first) || first === 'tcp' ? first : ''
  const written = [tlsBefore, word && `${word}:`, word !== '' && demandsTls ? tlsAfter : undefined]
  return { word, rest: text.slice(written.join('').length), demandsTls }
}

type Fail = (problem: string) => never

function ofPath(text: string, given: Direction | undefined, target: Target): Rule {
  if (given === 'udp' || given === 'resolve')
    throw new RuleError(text, `${given} is not for local sockets, which are streams; write connect: or listen:`)
  const words = new Set(given === undefined ? ofPaths : [given])
  return { text, directions: words, demandsTls: false, target, ports: undefined }
}

/** A host and its ports. IPv6 needs brackets where it would not be clear which colon begins the ports. */
function split(text: string, fail: Fail): { host: string; ports: string | undefined } {
  const [, bracketed, bits = '', portsAfter] = /^\[([^\]]*)\](\/\d+)?(?::(.*))?$/s.exec(text) ?? []
  if (bracketed !== undefined) return { host: `${bracketed}${bits}`, ports: portsAfter }
  const [, net, portsOfNet] = /^([^/]+\/\d+)(?::(.*))?$/s.exec(text) ?? []
  if (net !== undefined) return { host: net, ports: portsOfNet }
  const at = text.lastIndexOf(':')
  const [before, after] = [text.slice(0, at), text.slice(at + 1)]
  if (at < 0) return { host: text, ports: undefined }
  if (!before.includes(':')) return { host: before, ports: after }
  if (ipOf(text) === undefined)
    fail(ipOf(before) === undefined ? HELP : `write IPv6 addresses in brackets: [${before}]:${after}`)
  if (ipOf(before) !== undefined) fail(`write [${text}] for the address, or [${before}]:${after} for its port`)
  return { host: text, ports: undefined }
}

const HELP = 'write [tls:][connect:|listen:|udp:|resolve:]HOST[:PORTS], such as connect:*.example.com:443'

function hostTarget(given: string, fail: Fail): Target {
  const host = given.toLowerCase()
  if (host === '') return fail('it names no host; * is every host')
  if (host === '*') return { is: 'anything' }
  if (host === 'private' || host === 'public' || host === 'loopback') return { is: 'kind', kind: host }
  if (/^\d{1,5}$/.test(host)) return fail(`a number alone is no host; write *:${host} for a port of every host`)
  if (host === 'unix') return fail('a local socket needs a path: unix:/run/x, or unix:/run/*')
  if (host.includes('%')) return fail('leave out the scope: the address counts on every interface')
  if (host.includes('/')) return netTarget(host, fail)
  const ip = ipOf(host)
  if (ip === undefined) return nameTarget(host, fail)
  if (isUnspecified(ip)) return { is: 'unspecified', family: ip.kind() }
  return { is: 'net', net: { base: ip, bits: ip.toByteArray().length * 8 } }
}

function netTarget(text: string, fail: Fail): Target {
  const net = netOf(text)
  return net === undefined ? fail('a range of addresses is written as 10.0.0.0/8 or fd00::/8') : { is: 'net', net }
}

function nameTarget(text: string, fail: Fail): Target {
  const isSuffix = text.startsWith('*.')
  const name = canonicalName(isSuffix ? text.slice(2) : text)
  if (text.slice(1).includes('*')) return fail('a star stands alone or first: * or *.example.com')
  if (name === undefined || ipOf(name) !== undefined) return fail(HELP)
  if (name.split('.').includes('')) return fail(`${JSON.stringify(text)} is no host's name: a part of it is empty`)
  if (name === 'localhost' && !isSuffix) return { is: 'kind', kind: 'loopback' }
  return isSuffix ? { is: 'suffix', suffix: `.${name}` } : { is: 'name', name }
}

function pathTarget(path: string, fail: Fail): Target {
  if (path === '*') return { is: 'folder', path: '/' }
  const folder = path.endsWith('/*') ? path.slice(0, -2) : undefined
  const plain = folder ?? path
  if (/^@[^*]+$/.test(path)) return { is: 'path', path: `\0${path.slice(1)}` }
  if (!/^(\/(?!\.{0,2}(\/|$))[^/*\0]+)+$/.test(plain))
    return fail(
      'write unix:/run/app.sock, unix:/run/app/*, unix:@name, or unix:* for all, with a whole path and no . or .. in it',
    )
  return folder === undefined ? { is: 'path', path } : { is: 'folder', path: folder }
}

function parsePorts(text: string, fail: Fail): readonly PortRange[] | undefined {
  if (text === '*') return undefined
  return text.split(',').map((part) => {
    const [, first = '', last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part) ?? []
    const [from, to] = [Number(first), Number(last)]
    if (first === '' || to > 65535 || from > to)
      fail('ports are written as 443, 8000-8999 or 80,443, up to 65535; each further host is a rule of its own')
    return { from, to }
  })
}
