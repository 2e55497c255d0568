import { type Address, formatAddress, type InetAddress, type UnixAddress } from '../../posix/address.js'
import { SysError } from '../../posix/errno.js'
import { type Ip, ipOf, isUnspecified, loopbackOf } from './hosts.js'
import type { Pins } from './pins.js'
import { type Attempt, type Lack, type Refusal, refusals } from './refusals.js'
import type { Direction, Rule, Rules } from './rules.js'
import { isLet, isPeerOf, judge, type PeerName, type Question, type Verdict } from './verdict.js'

export interface PolicyOptions {
  /** Called with each refusal, once for each line. */
  readonly onRefusal?: ((refusal: Refusal) => void) | undefined
  /** Where a path leads, all links followed. Without it paths count as they are written, so that a link leads on from an allowed one. */
  readonly realPath?: ((path: string) => string) | undefined
}

/** What a guest does with an address, and by which of its own it goes out. */
export interface Dialling {
  readonly operation: Refusal['operation']
  readonly direction: Direction
  readonly from?: Address | undefined
}

/** TLS that rules demand of a connection, or of those that a listener accepts. */
export interface Demand {
  readonly side: 'connect' | 'listen'
  readonly verdict: Extract<Verdict, { is: 'secured' }>
  /** The address dialled, or listened at. */
  readonly ip: Ip
  /** What a refusal says of the place. */
  readonly place: Pick<Attempt, 'target' | 'meaning' | 'name' | 'wanted'>
}

/** Asks the rules about addresses. What they refuse is told, and thrown as `EACCES`. */
export class Referee {
  readonly #rules: Rules
  readonly #pins: Pins
  readonly #realPath: ((path: string) => string) | undefined
  readonly #tell: (attempt: Attempt, verdict: Verdict) => void

