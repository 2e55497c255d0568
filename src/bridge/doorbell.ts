/*
 * How two threads wake each other. The guest has one bell, which every pump that serves it rings; each pump has a doorbell of
 * its own towards the guest.
 *
 *   bell       | rings | and what wakening.ts has beside it |
 *   doorbell   | calls  mail  seen  gone  head  tail  obeyed  posted  told  heard  many | queue | news |
 *
 * The guest sleeps on `rings` with Atomics.wait; a pump listens to `calls` with Atomics.waitAsync, which does not keep an event
 * loop alive. Two queues hold ids of channels, each id at most once: those with something for the pump, and those with news for the guest.
 */

import { IdQueue } from './id-queue.js'
import { BELL_BYTES, Wakening } from './wakening.js'

export const RINGS = 0 // added to by the pumps: moves whenever something happened that the guest waits for

export const CALLS = 0 // written by the guest: moves whenever there is something for the pump
export const MAIL = 1 //  written by the pump: how many messages it has posted
export const SEEN = 2 //  written by the pump: the value of CALLS it has last answered
export const GONE = 3 //  written by the pump's thread as it ends, and by the thread that has started it: 1
const HEAD = 4 //  written by the guest: how many ids were queued
const TAIL = 5 //  written by the pump: how many ids were taken
export const OBEYED = 6 // written by the pump: how many commands it has carried out
const POSTED = 7 // written by the guest: how many commands it has posted
const TOLD = 8 //   written by the pump: how many ids with news were queued
const HEARD = 9 //  written by the guest: how many of them were taken
export const MANY = 10 //  written by the guest: 1 while it waits for many channels, and would rather be woken for several at once than soon
const WORDS = 11

/** The most handles that a bridge has at once: so many fit in a queue. */
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
  return new SharedArrayBuffer((WORDS + 2 * MOST_HANDLES) * 4)
}

/** What the guest queues, and what the pump does. */
export function queues(words: Int32Array): { calls: IdQueue; news: IdQueue } {
  const ids = (index: number) => words.subarray(WORDS + index * MOST_HANDLES, WORDS + (index + 1) * MOST_HANDLES)
  return {
    calls: new IdQueue(words, { head: HEAD, tail: TAIL, ids: ids(0) }),
    news: new IdQueue(words, { head: TOLD, tail: HEARD, ids: ids(1) }),
  }
}

/** How often a guest has been rung for. */
export function bellRings({ bell }: DoorbellMemory): number {
  return Atomics.load(new Int32Array(bell), RINGS)
}

/** True when a pump has done all that its guest has asked for. */
export function isDoorQuiet({ door }: DoorbellMemory): boolean {
  const words = new Int32Array(door, 0, WORDS)
  const same = (one: number, other: number) => Atomics.load(words, one) === Atomics.load(words, other)
  return same(POSTED, OBEYED) && same(CALLS, SEEN) && same(HEAD, TAIL)
}

/** Says that there is no pump any more at a doorbell, and wakes the guest. */
export function leaveDoor({ bell, door }: DoorbellMemory): void {
  const words = new Int32Array(door)
  Atomics.store(words, GONE, 1)
  Atomics.notify(words, OBEYED)
  new Bell(bell).ring()
  new Wakening(bell).wakeFromSystem()
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

  /** Blocks until a pump has rung since `rings` was read, or for `timeoutMs`. Woken by `PumpDoorbell.ring`. */
  sleep(rings: number, timeoutMs: number): 'ok' | 'not-equal' | 'timed-out' {
    return Atomics.wait(this.#words, RINGS, rings, timeoutMs)
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
  readonly #calls: IdQueue
  readonly #news: IdQueue

  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory)
    const { calls, news } = queues(this.#words)
    this.#calls = calls
    this.#news = news
  }

  /** Puts a channel's id before the pump, and wakes it. */
  queue(id: number): void {
    this.#calls.put(id)
    this.call()
  }

  set waitsForMany(isMany: boolean) {
    Atomics.store(this.#words, MANY, isMany ? 1 : 0)
  }

  /** The next channel with news, or undefined. */
  nextNews(): number | undefined {
    return this.#news.take()
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
  sleepUntilObeyed(count: number, timeoutMs: number): 'ok' | 'not-equal' | 'timed-out' {
    return Atomics.wait(this.#words, OBEYED, count, timeoutMs)
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
