import { AGAIN, type Again, type Events, type Handle, type Interest, type Network } from '../network/network.js'
import type { MaybePromise } from '../network/when-done.js'
import { SysError } from '../posix/errno.js'

/** A wait that a call asks for. */
export interface Wait {
  readonly on: readonly Interest[]
  readonly timeoutMs: number
}

/**
 * A call that may block: it yields what it waits for, and is sent what was found. So the same code runs where waiting blocks the
 * thread, and where it is a promise.
 */
export type Blocking<T> = Generator<Wait, T, readonly Interest[]>

/** Runs a call to its end, blocking this thread in the network's `wait`. Throws where that would suspend instead. */
export function runBlocking<T>(call: Blocking<T>, network: Network): T {
  let step = call.next()
  while (!step.done) {
    const found = network('wait', step.value)
    if (found instanceof Promise) throw new TypeError('a network that suspends guests cannot block a thread')
    step = call.next(found)
  }
  return step.value
}

/** Runs a call to its end: at once as long as the network's `wait` answers at once, and from the first promise of it on as a promise. */
export function runSuspending<T>(call: Blocking<T>, network: Network): MaybePromise<T> {
  let step = call.next()
  while (!step.done) {
    const found = network('wait', step.value)
    if (found instanceof Promise) return goOn(call, found, network)
    step = call.next(found)
  }
  return step.value
}

async function goOn<T>(call: Blocking<T>, first: Promise<readonly Interest[]>, network: Network): Promise<T> {
  let step = call.next(await first)
  while (!step.done) step = call.next(await network('wait', step.value))
  return step.value
}

export interface Patience {
  readonly handle: Handle
  readonly events: Events
  /** 0 does not wait at all; Infinity waits for ever. */
  readonly timeoutMs: number
  readonly now: () => number
}

/** One for all: it is thrown so often that its stack, which nobody asks for, would cost more than the call. */
const wouldBlock = new SysError('EAGAIN')

/** Tries until the answer is not AGAIN, waiting in between; `EAGAIN` when time has run out. */
export function* untilDone<T>({ handle, events, timeoutMs, now }: Patience, attempt: () => T | Again): Blocking<T> {
  let answer = attempt()
  if (answer !== AGAIN) return answer
  const deadline = now() + timeoutMs
  for (;;) {
    const leftMs = timeoutMs === 0 ? 0 : deadline - now()
    if (leftMs <= 0) throw wouldBlock
    yield { on: [{ handle, events }], timeoutMs: leftMs }
    answer = attempt()
    if (answer !== AGAIN) return answer
  }
}