  constructor(rules: Rules, pins: Pins, { onRefusal = () => {}, realPath }: PolicyOptions) {
    this.#realPath = realPath
    this.#rules = {
      allow: rules.allow?.map((rule) => this.#settled(rule)),
      deny: rules.deny.map((rule) => this.#settled(rule)),
    }
    this.#pins = pins
    this.#tell = refusals(onRefusal)
  }

  /** Whether nothing speaks against reaching an address. What it means is asked, whatever it is written as. */
  mayReach(to: InetAddress, dialling: Dialling): boolean {
    return this.#reach(to, dialling).every(({ verdict }) => isLet(verdict))
  }

  /** True when a rule denies it, whatever allows it. */
  isDenied(to: InetAddress, dialling: Dialling): boolean {
    return this.#reach(to, dialling).some(({ verdict }) => verdict.is === 'denied')
  }

  /** Throws unless an address may be reached. Answers the TLS that is demanded there. */
  ensureReach(to: Address, dialling: Dialling): Demand | undefined {
    if (to.family === 'unix') {
      this.ensurePath(to, dialling)
      return undefined
    }
    const reached = this.#reach(to, dialling)
    if (!reached.every(({ verdict }) => isLet(verdict))) this.refuseReach(to, dialling)
    for (const { ip, names, verdict } of reached)
      if (verdict.is === 'secured') return { side: 'connect', verdict, ip, place: placeOf(to, ip, names[0]) }
    return undefined
  }

  refuseReach(to: InetAddress, dialling: Dialling): never {
    this.tellReach(to, dialling)
    throw new SysError('EACCES')
  }

  /** Whether TLS with this peer is what is demanded. */
  isPeer({ verdict, ip }: Demand, peer: PeerName): boolean {
    return verdict.by.some((rule) => isPeerOf(rule, peer, ip))
  }

  /** Tells what TLS that is demanded lacks, and throws. */
  refuseLack({ side, verdict, place }: Demand, operation: Refusal['operation'], lack: Lack): never {
    this.#tell({ operation, direction: side, ...place, lack }, verdict)
    throw new SysError('EACCES')
  }

  /** Tells that an address was not to be reached, or to be heard. */
  tellReach(to: InetAddress, dialling: Dialling): void {
    const { operation, direction } = dialling
    const refused = this.#reach(to, dialling).find(({ verdict }) => !isLet(verdict))
    if (refused === undefined) return
    const { ip, names, verdict } = refused
    this.#tell({ operation, direction, ...placeOf(to, ip, names[0]) }, verdict)
  }

  /** Whether a rule lets an address of this host's own be taken. */
  mayTake(at: InetAddress, direction: Direction): boolean {
    return judge(this.#rules, this.#place(at, direction)).is === 'allowed'
  }

  /** Throws unless an address of this host's own may be taken. Answers the TLS that is demanded of those who connect there. */
  ensureTake(at: Address, { operation, direction }: Dialling): Demand | undefined {
    if (at.family === 'unix') {
      this.ensurePath(at, { operation, direction })
      return undefined
    }
    const question = this.#place(at, direction)
    const { ip } = question
    const place = { target: formatAddress(at), wanted: `${hostOf(ip)}:${at.port}` }
    const verdict = this.#ensure(question, { operation, direction, ...place })
    return verdict.is === 'secured' ? { side: 'listen', verdict, ip, place } : undefined
  }

  ensurePath(at: UnixAddress, { operation, direction }: Dialling): void {
    const target = formatAddress(at)
    const path = this.#realOf(at.path)
    const meaning = path === undefined || path === at.path ? undefined : path
    const wanted = `unix:${(path ?? at.path).replace('\0', '@')}`
    this.#ensure({ is: 'path', direction, path }, { operation, direction, target, meaning, wanted })
  }

  /** Throws unless a group may be joined; rules count whatever their ports, since a group has none. */
  ensureJoin(group: string): void {
    const question = { is: 'there', direction: 'udp', ip: numeric(group), port: undefined, names: [] } as const
    this.#ensure(question, { operation: 'join', direction: 'udp', target: group, wanted: hostOf(question.ip) })
  }

  /** Whether a name may be looked up. Tells when not. */
  mayResolve(name: string): boolean {
    const attempt = { operation: 'resolve', direction: 'resolve', target: name, wanted: name } as const
    return this.#may({ is: 'name', direction: 'resolve', name }, attempt)
  }

  /** Whether the name of an address may be looked up. Tells when not. */
  mayResolveBack(host: string): boolean {
    const ip = numeric(host)
    const attempt = { operation: 'resolveBack', direction: 'resolve', target: host, wanted: hostOf(ip) } as const
    return this.#may({ is: 'there', direction: 'resolve', ip, port: undefined, names: [] }, attempt)
  }

  #may(question: Question, attempt: Attempt): boolean {
    return isLet(this.#judge(question, attempt))
  }

  #ensure(question: Question, attempt: Attempt): Verdict {
    const verdict = this.#judge(question, attempt)
    if (!isLet(verdict)) throw new SysError('EACCES')
    return verdict
  }

  #judge(question: Question, attempt: Attempt): Verdict {
    const verdict = judge(this.#rules, question)
    if (!isLet(verdict)) this.#tell(attempt, verdict)
    return verdict
  }

  /** The verdict on each address that is meant. Linux takes 0.0.0.0 for the loopback, or for the address that the socket has. */
  #reach({ host, port }: InetAddress, { direction, from }: Dialling) {
    const ip = numeric(host)
    const own = from === undefined || from.family === 'unix' ? undefined : numeric(from.host)
    const meant = isUnspecified(ip) ? [loopbackOf(ip), ...(own === undefined || isUnspecified(own) ? [] : [own])] : [ip]
    return meant.map((ip) => {
      const names = this.#pins.namesOf(ip)
      return { ip, names, verdict: judge(this.#rules, { is: 'there', direction, ip, port, names }) }
    })
  }

  #place({ host, port }: InetAddress, direction: Direction): Extract<Question, { is: 'here' }> {
    const ip = numeric(host)
    return { is: 'here', direction, ip, port, names: this.#pins.namesOf(ip) }
  }

  /** A rule with its path as it leads now, before the guest can lay links. */
  #settled(rule: Rule): Rule {
    const { target } = rule
    if (target.is !== 'path' && target.is !== 'folder') return rule
    return { ...rule, target: { ...target, path: this.#realOf(target.path) ?? target.path } }
  }

  /** Where a path leads; undefined where that is not known. Abstract names lead to themselves. */
  #realOf(path: string): string | undefined {
    if (path.startsWith('\0')) return path
    if (path === '' || path.includes('\0')) return undefined
    if (this.#realPath !== undefined) return this.#realPath(path)
    return /^(\/(?!\.{0,2}(\/|$))[^/]+)*\/?$/.test(path) ? path : undefined
  }
}

/** Every address comes from bytes, and so in numbers. */
function numeric(host: string): Ip {
  const ip = ipOf(host)
  if (ip === undefined) throw new SysError('EINVAL')
  return ip
}

/** An address that is dialled, what it comes to, and the name that led to it, for a refusal. */
function placeOf(to: InetAddress, ip: Ip, name: string | undefined) {
  const meaning = ip.toString() === to.host ? undefined : ip.toString()
  return { target: formatAddress(to), meaning, name, wanted: `${name ?? hostOf(ip)}:${to.port}` }
}

/** As a rule has it. */
function hostOf(ip: Ip): string {
  return ip.kind() === 'ipv4' ? ip.toString() : `[${ip.toString()}]`
}
