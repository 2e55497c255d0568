import type { MaybePromise } from '../network/when-done.js'
import type { Blocking } from '../posix-sockets/blocking.js'
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
export type Answer = number | void
type Handler<P extends readonly Param<unknown>[]> = (guest: Guest, ...values: Decoded<P>) => Answer | Blocking<Answer>

/** One function of an ABI. */
export interface Call {
  readonly params: readonly Param<unknown>[]
  /** How many wasm arguments it takes, and their types. */
  readonly arity: number
  readonly types: readonly string[]
  run(guest: Guest, values: readonly unknown[]): MaybePromise<Answer>
}

/** A function of an ABI: its parameters are data, so that tracing them and counting them is free. */
export function call<const P extends readonly Param<unknown>[]>(params: P, handler: Handler<P>): Call {
  const plain = handler as unknown as (guest: Guest, ...values: readonly unknown[]) => Answer | Blocking<Answer>
  const types = params.flatMap(({ names, type = 'i32' }) => names.map(() => type))
  return {
    params,
    arity: types.length,
    types,
    run(guest, values) {
      const answer = plain(guest, ...values)
      return typeof answer === 'object' ? guest.sockets.carryOut(answer) : answer
    },
  }
}

/** What the guest is answered by a call that says nothing: 0. */
export function numberOf(answer: Answer): number {
  return answer ?? 0
}

/** Decodes the arguments of a call, in order. */
export function decodeAll(guest: Guest, params: readonly Param<unknown>[], args: readonly number[]): unknown[] {
  let at = 0
  return params.map((param) => {
    const value = param.decode(guest, args, at)
    at += param.names.length
    return value
  })
}
