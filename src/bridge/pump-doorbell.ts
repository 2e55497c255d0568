import { CALLS, type DoorbellMemory, leaveDoor, MAIL, MANY, OBEYED, queues, RINGS, SEEN } from './doorbell.js'
import type { IdQueue } from './id-queue.js'
import { Wakening } from './wakening.js'

/** After so many times in vain the pump lingers no more, until a call comes soon after it has gone to sleep. */
const MOST_IN_VAIN = 3

/** A guest that has called for so many channels at once is busy: looking for its next call would take the processor from it, or from its peers. */
const BUSY = 4

/** What a pump does with its side of a doorbell. */
export type PumpBell = Pick<PumpDoorbell, 'listen' | 'next' | 'close' | 'ringFor' | 'ringForMail' | 'noteObeyed'>

/** How a pump passes the time. */
export interface PumpPace {
  readonly now: () => number
  /** How long the pump goes on looking after something has happened, before it sleeps, in ms. 0 where no processor is free for it. */
  readonly lingerMs: number
  /** True where a guest that waits for many may be woken at the end of a turn of the event loop, for all that has come in it. */
  readonly gathers?: boolean
}

/**
 * The pump's side of a doorbell. Being woken costs far more than looking, so for a moment after each event the pump keeps its event
 * loop turning and looks at every turn; as long as that does not pay, it does not.
 */
export class PumpDoorbell {
  readonly #bell: Int32Array
  readonly #wakening: Wakening
  readonly #words: Int32Array
  readonly #calls: IdQueue
  readonly #news: IdQueue
  readonly #pace: PumpPace
  #answer: () => number = () => 0
  #open = true
  #seen = 0
  #isTurning = false
  #isArmed = false
  #lingerUntil = 0
  #sleptAt = 0
  #isRingDue = false
  /** The guest has lately called for many channels at once. */
  #isBusy = false
  /** How often in a row the pump has lingered in vain. */
  #inVain = 0

  constructor(memory: DoorbellMemory, pace: PumpPace) {
    this.#bell = new Int32Array(memory.bell)
    this.#wakening = new Wakening(memory.bell)
    this.#words = new Int32Array(memory.door)
    const { calls, news } = queues(this.#words)
    this.#calls = calls
    this.#news = news
    this.#pace = pace
  }

  /** Calls `answer` whenever the guest has called; it answers for how many channels. */
  listen(answer: () => number): void {
    this.#answer = answer
    this.#turn()
  }

  /** Something has happened on the other side: the guest may well call soon. */
  stir(): void {
    if (this.#isBusy || this.#inVain >= MOST_IN_VAIN || this.#pace.lingerMs === 0) return
    this.#lingerUntil = this.#pace.now() + this.#pace.lingerMs
    if (this.#isTurning) return
    this.#isTurning = true
    setImmediate(() => this.#turn())
  }

  close(): void {
    this.#open = false
    Atomics.notify(this.#words, CALLS) // a promise of waitAsync that nobody settles is kept for ever, and all that hangs on it
  }

  #turn(): void {
    if (!this.#open) return
    const calls = Atomics.load(this.#words, CALLS)
    if (calls !== this.#seen) this.#called(calls)
    if (!this.#isBusy && this.#pace.now() < this.#lingerUntil) return void setImmediate(() => this.#turn())
    if (this.#isTurning && !this.#isBusy) this.#inVain++
    this.#isTurning = false
    this.#sleep()
  }

  #called(calls: number): void {
    const { now, lingerMs } = this.#pace
    if (this.#isTurning || now() - this.#sleptAt < lingerMs) this.#inVain = 0
    this.#seen = calls
    this.#isBusy = this.#answer() >= BUSY
    Atomics.store(this.#words, SEEN, calls)
    this.#isTurning = true
    this.stir()
  }

  /** Woken by `GuestDoorbell.call`. */
  #sleep(): void {
    this.#sleptAt = this.#pace.now()
    if (this.#isArmed) return
    const next = Atomics.waitAsync(this.#words, CALLS, this.#seen)
    this.#isArmed = next.async
    if (!next.async) return void setImmediate(() => this.#turn())
    void next.value.then(() => {
      this.#isArmed = false
      if (!this.#isTurning) this.#turn()
    })
  }

  /** Tells the guest that there is no pump here any more. */
  leave(): void {
    leaveDoor({ bell: this.#bell.buffer as SharedArrayBuffer, door: this.#words.buffer as SharedArrayBuffer })
  }

  /** A command of the guest's has been carried out. */
  noteObeyed(): void {
    Atomics.add(this.#words, OBEYED, 1)
    Atomics.notify(this.#words, OBEYED)
  }

  /** The next queued id, or undefined. */
  next(): number | undefined {
    return this.#calls.take()
  }

  /** Wakes the guest. */
  ring(): void {
    Atomics.add(this.#bell, RINGS, 1)
    Atomics.notify(this.#bell, RINGS)
    this.#wakening.wakeFromSystem()
    this.stir()
  }

  /** Puts a channel's id before the guest, and wakes it. */
  ringFor(id: number): void {
    this.#news.put(id)
    this.#ringInTime()
  }

  /** Wakes the guest to read a message that was posted. */
  ringForMail(): void {
    Atomics.add(this.#words, MAIL, 1)
    this.#ringInTime()
  }

  /** At once, or at the end of this turn of the event loop for a guest that would rather be woken for several. */
  #ringInTime(): void {
    if (!this.#pace.gathers || Atomics.load(this.#words, MANY) === 0) return this.ring()
    if (this.#isRingDue) return
    this.#isRingDue = true
    setImmediate(() => {
      this.#isRingDue = false
      this.ring()
    })
  }
}
