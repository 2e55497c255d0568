import { hiddenIn, type Ip, isIn, isUnspecified, kindOf } from './hosts.js'
import type { Direction, PortRange, Rule, Rules, Target } from './rules.js'

/** What a guest is about to do, as rules see it. `port` is undefined where there is none. */
export type Question =
  /** An address to be reached, with the names that led to it. */
  | {
      readonly is: 'there'
      readonly direction: Direction
      readonly ip: Ip
      readonly port: number | undefined
      readonly names: readonly string[]
      /** The system may take it to any host at all. */
      readonly mayBeAny?: boolean
    }
  /** An address of this host's own to be taken, which may stand for every one of them, at a port that may be the system's choice. */
  | {
      readonly is: 'here'
      readonly direction: Direction
      readonly ip: Ip
      readonly port: number
      readonly names: readonly string[]
    }
  /** `path` is undefined where it is not known where a path leads. `identities` are those of its file, or an empty one, and of its folders. */
  | {
      readonly is: 'path'
      readonly direction: Direction
      readonly path: string | undefined
      readonly identities?: readonly string[]
    }
  | { readonly is: 'name'; readonly direction: 'resolve'; readonly name: string }

export type Verdict =
  | { readonly is: 'allowed' | 'unlisted' }
  | { readonly is: 'denied'; readonly by: Rule }
  /** Allowed by rules that demand TLS, and by no other. */
  | { readonly is: 'secured'; readonly by: readonly Rule[] }

/** Whether it may be begun, be it with TLS. */
export function isLet({ is }: Verdict): boolean {
  return is === 'allowed' || is === 'secured'
}

/**
 * A rule that denies wins. It denies all that might fall under it; a rule that allows, only what does so altogether. One that allows
 * plain text wins over those that demand TLS.
 */
export function judge({ allow, deny }: Pick<Rules, 'allow' | 'deny'>, question: Question): Verdict {
  const by = deny.find((rule) => falls('partly', rule, question))
  if (by !== undefined) return { is: 'denied', by }
  if (allow === undefined) return { is: 'allowed' }
  if (allow.some((rule) => (!rule.demandsTls && falls('wholly', rule, question)) || implies(rule, question)))
    return { is: 'allowed' }
  const securing = allow.filter((rule) => rule.demandsTls && falls('wholly', rule, question))
  return securing.length > 0 ? { is: 'secured', by: securing } : { is: 'unlisted' }
}

/** Who a certificate is to be for. */
export type PeerName = { readonly is: 'name'; readonly name: string } | { readonly is: 'address'; readonly ip: Ip }

/** Whether a rule covers this peer on a connection to `dialled`. An address is a name for itself alone. */
export function isPeerOf({ target }: Rule, peer: PeerName, dialled: Ip): boolean {
  if (target.is === 'anything') return true
  if (peer.is === 'name') return isCalled(target, peer.name)
  return target.is !== 'name' && target.is !== 'suffix' && peer.ip.toString() === dialled.toString()
}

/** True when rules speak of this name, so that it matters which addresses it has. */
export function isNamed({ allow = [], deny }: Pick<Rules, 'allow' | 'deny'>, name: string): boolean {
  return [...allow, ...deny].some(({ target }) => hasName(target, name))
}

/** Whoever may reach a name may look it up. */
function implies({ directions, target }: Rule, question: Question): boolean {
  if (question.is !== 'name' || !(directions.has('connect') || directions.has('udp'))) return false
  return target.is === 'anything' || isCalled(target, question.name)
}

type How = 'wholly' | 'partly'

function falls(how: How, { directions, demandsTls, target, ports }: Rule, question: Question): boolean {
  if (!directions.has(question.direction)) return false
  if (question.is === 'path') return ports === undefined && !demandsTls && isAt(how, target, question)
  if (question.is === 'name') return target.is === 'anything' || isCalled(target, question.name)
  return (
    hasPort(how, ports, question) &&
    (question.names.some((name) => hasName(target, name)) || isOf(how, target, question))
  )
}

/** The lowest port that a system may choose by itself. */
const LEAST_CHOSEN = 1024

type AtHost = Extract<Question, { is: 'here' | 'there' }>

function hasPort(how: How, ports: readonly PortRange[] | undefined, { is, port }: AtHost): boolean {
  if (ports === undefined || port === undefined) return true
  const mayBeAny = is === 'here' && port === 0 && how === 'partly'
  return ports.some(({ from, to }) => (from <= port && port <= to) || (mayBeAny && to >= LEAST_CHOSEN))
}

function hasName(target: Target, name: string): boolean {
  if (target.is === 'suffix') return name.endsWith(target.suffix) && name.length > target.suffix.length
  return target.is === 'name' && target.name === name
}

function isCalled(target: Target, name: string): boolean {
  return hasName(target, name) || (target.is === 'kind' && target.kind === 'loopback' && name === 'localhost')
}

/** IPv6 addresses that hold an IPv4 one are seen through: to deny in any case, to allow where exactly that host is meant. */
function isOf(how: How, target: Target, question: AtHost): boolean {
  const { is, ip } = question
  if (target.is === 'anything') return true
  if (question.is === 'there' && question.mayBeAny === true) return how === 'partly'
  if (is === 'here' && isUnspecified(ip)) return isOfAll(how, target, ip)
  const hidden = hiddenIn(ip)
  if (hidden !== undefined && (how === 'partly' || hidden.exact) && isOfOne(target, is, hidden.ip)) return true
  return isOfOne(target, is, ip)
}

function isOfOne(target: Target, is: AtHost['is'], ip: Ip): boolean {
  if (target.is === 'kind') return kindOf(ip) === target.kind
  if (target.is === 'net') return isIn(ip, target.net)
  if (target.is !== 'unspecified') return false
  if (is === 'here') return target.family === 'ipv6' || ip.kind() === 'ipv4'
  return target.family === ip.kind() && ip.toString() === (ip.kind() === 'ipv4' ? '127.0.0.1' : '::1')
}

/** Whether all addresses of this host are in a target, or one of them may be. `::` takes IPv4 as well. */
function isOfAll(how: How, target: Target, ip: Ip): boolean {
  const family = ip.kind()
  if (how === 'partly') {
    if (target.is === 'net') return family === 'ipv6' || target.net.base.kind() === 'ipv4'
    return target.is === 'kind' || target.is === 'unspecified'
  }
  if (target.is === 'unspecified') return target.family === 'ipv6' || family === 'ipv4'
  return target.is === 'net' && family === 'ipv4' && target.net.base.kind() === 'ipv4' && target.net.bits === 0
}

/** A rule that denies a file or a folder denies it under other names too: the guest may be able to rename it. */
function isAt(how: How, target: Target, { path, identities = [] }: Extract<Question, { is: 'path' }>): boolean {
  if (target.is === 'anything') return true
  if (target.is !== 'path' && target.is !== 'folder') return false
  if (target.is === 'folder' && target.path === '/') return true
  const same = target.is === 'path' ? identities.slice(0, 1) : identities
  if (how === 'partly' && target.identity !== undefined && same.includes(target.identity)) return true
  if (path === undefined) return how === 'partly'
  return target.is === 'path' ? path === target.path : path.startsWith(`${target.path}/`)
}
