import type { Network, Operation } from './network.js'

export interface Interrupts {
  /** Throws to stop the guest. Asked before every operation but close. */
  readonly check: () => void
  /** Milliseconds until there is a reason to stop, Infinity when none is foreseen. */
  readonly leftMs: () => number
}

/** What closing a descriptor asks: a guest that was stopped still has its sockets closed. */
const atTheEnd: ReadonlySet<Operation> = new Set(['close', 'available'])

/** Lets a deadline end waits, and a guest that goes on calling. */
export function interruptible(network: Network, { check, leftMs }: Interrupts): Network {
  return (name, input) => {
    if (!atTheEnd.has(name)) check()
    if (name !== 'wait') return network(name, input)
    const { on, timeoutMs } = input as Parameters<typeof network<'wait'>>[1]
    const found = network('wait', { on, timeoutMs: Math.min(timeoutMs, Math.max(0, leftMs())) })
    check()
    return found as ReturnType<typeof network<typeof name>>
  }
}
