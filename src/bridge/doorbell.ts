/*
 * How two threads wake each other. The guest has one bell, which every pump that serves it rings; each pump has a doorbell of
 * its own towards the guest.
 *
 *   bell       | rings | and what wakening.ts has beside it |
 *   doorbell   | calls  mail  seen  gone  head  tail  obeyed  posted | queue: ids of channels with something for the pump |
 *
 * The guest sleeps on `rings` with Atomics.wait; a pump listens to `calls` with Atomics.waitAsync, which does not keep an event
 * loop alive. The queue has one producer and one consumer, and a channel stands in it at most once.
 */

import { BELL_BYTES, Wakening } from './wakening.js'

const RINGS = 0 // added to by the pumps: moves whenever something happened that the guest waits for

const CALLS = 0 // written by the guest: moves whenever there is something for the pump
const MAIL = 1 //  written by the pump: how many messages it has posted
const SEEN = 2 //  written by the pump: the value of CALLS it has last answered
const GONE = 3 //  written by the pump's thread as it ends: 1
const HEAD = 4 //  written by the guest: how many ids were queued
const TAIL = 5 //  written by the pump: how many ids were taken
const OBEYED = 6 // written by the pump: how many commands it has carried out
const POSTED = 7 // written by the guest: how many commands it has posted
const QUEUE = 8

/** The most handles that a bridge has at once: so many fit in the queue. */
export const MOST_HANDLES = 1 << 15

/** The shared memory between one guest and one pump. */
export interface DoorbellMemory {
  readonly bell: SharedArrayBuffer
  readonly door: SharedArrayBuffer
}

export function bellMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(BELL_BYTES)
}

export function doorMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer((QUEUE + MOST_HANDLES) * 4)
}

/** How often a guest has been rung for. */
export function bellRings({ bell }: DoorbellMemory): number {
  return Atomics.load(new Int32Array(bell), RINGS)
}

/** True when a pump has done all that its guest has asked for. */
export function isDoorQuiet({ door }: DoorbellMemory): boolean {
  const words = new Int32Array(door, 0, QUEUE)
  const same = (one: number, other: number) => Atomics.load(words, one) === Atomics.load(words, other)
  return same(POSTED, OBEYED) && same(CALLS, SEEN) && same(HEAD, TAIL)
}

