import type { Again } from '../network/network.js'
import type { MaybePromise } from '../network/when-done.js'
import type { MaybeBlocking } from '../posix-sockets/blocking.js'
import type { Guest } from './guest.js'

/** A parameter: the wasm arguments it is made of, how they are decoded, and how a trace shows it. */
export interface Param<T> {
  /** The names of the arguments it takes, in order. */
  readonly names: readonly string[]
  /** Of the arguments, which are i32 unless it says otherwise. */
  readonly type?: 'i64'
  decode(guest: Guest, args: readonly number[], at: number): T
  /** As strace prints it, after the call: what was received is there by then. */
  show(value: T, outcome: Outcome): string
}

/** What a call came to: its result, or the name of its errno. */
export type Outcome = { readonly result: number } | { readonly errno: string }

type Decoded<P extends readonly Param<unknown>[]> = { [K in keyof P]: P[K] extends Param<infer T> ? T : never }
/** What a guest is answered, where nothing means 0; `AGAIN` is an `EAGAIN`. */
export type Answer = number | Again | void
type Handler<P extends readonly Param<unknown>[]> = (guest: Guest, ...values: Decoded<P>) => MaybeBlocking<Answer>
type Handle = (guest: Guest, ...values: readonly unknown[]) => MaybeBlocking<Answer>
/** As wasm has them. */
type Arguments = readonly number[]

/** One function of an ABI. */
export interface Call {
  readonly params: readonly Param<unknown>[]
  /** How many wasm arguments it takes, and their types. */
  readonly arity: number
  readonly types: readonly string[]
  /** Decodes the arguments and carries it out. `keep`, which is for who watches, is given them once they are decoded. */
  run(guest: Guest, args: readonly number[], keep?: (values: readonly unknown[]) => void): MaybePromise<Answer>
}

/** A function of an ABI: its parameters are data, so that tracing them and counting them is free. */
export function call<const P extends readonly Param<unknown>[]>(params: P, handler: Handler<P>): Call {
  const handle = handler as unknown as Handle
  const decoding = decodingFor(params, handle)
  const types = params.flatMap(({ names, type = 'i32' }) => names.map(() => type))
  const watched = (guest: Guest, args: Arguments, keep: (values: readonly unknown[]) => void) => {
    const values = decodeAll(guest, params, args)
    keep(values)
    return handle(guest, ...values)
  }
  return {
    params,
    arity: types.length,
    types,
    run(guest, args, keep) {
      const answer = keep === undefined ? decoding(guest, args) : watched(guest, args, keep)
      return typeof answer === 'object' ? guest.sockets.carryOut(answer) : answer
    },
  }
}

/** Decodes the arguments of a call, in order. */
function decodeAll(guest: Guest, params: readonly Param<unknown>[], args: Arguments): unknown[] {
  let at = 0
  return params.map((param) => {
    const value = param.decode(guest, args, at)
    at += param.names.length
    return value
  })
}

/** Stands for a parameter that there is not. */
const none: Param<undefined> = { names: [], decode: () => undefined, show: () => '' }

/** The handler behind the decoders of its parameters: without lists for as many of them as nearly all calls have at most. */
function decodingFor(params: readonly Param<unknown>[], handle: Handle) {
  const [one = none, two = none, three = none, four = none, five = none] = params
  const second = one.names.length
  const third = second + two.names.length
  const fourth = third + three.names.length
  const fifth = fourth + four.names.length
  const byCount: readonly ((guest: Guest, args: Arguments) => MaybeBlocking<Answer>)[] = [
    (guest) => handle(guest),
    (guest, args) => handle(guest, one.decode(guest, args, 0)),
    (guest, args) => handle(guest, one.decode(guest, args, 0), two.decode(guest, args, second)),
    (guest, args) =>
      handle(guest, one.decode(guest, args, 0), two.decode(guest, args, second), three.decode(guest, args, third)),
    (guest, args) =>
      handle(
        guest,
        one.decode(guest, args, 0),
        two.decode(guest, args, second),
        three.decode(guest, args, third),
        four.decode(guest, args, fourth),
      ),
    (guest, args) =>
      handle(
        guest,
        one.decode(guest, args, 0),
        two.decode(guest, args, second),
        three.decode(guest, args, third),
        four.decode(guest, args, fourth),
        five.decode(guest, args, fifth),
      ),
  ]
  return byCount[params.length] ?? ((guest, args) => handle(guest, ...decodeAll(guest, params, args)))
}
