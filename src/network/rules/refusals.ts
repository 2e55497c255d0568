import { printableAscii } from '../../posix/printable.js'
import type { Direction } from './rules.js'
import type { Verdict } from './verdict.js'

/** What a guest was not let do. */
export interface Refusal {
  readonly operation:
    | 'connect'
    | 'send'
    | 'receive'
    | 'startTls'
    | 'bind'
    | 'listen'
    | 'join'
    | 'resolve'
    | 'resolveBack'
  readonly direction: Direction
  /** As the guest gave it: `127.0.0.1:80`, `[::1]:80`, `unix:/run/x`, or a name. */
  readonly target: string
  /** The name by which the guest has found the address. */
  readonly name: string | undefined
  /** The rule that denies it; undefined where no rule allows it. */
  readonly deniedBy: string | undefined
  /** The rule that lets it be done with TLS alone. */
  readonly demandedBy: string | undefined
  /** The rule that would allow it, unless one denies it; where TLS is demanded, the one that would allow plain text. */
  readonly allowedBy: string | undefined
  /** It was let through, to learn that rule. */
  readonly wasLearned?: true
  /** All of it in one line for people. */
  readonly text: string
}

/** What is refused, in the words of the one who asks. */
export interface Attempt {
  readonly operation: Refusal['operation']
  readonly direction: Direction
  readonly target: string
  /** What `target` comes to, where it is written otherwise. */
  readonly meaning?: string | undefined
  readonly name?: string | undefined
  /** What a rule would say after its direction. */
  readonly wanted: string
  /** What TLS that is demanded lacks: what is done, and what the rule says to that. */
  readonly lack?: Lack | undefined
}

export interface Lack {
  /** As `plain text to`. */
  readonly deed: string
  /** As `demands TLS`. */
  readonly rule: string
  /** A rule for the name that TLS was begun in. */
  readonly remedy?: string | undefined
}

const words: Record<Refusal['operation'], string> = {
  connect: 'connecting to',
  send: 'a datagram to',
  receive: 'a datagram from',
  startTls: 'TLS with',
  bind: 'binding to',
  listen: 'listening at',
  join: 'joining the group',
  resolve: 'looking up',
  resolveBack: 'looking up the name of',
}

/** The most that is told of one guest: each line is kept, so that none is told twice. */
const MOST_TOLD = 200

/** Tells of refusals, of each once. */
export function refusals(tell: (refusal: Refusal) => void): (attempt: Attempt, verdict: Verdict) => void {
  const told = new Set<string>()
  return (attempt, verdict) => {
    const refusal = refusalOf(attempt, verdict)
    if (told.has(refusal.text) || told.size >= MOST_TOLD) return
    told.add(refusal.text)
    tell(told.size < MOST_TOLD ? refusal : { ...refusal, text: `${refusal.text}; further refusals are not told` })
  }
}

/** What is reported of something that was let through, and of the rule for it. */
export function learnt(attempt: Attempt, rule: string): Refusal {
  const refusal = refusalOf(attempt, { is: 'unlisted' })
  const text = `learned --allow-net ${printableAscii(rule)}, for ${deedOf(attempt)}`
  return { ...refusal, allowedBy: rule, wasLearned: true, text }
}

function deedOf({ operation, target, meaning, name, lack }: Attempt): string {
  const known = [meaning, name].filter((part) => part !== undefined).join(', ')
  return printableAscii(`${lack?.deed ?? words[operation]} ${target}${known === '' ? '' : ` (${known})`}`)
}

function refusalOf(attempt: Attempt, verdict: Verdict): Refusal {
  const { operation, direction, target, name, wanted, lack } = attempt
  const deniedBy = verdict.is === 'denied' ? verdict.by.text : undefined
  const demandedBy = verdict.is === 'secured' ? verdict.by[0]?.text : undefined
  const allowedBy = deniedBy === undefined ? printableAscii(`${direction}:${wanted}`) : undefined
  const text = `refused ${deedOf(attempt)}: ${reasonOf({ deniedBy, demandedBy, allowedBy, lack })}`
  return { operation, direction, target, name, deniedBy, demandedBy, allowedBy, text }
}

type Reason = Pick<Refusal, 'deniedBy' | 'demandedBy' | 'allowedBy'> & Pick<Attempt, 'lack'>

function reasonOf({ deniedBy, demandedBy, allowedBy, lack }: Reason): string {
  if (deniedBy !== undefined) return `--deny-net ${deniedBy} denies it`
  if (demandedBy === undefined) return `no rule allows it, --allow-net ${allowedBy} would`
  const secured = lack?.remedy === undefined ? '' : `, --allow-net ${printableAscii(lack.remedy)} is for that name`
  return `--allow-net ${demandedBy} ${lack?.rule ?? 'demands TLS'}${secured}, --allow-net ${allowedBy} would allow plain text`
}
