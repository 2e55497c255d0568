import { EventQueue } from './event-queue.js'

const US_PER_MS = 1000

/** A clock that goes on only when it is told to, from event to event. It counts whole microseconds, so that sums are exact. */
export class VirtualClock {
  readonly #events = new EventQueue()
  #us = 0
  #isRunning = false
  /** A clock that this one keeps up with, and by how much it is ahead. */
  #other: { readonly now: () => number; aheadUs: number } | undefined
  /** Called when something has been planned. */
  onPlanned: () => void = () => {}

  /** Milliseconds since the beginning. */
  get nowMs(): number {
    this.#keepUp()
    return this.#us / US_PER_MS
  }

  /** By how much this clock is ahead of the one that it follows. */
  get aheadMs(): number {
    return (this.#other?.aheadUs ?? 0) / US_PER_MS
  }

  /** Goes on as another clock does from now on, besides; with undefined no more. */
  follow(now: (() => number) | undefined): void {
    this.#keepUp()
    this.#other = now && { now, aheadUs: this.#us - Math.floor(now() * US_PER_MS) }
  }

  /** Goes on to a moment at once, without running anything; that what is due then is run is the caller's business. */
  jump(ms: number): void {
    const us = Math.round(ms * US_PER_MS)
    this.#keepUp()
    if (us <= this.#us) return
    this.#us = us
    if (this.#other !== undefined) this.#other.aheadUs = us - Math.floor(this.#other.now() * US_PER_MS)
  }

  /** When the next event is; Infinity when there is none. */
  get nextMs(): number {
    return this.#events.nextAt / US_PER_MS
  }

  /** The moment so much later, in whole microseconds. */
  in(ms: number): number {
    this.#keepUp()
    return Math.ceil(this.#us + ms * US_PER_MS) / US_PER_MS
  }

  /** Runs something so much later; answers how to call it off. */
  after(ms: number, run: () => void): () => void {
    this.#keepUp()
    const callOff = this.#events.add(this.#us + Math.round(Math.max(0, ms) * US_PER_MS), run)
    this.onPlanned()
    return callOff
  }

  /** Lets a microsecond pass, without running what is due: so who only looks at the clock sees it go on. */
  tick(): void {
    this.#us++
  }

  /** Runs all that is due. Within an event it does nothing: that goes on by itself. */
  catchUp(): void {
    this.#keepUp()
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

  /** Not within an event, which is at its own time. */
  #keepUp(): void {
    if (this.#other === undefined || this.#isRunning) return
    this.#us = Math.max(this.#us, Math.floor(this.#other.now() * US_PER_MS) + this.#other.aheadUs)
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