/** What the guest sleeps on. */
export class Bell {
  readonly #words: Int32Array

  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory)
  }

  /** What `sleep` compares with: read it before looking whether there is a reason to sleep. */
  get rings(): number {
    return Atomics.load(this.#words, RINGS)
  }

  /** Blocks until somebody has rung since `rings` was read, or for `timeoutMs`. Woken by `PumpDoorbell.ring`. */
  sleep(rings: number, timeoutMs: number): void {
    Atomics.wait(this.#words, RINGS, rings, timeoutMs)
  }

  /** Wakes the guest. */
  ring(): void {
    Atomics.add(this.#words, RINGS, 1)
    Atomics.notify(this.#words, RINGS)
  }
}

/** The guest's side of a doorbell. */
export class GuestDoorbell {
  readonly #words: Int32Array

  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory)
  }

  /** Puts a channel's id before the pump, and wakes it. */
  queue(id: number): void {
    const head = Atomics.load(this.#words, HEAD)
    this.#words[QUEUE + (head & (MOST_HANDLES - 1))] = id
    Atomics.store(this.#words, HEAD, (head + 1) | 0)
    this.call()
  }

  /** Wakes the pump; answers a number to ask `hasAnswered` about. */
  call(): number {
    const number = (Atomics.add(this.#words, CALLS, 1) + 1) | 0
    Atomics.notify(this.#words, CALLS)
    return number
  }

  hasAnswered(call: number): boolean {
    return ((Atomics.load(this.#words, SEEN) - call) | 0) >= 0
  }

  /** How many commands the pump has carried out. */
  get obeyed(): number {
    return Atomics.load(this.#words, OBEYED)
  }

  /** Blocks until the pump has carried out more than `count`, or for `timeoutMs`. Woken by `PumpDoorbell.noteObeyed`. */
  sleepUntilObeyed(count: number, timeoutMs: number): void {
    Atomics.wait(this.#words, OBEYED, count, timeoutMs)
  }

  /** A command is on its way to the pump. */
  notePosted(): void {
    Atomics.add(this.#words, POSTED, 1)
  }

  get isGone(): boolean {
    return Atomics.load(this.#words, GONE) === 1
  }

  get mailCount(): number {
    return Atomics.load(this.#words, MAIL)
  }
}

/** After so many times in vain the pump lingers no more, until a call comes soon after it has gone to sleep. */
const MOST_IN_VAIN = 3

/** What a pump does with its side of a doorbell. */
export type PumpBell = Pick<PumpDoorbell, 'listen' | 'next' | 'close' | 'ring' | 'ringForMail' | 'noteObeyed'>

/** How a pump passes the time. */
export interface PumpPace {
  readonly now: () => number
  /** How long the pump goes on looking after something has happened, before it sleeps, in ms. 0 where no processor is free for it. */
  readonly lingerMs: number
}

/**
 * The pump's side of a doorbell. Being woken costs far more than looking, so for a moment after each event the pump keeps its event
 * loop turning and looks at every turn; as long as that does not pay, it does not.
 */
export class PumpDoorbell {
  readonly #bell: Int32Array
  readonly #wakening: Wakening
  readonly #words: Int32Array
  readonly #pace: PumpPace
  #answer: () => void = () => {}
  #open = true
  #seen = 0
  #isTurning = false
  #isArmed = false
  #lingerUntil = 0
  #sleptAt = 0
  /** How often in a row the pump has lingered in vain. */
  #inVain = 0

  constructor(memory: DoorbellMemory, pace: PumpPace) {
    this.#bell = new Int32Array(memory.bell)
    this.#wakening = new Wakening(memory.bell)
    this.#words = new Int32Array(memory.door)
    this.#pace = pace
  }

  /** Calls `answer` whenever the guest has called. */
  listen(answer: () => void): void {
    this.#answer = answer
    this.#turn()
  }

  /** Something has happened on the other side: the guest may well call soon. */
  stir(): void {
    if (this.#inVain >= MOST_IN_VAIN || this.#pace.lingerMs === 0) return
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
    if (this.#pace.now() < this.#lingerUntil) return void setImmediate(() => this.#turn())
    if (this.#isTurning) this.#inVain++
    this.#isTurning = false
    this.#sleep()
  }

  #called(calls: number): void {
    const { now, lingerMs } = this.#pace
    if (this.#isTurning || now() - this.#sleptAt < lingerMs) this.#inVain = 0
    this.#seen = calls
    this.#answer()
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

  /** Tells the guest that nobody answers here any more. */
  leave(): void {
    Atomics.store(this.#words, GONE, 1)
    this.ring()
  }

  /** A command of the guest's has been carried out. */
  noteObeyed(): void {
    Atomics.add(this.#words, OBEYED, 1)
    Atomics.notify(this.#words, OBEYED)
  }

  /** The next queued id, or undefined. */
  next(): number | undefined {
    const tail = Atomics.load(this.#words, TAIL)
    if (tail === Atomics.load(this.#words, HEAD)) return undefined
    const id = this.#words[QUEUE + (tail & (MOST_HANDLES - 1))]
    Atomics.store(this.#words, TAIL, (tail + 1) | 0)
    return id
  }

  /** Wakes the guest. */
  ring(): void {
    Atomics.add(this.#bell, RINGS, 1)
    Atomics.notify(this.#bell, RINGS)
    this.#wakening.wakeFromSystem()
    this.stir()
  }

  /** Wakes the guest to read a message that was posted. */
  ringForMail(): void {
    Atomics.add(this.#words, MAIL, 1)
    this.ring()
  }
}
