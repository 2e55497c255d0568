import { type Address, formatAddress, type InetAddress, type UnixAddress } from '../../posix/address.js'
import { SysError } from '../../posix/errno.js'
import { type Ip, ipOf, isUnspecified, loopbackOf } from './hosts.js'
import type { Pins } from './pins.js'
import { type Attempt, type Refusal, refusals } from './refusals.js'
import type { Direction, Rule, Rules } from './rules.js'
import { judge, type Question, type Verdict } from './verdict.js'

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
    return this.#reach(to, dialling).every(({ verdict }) => verdict.is === 'allowed')
  }

  /** True when a rule denies it, whatever allows it. */
  isDenied(to: InetAddress, dialling: Dialling): boolean {
    return this.#reach(to, dialling).some(({ verdict }) => verdict.is === 'denied')
  }

  /** Throws unless an address may be reached. */
  ensureReach(to: Address, dialling: Dialling): void {
    if (to.family === 'unix') this.ensurePath(to, dialling)
    else if (!this.mayReach(to, dialling)) this.refuseReach(to, dialling)
  }

  refuseReach(to: InetAddress, dialling: Dialling): never {
    this.tellReach(to, dialling)
    throw new SysError('EACCES')
  }

  /** Tells that an address was not to be reached, or to be heard. */
  tellReach(to: InetAddress, dialling: Dialling): void {
    const { operation, direction } = dialling
    const refused = this.#reach(to, dialling).find(({ verdict }) => verdict.is !== 'allowed')
    if (refused === undefined) return
    const { ip, names, verdict } = refused
    const attempt = { operation, direction, target: formatAddress(to), name: names[0] }
    const meaning = ip.toString() === to.host ? undefined : ip.toString()
    this.#tell({ ...attempt, meaning, wanted: `${names[0] ?? hostOf(ip)}:${to.port}` }, verdict)
  }

  /** Whether a rule lets an address of this host's own be taken. */
  mayTake(at: InetAddress, direction: Direction): boolean {
    return judge(this.#rules, this.#place(at, direction)).is === 'allowed'
  }

  ensureTake(at: Address, { operation, direction }: Dialling): void {
    if (at.family === 'unix') return this.ensurePath(at, { operation, direction })
    const question = this.#place(at, direction)
    const wanted = `${hostOf(question.ip)}:${at.port}`
    this.#ensure(question, { operation, direction, target: formatAddress(at), wanted })
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
    const verdict = judge(this.#rules, question)
    if (verdict.is !== 'allowed') this.#tell(attempt, verdict)
    return verdict.is === 'allowed'
  }

  #ensure(question: Question, attempt: Attempt): void {
    if (!this.#may(question, attempt)) throw new SysError('EACCES')
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

/** As a rule has it. */
function hostOf(ip: Ip): string {
  return ip.kind() === 'ipv4' ? ip.toString() : `[${ip.toString()}]`
}
