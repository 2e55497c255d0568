import type { MaybePromise } from '../network/when-done.js'
import type { Sockets } from '../posix-sockets/sockets.js'
import { bare } from './bare.js'
import { type Call, decodeAll, numberOf } from './call.js'
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

/** The import functions of a guest over its sockets. */
export function linkSockets(sockets: Sockets, options: LinkOptions = {}): SocketImports & { readonly guest: Guest } {
  let memory: WebAssembly.Memory | undefined
  const guestMemory = new GuestMemory(() => {
    if (memory === undefined) throw new Error('a socket function was called before setMemory()')
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
  return bare(
    Object.fromEntries(Object.entries(table).map(([name, each]) => [name, linkCall(guest, name, each, style)])),
  )
}

/** One function. Missing arguments are 0. */
export function linkCall(guest: Guest, name: string, { params, run }: Call, { fail, trace }: LinkStyle) {
  const plain = (args: readonly number[], keep?: (values: readonly unknown[]) => void) => {
    const values = decodeAll(guest, params, args)
    keep?.(values)
    return run(guest, values)
  }
  const now = () => guest.sockets.world.watch?.() ?? guest.sockets.world.now()
  const attempt =
    trace === undefined
      ? plain
      : (args: readonly number[]) => traced(name, params, { args, now, trace }, (keep) => plain(args, keep))
  const failed = (error: unknown) => fail(guest, error)
  return (...args: number[]): MaybePromise<number> => {
    try {
      const answer = attempt(args)
      return answer instanceof Promise ? answer.then(numberOf, failed) : numberOf(answer)
    } catch (error) {
      return failed(error)
    }
  }
}

function negative(guest: Guest, error: unknown): number {
  return -guest.fail(error)
}
