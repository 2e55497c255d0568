import type { MaybePromise } from '../network/when-done.js'
import type { World } from '../posix/world.js'
import { after } from './timer.js'
import type { Awaited } from './watches.js'

interface WaitersOptions {
  readonly world: World
  readonly beforeWaiting?: (() => void) | undefined
  /** Timers, where the world's clock is not the machine's. */
  readonly after?: ((ms: number, then: () => void) => () => void) | undefined
  /** Takes note of what has happened, and so wakes those who wait for it. */
  readonly catchUp: () => void
}

/** How long to wait, and what to answer then. */
export interface Patience<T> {
  readonly timeoutMs: number
  readonly otherwise: T
}

/** A call that is suspended. */
interface Waiting {
  /** Goes on when all that happens in this turn of the event loop has happened. */
  readonly isMany: boolean
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
  readonly #catchUp: () => void
  readonly #waiting = new Set<Waiting>()
  /** Those for whom a look may find something. */
  #woken = new Set<Waiting>()
  #wokenTogether = new Set<Waiting>()
  readonly #isMachineTime: boolean
  readonly #alive = setInterval(() => {}, A_WHILE_MS).unref()
  /** How many of those who wait would rather not be woken with others. */
  #few = 0
  #isRung = false
  #isClosed = false

  constructor({ world, beforeWaiting = () => {}, after: timer = after, catchUp }: WaitersOptions) {
    this.#after = timer
    this.#isMachineTime = timer === after
    this.#catchUp = catchUp
    this.#now = () => world.now()
    this.#beforeWaiting = beforeWaiting
  }

  /** Answers what a look finds, now or later, or `otherwise` after `timeoutMs`. */
  until<T>(awaited: Awaited<T>, { timeoutMs, otherwise }: Patience<T>): MaybePromise<T> {
    const first = awaited.look()
    if (first !== undefined || timeoutMs <= 0) return first ?? otherwise
    if (this.#isClosed) throw closed()
    this.#beforeWaiting()
    return new Promise((resolve, reject) => this.#add(awaited, { resolve, reject, timeoutMs, otherwise }))
  }

  /** Something has happened. Whoever waited for it goes on in this same turn of the event loop, when all of it has happened. */
  ring(): void {
    if (this.#isRung || this.#waiting.size === 0) return
    this.#isRung = true
    if (this.#few === 0 && this.#isMachineTime) setImmediate(this.#lookAgain, true)
    else queueMicrotask(this.#lookAgain)
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

  #wake(waiting: Waiting): void {
    this.#woken.add(waiting)
    this.ring()
  }

  /** `isTogether` when all has happened that happens in this turn. */
  readonly #lookAgain = (isTogether = false): void => {
    this.#catchUp()
    this.#isRung = false
    const woken = this.#woken
    this.#woken = new Set()
    for (const each of woken) {
      if (each.isMany && this.#isMachineTime && !isTogether) this.#lookTogether(each)
      else each.look()
    }
  }

  #lookTogether(waiting: Waiting): void {
    if (this.#wokenTogether.size === 0)
      setImmediate(() => {
        const woken = this.#wokenTogether
        this.#wokenTogether = new Set()
        for (const each of woken) each.look()
      })
    this.#wokenTogether.add(waiting)
  }

  #add<T>(awaited: Awaited<T>, { resolve, reject, timeoutMs, otherwise }: Pending<T>): void {
    const deadline = this.#now() + timeoutMs
    let callOff = () => {}
    const leave = () => {
      callOff()
      awaited.end()
      this.#waiting.delete(waiting)
      if (!waiting.isMany) this.#few--
      this.#woken.delete(waiting)
      this.#wokenTogether.delete(waiting)
      if (this.#waiting.size === 0) this.#alive.unref()
    }
    const waiting: Waiting = {
      isMany: awaited.isMany,
      look() {
        let found: T | undefined
        try {
          found = awaited.look()
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
    if (!waiting.isMany) this.#few++
    awaited.begin(() => this.#wake(waiting))
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
