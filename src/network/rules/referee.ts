import { formatAddress, type InetAddress, type UnixAddress } from '../../posix/address.js'
import { type Errno, SysError } from '../../posix/errno.js'
import { type Ip, ipOf } from './hosts.js'
import { Learning } from './learning.js'
import {
  type HeldPath,
  type LocalPaths,
  type PathUse,
  pathsBy,
  type SettledPath,
  unheld,
  writtenPaths,
} from './paths.js'
import type { Pins } from './pins.js'
import { type Attempt, type Lack, type Refusal, refusals } from './refusals.js'
import type { Direction, Rule, Rules, Target } from './rules.js'
import { isLet, isNamed, isPeerOf, judge, type PeerName, type Question, type Verdict } from './verdict.js'

export interface PolicyOptions {
  /** Called with each refusal, once for each line. */
  readonly onRefusal?: ((refusal: Refusal) => void) | undefined
  /** Where a path leads, all links followed. Without it paths count as they are written, so that a link leads on from an allowed one. */
  readonly realPath?: ((path: string) => string) | undefined
  /** Paths that stay what they are from the moment when they are checked to the moment when they are dialled. */
  readonly paths?: LocalPaths | undefined
}

/** What a guest does with an address. */
export interface Dialling {
  readonly operation: Refusal['operation']
  readonly direction: Direction
  /** The address that the guest gave, where another one is dialled for it. */
  readonly given?: InetAddress | undefined
  /** The system may take the address to any host. */
  readonly mayBeAny?: boolean | undefined
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
  readonly #rules: Rules & { readonly allow: Rule[] | undefined }
  readonly #learning: Learning | undefined
  readonly #pins: Pins
  readonly #paths: LocalPaths
  /** Without rules for paths it does not matter where one leads. */
  readonly #asksPaths: boolean
  readonly #tell: (attempt: Attempt, verdict: Verdict) => void

