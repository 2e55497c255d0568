import { AGAIN } from '../network/network.js'
import type { MaybePromise } from '../network/when-done.js'
import { wouldBlock } from '../posix-sockets/blocking.js'
import type { Sockets } from '../posix-sockets/sockets.js'
import { bare } from './bare.js'
import type { Answer, Call } from './call.js'
import { Guest } from './guest.js'
import { GuestMemory } from './memory.js'
import { linux, wasiLibc } from './numbering.js'
import { posixSockets } from './posix-sockets.js'
import { type CallEvent, traced } from './trace.js'

export interface LinkOptions {
  /** The constants of the guest's headers; without it the first `socket` call tells. */
  readonly numbering?: 'linux' | 'wasi-libc'
  /** Called after every socket call. */
  readonly trace?: ((event: CallEvent) => void) | undefined
}

export interface SocketImports {
  /** To be merged into the import object of `WebAssembly.instantiate`. */
  readonly imports: { readonly posix_sockets: WebAssembly.ModuleImports }
  /** Says where the guest's memory is, once there is an instance. Calls before that throw. */
  setMemory(memory: WebAssembly.Memory): void
}

/** A function of the host's was called before it knew where the guest's memory is. */
export class NoMemoryYet extends Error {
  constructor() {
    super('a socket function was called before setMemory()')
  }
}

/** The import functions of a guest over its sockets. */
export function linkSockets(sockets: Sockets, options: LinkOptions = {}): SocketImports & { readonly guest: Guest } {
  let memory: WebAssembly.Memory | undefined
  const guestMemory = new GuestMemory(() => {
    if (memory === undefined) throw new NoMemoryYet()
    return memory
  })
  const numbering = options.numbering && { linux, 'wasi-libc': wasiLibc }[options.numbering]
  const guest = new Guest(sockets, guestMemory, numbering)
  return {
    guest,
    imports: bare({ posix_sockets: linkTable(guest, posixSockets, { fail: negative, trace: options.trace }) }),
    setMemory(given) {
      memory = given
    },
  }
}

/** How a table's calls answer a failure, and who watches them. */
export interface LinkStyle {
  readonly fail: (guest: Guest, error: unknown) => number
  readonly trace?: ((event: CallEvent) => void) | undefined
}

/** The functions of a table of calls, for one guest. */
export function linkTable(
  guest: Guest,
  table: Readonly<Record<string, Call>>,
  style: LinkStyle,
): WebAssembly.ModuleImports {
  const linked = Object.entries(table).map(([name, each]) => {
    const answer = linkCall(guest, name, each, style)
    return [name, (...args: number[]) => answer(args)]
  })
  return bare(Object.fromEntries(linked))
}

/** A call of one guest's, with its arguments in a list. Missing ones are 0. */
export type LinkedCall = (args: readonly number[]) => MaybePromise<number>

export function linkCall(guest: Guest, name: string, call: Call, { fail, trace }: LinkStyle): LinkedCall {
  const now = () => guest.sockets.world.watch?.() ?? guest.sockets.world.now()
  const attempt: (guest: Guest, args: readonly number[]) => ReturnType<Call['run']> =
    trace === undefined
      ? call.run // itself: who does not trace pays nothing for that others can
      : (_, args) => traced(name, call.params, { args, now, trace }, (keep) => call.run(guest, args, keep))
  const failed = (error: unknown) => fail(guest, error)
  const told = (answer: Answer) => (answer === AGAIN ? fail(guest, wouldBlock) : (answer ?? 0))
  return (args) => {
    try {
      const answer = attempt(guest, args)
      return answer instanceof Promise ? answer.then(told, failed) : told(answer)
    } catch (error) {
      return failed(error)
    }
  }
}

function negative(guest: Guest, error: unknown): number {
  return -guest.fail(error)
}
