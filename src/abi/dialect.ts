import { printableName } from '../posix/printable.js'
import { bare } from './bare.js'
import type { Call } from './call.js'
import type { Guest } from './guest.js'
import { type LinkedCall, type LinkStyle, linkCall } from './link.js'

/** How one family of guests speaks: the functions that it imports from a module, and how they answer. */
export interface Dialect {
  readonly name: string
  readonly module: string
  /** Each answers an errno, 0 for success. */
  readonly calls: Readonly<Record<string, Call>>
  /**
   * Where another dialect of the module has a call of the same name and number of parameters: how it is told which is meant.
   * Without it the call is the one that is meant when no other claims it.
   */
  readonly claim?: {
    /** For people: told by what. */
    readonly by: string
    isMeant(guest: Guest, name: string, args: readonly number[]): boolean
  }
  /** The number that a failure answers. Default: WASI's number of the errno. */
  readonly fail?: (guest: Guest, error: unknown) => number
}

export interface DialectStyle extends Pick<LinkStyle, 'trace'> {
  /** Whether a trace tells of a call. Default: always. */
  readonly tells?: (name: string, args: readonly number[]) => boolean
  /** The names that the guest imports: no other is linked. Default: all. */
  readonly wanted?: ReadonlySet<string> | undefined
}

/** One of the meanings that a name has, for those who give it so many arguments. */
export interface Meaning {
  readonly dialect: Dialect
  readonly call: Call
}

/** All meanings of every name of a module's dialects, by the number of parameters; those that have to claim a call stand first. */
export function meaningsOf(
  dialects: readonly Dialect[],
  wanted?: ReadonlySet<string>,
): Map<string, Map<number, Meaning[]>> {
  const all = new Map<string, Map<number, Meaning[]>>()
  for (const dialect of dialects)
    for (const [name, call] of Object.entries(dialect.calls)) {
      if (wanted?.has(name) === false) continue
      const byArity = all.get(name) ?? new Map<number, Meaning[]>()
      const meanings = byArity.get(call.arity) ?? []
      all.set(name, byArity.set(call.arity, meanings))
      if (meanings.some((each) => each.call === call)) continue // dialects share what they have in common
      if (dialect.claim) meanings.unshift({ dialect, call })
      else meanings.push({ dialect, call })
    }
  return all
}

/**
 * The functions of a module in which several dialects meet. An import sees how many parameters the guest has declared, so each
 * function is told apart by itself: a module may mix dialects. One with a number of parameters that nobody has answers `ENOSYS`.
 */
export function linkDialects(
  guest: Guest,
  dialects: readonly Dialect[],
  style: DialectStyle = {},
): WebAssembly.ModuleImports {
  const linked = [...meaningsOf(dialects, style.wanted)].map(([name, byArity]) => {
    const forms: LinkedCall[] = []
    for (const [arity, meanings] of byArity) forms[arity] = linkMeanings(guest, name, meanings, style)
    const unknown = missing(guest, name)
    return [name, (...args: number[]) => (forms[args.length] ?? unknown)(args)]
  })
  return bare(Object.fromEntries(linked))
}

/** A function that answers `ENOSYS`, and says so once. */
export function missing(guest: Guest, name: string): LinkedCall {
  let isSaid = false
  return (args) => {
    if (!isSaid)
      guest.notice(`${printableName(name)} with ${args.length} parameters is not provided; it answers ENOSYS`)
    isSaid = true
    return guest.failWith('ENOSYS')
  }
}

function linkMeanings(guest: Guest, name: string, meanings: readonly Meaning[], style: DialectStyle): LinkedCall {
  const all = meanings.map(({ dialect, call }) => ({
    claim: dialect.claim,
    run: linkOne(guest, name, call, { ...style, fail: dialect.fail ?? ((of, error) => of.fail(error)) }),
  }))
  const last = all.pop()
  if (last === undefined || all.length === 0) return last?.run ?? missing(guest, name)
  return (args) => (all.find(({ claim }) => claim?.isMeant(guest, name, args)) ?? last).run(args)
}

function linkOne(guest: Guest, name: string, call: Call, { tells, trace, fail }: DialectStyle & LinkStyle): LinkedCall {
  const quiet = linkCall(guest, name, call, { fail })
  if (trace === undefined) return quiet
  const told = linkCall(guest, name, call, { fail, trace })
  return (args) => (tells === undefined || tells(name, args) ? told : quiet)(args)
}