  constructor(rules: Rules, pins: Pins, { onRefusal = () => {}, realPath, paths }: PolicyOptions) {
    this.#paths = paths ?? (realPath === undefined ? writtenPaths : pathsBy(realPath))
    this.#asksPaths = rules.learns || [...(rules.allow ?? []), ...rules.deny].some(({ target }) => isOfPath(target))
    this.#rules = {
      allow: rules.allow?.map((rule) => this.#settled(rule)),
      deny: rules.deny.map((rule) => this.#settled(rule)),
      learns: rules.learns,
    }
    this.#learning = rules.learns ? new Learning(onRefusal) : undefined
    this.#pins = pins
    this.#tell = refusals(onRefusal)
  }

  /** True when rules speak of this name, so that it matters which addresses it has. */
  isNamed(name: string): boolean {
    return isNamed(this.#rules, name)
  }

  /** Whether an address may be reached. What it means is asked, whatever it is written as. */
  mayReach(to: InetAddress, dialling: Dialling): boolean {
    return isLet(this.#attemptReach(to, dialling).verdict)
  }

  /** True when a rule denies it, whatever allows it. */
  isDenied(to: InetAddress, dialling: Dialling): boolean {
    return this.#reach(to, dialling).verdict.is === 'denied'
  }

  /** Throws unless an address may be reached. Answers the TLS that is demanded there. */
  ensureReach(to: InetAddress, dialling: Dialling): Demand | undefined {
    const { ip, names, verdict } = this.#attemptReach(to, dialling)
    if (!isLet(verdict)) this.refuseReach(to, dialling)
    if (verdict.is !== 'secured') return undefined
    return { side: 'connect', verdict, ip, place: placeOf(dialling.given ?? to, ip, names[0]) }
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
    const { operation, direction, given = to } = dialling
    const { ip, names, verdict } = this.#reach(to, dialling)
    if (!isLet(verdict)) this.#tell({ operation, direction, ...placeOf(given, ip, names[0]) }, verdict)
  }

  /** Whether a rule lets an address of this host's own be taken. */
  mayTake(at: InetAddress, direction: Direction): boolean {
    return judge(this.#rules, this.#place(at, direction)).is === 'allowed'
  }

  /** Throws unless an address of this host's own may be taken. Answers the TLS that is demanded of those who connect there. */
  ensureTake(at: InetAddress, { operation, direction }: Dialling): Demand | undefined {
    const question = this.#place(at, direction)
    const { ip } = question
    const place = { target: formatAddress(at), wanted: `${hostOf(ip)}:${at.port}` }
    const verdict = this.#ensure(question, { operation, direction, ...place })
    return verdict.is === 'secured' ? { side: 'listen', verdict, ip, place } : undefined
  }

  /** Throws unless a path may be used. Answers what to dial in its place, to be released after that. */
  ensurePath(at: UnixAddress, use: PathUse, { operation, direction }: Dialling): HeldPath {
    const held = this.#held(at.path, use)
    const { path, errno } = held
    const attempt = () => {
      const real = this.#asksPaths ? path : this.#settledPath(at.path).path
      const meaning = real === undefined || real === at.path ? undefined : real
      const wanted = `unix:${(real ?? at.path).replace('\0', '@')}`
      return { operation, direction, target: formatAddress(at), meaning, wanted }
    }
    const verdict = this.#verdict({ is: 'path', direction, path, identities: held.identities() }, attempt)
    if (isLet(verdict) && errno === undefined) return held
    held.release()
    if (isLet(verdict)) throw new SysError(errno as Errno)
    this.#tell(attempt(), verdict)
    throw new SysError('EACCES')
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
    const verdict = this.#verdict(question, () => attempt)
    if (!isLet(verdict)) this.#tell(attempt, verdict)
    return verdict
  }

  /** Judges something that is about to be done. What no rule allows becomes a rule, if rules are to be learned. */
  #verdict(question: Question, attempt: () => Attempt): Verdict {
    const verdict = judge(this.#rules, question)
    if (verdict.is !== 'unlisted' || this.#learning === undefined) return verdict
    this.#rules.allow?.push(this.#learning.rule(question, attempt(), (rule) => this.#settled(rule)))
    return { is: 'allowed' }
  }

  #attemptReach(to: InetAddress, dialling: Dialling) {
    const { ip, names, question } = this.#question(to, dialling)
    const { operation, direction, given = to } = dialling
    const attempt = () => ({ operation, direction, ...placeOf(given, ip, names[0]) })
    return { ip, names, verdict: this.#verdict(question, attempt) }
  }

  #reach(to: InetAddress, dialling: Dialling) {
    const { question, ...place } = this.#question(to, dialling)
    return { ...place, verdict: judge(this.#rules, question) }
  }

  #question({ host, port }: InetAddress, { direction, mayBeAny = false }: Dialling) {
    const ip = numeric(host)
    const names = mayBeAny ? [] : this.#pins.namesOf(ip)
    return { ip, names, question: { is: 'there', direction, ip, port, names, mayBeAny } as const }
  }

  #place({ host, port }: InetAddress, direction: Direction): Extract<Question, { is: 'here' }> {
    const ip = numeric(host)
    return { is: 'here', direction, ip, port, names: this.#pins.namesOf(ip) }
  }

  /** A rule with its path as it leads now, before the guest can lay links or rename folders. */
  #settled(rule: Rule): Rule {
    const { target } = rule
    if (!isOfPath(target)) return rule
    const { path = target.path, identity } = this.#settledPath(target.path)
    return { ...rule, target: { ...target, path, identity } }
  }

  #settledPath(path: string): SettledPath {
    return isAbstract(path) ? { path } : this.#paths.settle(path)
  }

  /** Abstract names lead to themselves. */
  #held(path: string, use: PathUse): HeldPath {
    if (!this.#asksPaths || isAbstract(path)) return unheld(path, path)
    return path === '' || path.includes('\0') ? unheld(path, undefined) : this.#paths.hold(path, use)
  }
}

function isAbstract(path: string): boolean {
  return path.startsWith('\0')
}

/** Whether it depends on a path if something falls under it: `unix:*` is all paths and names. */
function isOfPath(target: Target): target is Extract<Target, { is: 'path' | 'folder' }> {
  return target.is === 'path' || (target.is === 'folder' && target.path !== '/')
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
