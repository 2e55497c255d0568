import type { MaybePromise } from '../network/when-done.js'
import type { World } from '../posix/world.js'
import { after } from './timer.js'

interface WaitersOptions {
  readonly world: World
  readonly beforeWaiting?: (() => void) | undefined
  /** Timers, where the world's clock is not the machine's. */
  readonly after?: ((ms: number, then: () => void) => () => void) | undefined
}

/** How long to wait, and what to answer then. */
export interface Patience<T> {
  readonly timeoutMs: number
  readonly otherwise: T
}

/** A call that is suspended. */
interface Waiting {
  /** Looks whether there is something; true when the call goes on. */
  look(): boolean
  fail(error: unknown): void
}

/** How long a timer runs that is there only to keep the event loop alive, in ms. */
const A_WHILE_MS = 2 ** 30

/**
 * Where guests on the pump's own thread wait: each wait is a promise, and as many may be pending as the guest has calls under way. As
 * long as there is one the event loop lives.
 */
export class Waiters {
  readonly #now: () => number
  readonly #beforeWaiting: () => void
  readonly #after: typeof after
  readonly #waiting = new Set<Waiting>()
  readonly #alive = setInterval(() => {}, A_WHILE_MS).unref()
  #isRung = false
  #isClosed = false

  constructor({ world, beforeWaiting = () => {}, after: timer = after }: WaitersOptions) {
    this.#after = timer
    this.#now = () => world.now()
    this.#beforeWaiting = beforeWaiting
  }

  /**
   * Answers what `look` finds, now or later, or `otherwise` after `timeoutMs`. `announce` tells the pump what to wake us for; that holds
   * from then on, since others may wait for the same.
   */
  until<T>(
    look: () => T | undefined,
    announce: (isWaiting: boolean) => void,
    { timeoutMs, otherwise }: Patience<T>,
  ): MaybePromise<T> {
    const first = look()
    if (first !== undefined || timeoutMs <= 0) return first ?? otherwise
    if (this.#isClosed) throw closed()
    this.#beforeWaiting()
    announce(true)
    return new Promise((resolve, reject) => this.#add(look, { resolve, reject, timeoutMs, otherwise }))
  }

  /** Something has happened. Whoever waited for it goes on in this same turn of the event loop, when all of it has happened. */
  ring(): void {
    if (this.#isRung || this.#waiting.size === 0) return
    this.#isRung = true
    queueMicrotask(this.#lookAll)
  }

  /** Ends all waits with an error. */
  interrupt(error: unknown): void {
    for (const each of [...this.#waiting]) each.fail(error)
  }

  /** The same, for good. */
  close(): void {
    this.#isClosed = true
    clearInterval(this.#alive)
    this.interrupt(closed())
  }

  readonly #lookAll = (): void => {
    this.#isRung = false
    for (const each of this.#waiting) each.look()
  }

  #add<T>(look: () => T | undefined, { resolve, reject, timeoutMs, otherwise }: Pending<T>): void {
    const deadline = this.#now() + timeoutMs
    let callOff = () => {}
    const leave = () => {
      callOff()
      this.#waiting.delete(waiting)
      if (this.#waiting.size === 0) this.#alive.unref()
    }
    const waiting: Waiting = {
      look() {
        let found: T | undefined
        try {
          found = look()
        } catch (error) {
          waiting.fail(error)
          return true
        }
        if (found === undefined) return false
        leave()
        resolve(found)
        return true
      },
      fail(error) {
        leave()
        reject(error)
      },
    }
    const runOut = () => {
      const leftMs = deadline - this.#now()
      if (leftMs > 0) callOff = this.#after(leftMs, runOut)
      else if (!waiting.look()) {
        leave()
        resolve(otherwise)
      }
    }
    if (this.#waiting.size === 0) this.#alive.ref()
    this.#waiting.add(waiting)
    if (timeoutMs !== Number.POSITIVE_INFINITY) callOff = this.#after(timeoutMs, runOut)
  }
}

function closed(): Error {
  return new Error('the sockets were closed while the guest waited')
}

interface Pending<T> extends Patience<T> {
  readonly resolve: (found: T) => void
  readonly reject: (error: unknown) => void
}
