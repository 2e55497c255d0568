import { AGAIN, type Again, type Events, type Handle, type Interest, type Network } from '../network/network.js'
import type { MaybePromise } from '../network/when-done.js'
import { type Errno, SysError } from '../posix/errno.js'

/** A wait that a call asks for. */
export interface Wait {
  readonly on: readonly Interest[]
  readonly timeoutMs: number
  /** False for a wait that leaves others free to close what it waits for. */
  readonly keepsOpen?: boolean
}

/**
 * A call that may block: it yields what it waits for, and is sent what was found. So the same code runs where waiting blocks the
 * thread, and where it is a promise.
 */
export type Blocking<T> = Generator<Wait, T, readonly Interest[]>

/**
 * A call that seldom waits: its answer, where that is there at once; `AGAIN`, where it is not and the call is not to wait; otherwise
 * the rest of the call. Most calls of most guests cost no generator so, and no error.
 */
export type MaybeBlocking<T> = T | Again | Blocking<T>

/** Whether a call has to wait. */
export function isBlocking<T>(call: MaybeBlocking<T>): call is Blocking<T> {
  return typeof call === 'object' && call !== null && 'next' in call
}

/** Does `then` with what a call answers, at once where it is there. */
export function onceDone<T, R>(call: MaybeBlocking<T>, then: (answer: T) => R): MaybeBlocking<R> {
  if (call === AGAIN) return AGAIN
  return isBlocking(call) ? thenLater(call, then) : then(call as T)
}

function* thenLater<T, R>(call: Blocking<T>, then: (answer: T) => R): Blocking<R> {
  return then(yield* call)
}

/** The same call for those who wait in any case; `AGAIN` is thrown, as an `EAGAIN`. */
export function* whole<T>(call: MaybeBlocking<T>): Blocking<T> {
  return isBlocking(call) ? yield* call : notAgain(call)
}

/** What a call has answered, unless that is `AGAIN`: then it is thrown. */
function notAgain<T>(answer: T | Again): T {
  if (answer === AGAIN) throw wouldBlock
  return answer as T
}

/** Runs a call to its end, blocking this thread in the network's `wait`. Throws where that would suspend instead. */
export function runBlocking<T>(call: MaybeBlocking<T>, network: Network): T {
  if (!isBlocking(call)) return notAgain(call)
  let step = call.next()
  while (!step.done) {
    const { value } = step
    const found = waited(call, () => network('wait', value))
    if (found instanceof Promise) throw cannotBlock(found)
    step = call.next(found)
  }
  return step.value
}

/** Does a wait. Where that fails, the call is over: what it holds is given back. */
function waited<T, R>(call: Blocking<T>, wait: () => R): R {
  try {
    return wait()
  } catch (error) {
    call.return(undefined as T)
    throw error
  }
}

/** Nobody else would learn what becomes of the promise. */
function cannotBlock(wait: Promise<unknown>): TypeError {
  wait.catch(() => {})
  return new TypeError('a network that suspends guests cannot block a thread')
}

/** Runs a call to its end: at once as long as the network's `wait` answers at once, and from the first promise of it on as a promise. */
export function runSuspending<T>(call: Blocking<T>, network: Network, waits: Waits): MaybePromise<T> {
  let step = call.next()
  while (!step.done) {
    const { value: wait } = step
    const found = waited(call, () => network('wait', wait))
    if (found instanceof Promise) return goOn(call, { wait, found }, { network, waits })
    step = call.next(found)
  }
  return step.value
}

/** Hears of the waits that suspend a call: each ends when the call has gone on to the next one, or to its end. */
export interface Waits {
  begin(wait: Wait): void
  end(wait: Wait): void
}

type Found = MaybePromise<readonly Interest[]>

async function goOn<T>(
  call: Blocking<T>,
  first: { wait: Wait; found: Found },
  { network, waits }: { network: Network; waits: Waits },
): Promise<T> {
  let { wait, found } = first
  for (;;) {
    const current = wait
    waits.begin(current)
    try {
      const step = call.next(await found)
      if (step.done) return step.value
      wait = step.value
      found = network('wait', wait)
    } catch (error) {
      call.return(undefined as T) // does nothing to a call that has failed by itself
      throw error
    } finally {
      waits.end(current)
    }
  }
}

export interface Patience {
  readonly handle: Handle
  readonly events: Events
  /** 0 does not wait at all; Infinity waits for ever. */
  readonly timeoutMs: number
  readonly now: () => number
  /** Whose handle it is, where that may change while the call waits: then the call fails with `lost`. */
  readonly socket?: { readonly handle: Handle }
  readonly lost?: Errno
}

/** EAGAIN, for all who need it as an error: it is so common that its stack, which nobody asks for, would cost more than the call. */
export const wouldBlock = new SysError('EAGAIN')

/** Tries until the answer is not AGAIN, waiting in between; `EAGAIN` when time has run out. */
export function* untilDone<T>(patience: Patience, attempt: () => T | Again): Blocking<T> {
  return yield* whole(triedOnce(patience, attempt))
}

/** The same for a call that seldom waits: it is tried now. */
export function triedOnce<T>(patience: Patience, attempt: () => T | Again): MaybeBlocking<T> {
  const answer = attempt()
  return answer === AGAIN && patience.timeoutMs > 0 ? retried(patience, attempt) : answer
}

function* retried<T>(patience: Patience, attempt: () => T | Again): Blocking<T> {
  const { handle, events, timeoutMs, now, socket, lost = 'ECONNABORTED' } = patience
  const deadline = now() + timeoutMs
  for (;;) {
    const leftMs = deadline - now()
    if (leftMs <= 0) throw wouldBlock
    yield { on: [{ handle, events }], timeoutMs: leftMs }
    if (socket !== undefined && socket.handle !== handle) throw new SysError(lost)
    const answer = attempt()
    if (answer !== AGAIN) return answer
  }
}
