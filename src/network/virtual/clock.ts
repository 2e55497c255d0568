import { EventQueue } from './event-queue.js'

const US_PER_MS = 1000

/** A clock that goes on only when it is told to, from event to event. It counts whole microseconds, so that sums are exact. */
export class VirtualClock {
  readonly #events = new EventQueue()
  #us = 0
  #isRunning = false

  /** Milliseconds since the beginning. */
  get nowMs(): number {
    return this.#us / US_PER_MS
  }

  /** When the next event is; Infinity when there is none. */
  get nextMs(): number {
    return this.#events.nextAt / US_PER_MS
  }

  /** The moment so much later, in whole microseconds. */
  in(ms: number): number {
    return Math.ceil(this.#us + ms * US_PER_MS) / US_PER_MS
  }

  /** Runs something so much later. */
  after(ms: number, run: () => void): void {
    this.#events.add(this.#us + Math.round(Math.max(0, ms) * US_PER_MS), run)
  }

  /** Lets a microsecond pass, without running what is due: so who only looks at the clock sees it go on. */
  tick(): void {
    this.#us++
  }

  /** Runs all that is due. Within an event it does nothing: that goes on by itself. */
  catchUp(): void {
    if (!this.#isRunning) this.#runUntil(this.#us)
  }

  /** Goes on to the next event, if it is due by `untilMs`, and runs it; otherwise to `untilMs`. Answers whether there was an event. */
  step(untilMs: number): boolean {
    if (this.#isRunning) throw new Error('an event of the virtual clock cannot wait for another one')
    const until = Math.round(untilMs * US_PER_MS)
    const { nextAt } = this.#events
    if (nextAt > until || nextAt === Number.POSITIVE_INFINITY) {
      if (Number.isFinite(until)) this.#us = Math.max(this.#us, until)
      return false
    }
    this.#runNext()
    return true
  }

  #runUntil(us: number): void {
    while (this.#events.nextAt <= us) this.#runNext()
  }

  #runNext(): void {
    this.#us = Math.max(this.#us, this.#events.nextAt)
    this.#isRunning = true
    try {
      this.#events.take()?.()
    } finally {
      this.#isRunning = false
    }
  }
}
