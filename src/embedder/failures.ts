import { isThenable } from './take.js'

/** How long a guest may take to end by itself after a stream of the caller's has failed, in ms. It has been told `EIO`. */
export const GRACE_MS = 1000

/** How many promises of the caller's functions may be pending, and how long a guest waits where none of them is settled, in ms. */
const MOST_PENDING = 10_000
const PATIENCE_MS = 1000

type Listener = (reason: unknown, graceMs: number) => void
type Function<A extends unknown[]> = (...args: A) => unknown

/** Collects the failures of one caller's functions and streams while its guest runs. The first one counts. */
export class Failures {
  #first: { readonly reason: unknown } | undefined
  #isThrown = false
  #isOver = false
  #listener: Listener = () => {}
  /** Promises of the caller's functions that are not settled yet. */
  readonly #pending = new Set<Promise<void>>()

  get hasFailed(): boolean {
    return this.#first !== undefined
  }

  /** Notes a failure. The guest is stopped with `reason`, at once or after `graceMs` in which it may end by itself. */
  readonly fail = (reason: unknown, graceMs = 0): void => {
    if (this.#first !== undefined) return
    if (this.#isOver) return warn(reason)
    this.#first = { reason }
    this.#listener(reason, graceMs)
  }

  /** Names the one that stops the guest. It is called at once if something has failed already. */
  onFailure(listener: Listener): void {
    this.#listener = listener
    if (this.#first !== undefined) listener(this.#first.reason, 0)
  }

  /** Wraps a function of the caller's so that it never throws. Returns a promise that never rejects if the function returns one. */
  watched<A extends unknown[]>(called: Function<A>): (...args: A) => Promise<void> | undefined {
    return (...args) => {
      try {
        return this.follow(called(...args))
      } catch (error) {
        this.fail(error)
        return undefined
      }
    }
  }

  /** The same for a function that the guest calls on this thread: what it throws ends the guest's call too. */
  passing<A extends unknown[]>(called: Function<A>): (...args: A) => void {
    return (...args) => {
      try {
        void this.follow(called(...args))
      } catch (error) {
        this.fail(error)
        throw error
      }
    }
  }

  /** Notes a rejection of what a function has returned, if that is a promise. */
  follow(returned: unknown): Promise<void> | undefined {
    if (!isThenable(returned)) return undefined
    const settled: Promise<void> = Promise.resolve(returned)
      .then(() => {}, this.fail)
      .finally(() => this.#pending.delete(settled))
    this.#pending.add(settled)
    return settled
  }

  /** A promise to wait for while too many of the caller's are pending, but not for ever: they may be waiting for this very guest. */
  room(after: (ms: number, then: () => void) => () => void): Promise<void> | undefined {
    if (this.#pending.size < MOST_PENDING) return undefined
    return new Promise((resolve) => {
      const callOff = after(PATIENCE_MS, resolve)
      void Promise.race(this.#pending).then(() => {
        callOff()
        resolve(this.room(after))
      })
    })
  }

  /** Resolves when all promises of the caller's functions are settled, or when something has failed. */
  async settled(): Promise<void> {
    await Promise.resolve()
    while (this.#pending.size > 0 && !this.hasFailed) await Promise.race(this.#pending)
  }

  /** Throws the failure, if there is one. */
  check(): void {
    if (this.#first === undefined) return
    this.#isThrown = true
    throw this.#first.reason
  }

  /** The guest has ended: what fails from now on is a warning of the process. */
  seal(): void {
    this.#isOver = true
  }

  /** The same. Throws the failure unless that has been thrown. */
  end(): void {
    this.seal()
    if (!this.#isThrown) this.check()
  }
}

/** Nothing waits for the guest any more that could reject. */
function warn(reason: unknown): void {
  const text = reason instanceof Error ? reason.message : String(reason)
  process.emitWarning(`a function or stream of the host failed after its guest had ended: ${text}`, 'PosixWasmWarning')
}
