import type { NetworkInterface } from '../network/network.js'
import type { Party } from '../network/transport.js'
import type { World } from '../posix/world.js'
import { bellRings, type DoorbellMemory, isDoorQuiet } from './doorbell.js'

/*
 * What a guest's thread and the thread of its network tell each other of time, where that network has a clock of its own:
 *
 *   words   | sleeps | rings |      times (microseconds, 64 bits each)   | ahead | until |
 */

const SLEEPS = 0 // written by the guest: how often it has gone to sleep and woken up; odd while it sleeps
const RINGS = 1 //  written by the guest: what its bell said when it last looked

const AHEAD = 0 // written by the network's thread: by how much its clock is ahead of the machine's
const UNTIL = 1 // written by the guest: until when it sleeps, by the network's clock

const TIMES_AT = 8
const BYTES = 24
const US_PER_MS = 1000
/** As a time: never. */
const NEVER = 2n ** 62n

/** What a guest's thread is given of its network. */
export interface PresenceMemory {
  readonly shared: SharedArrayBuffer
  /** What its host in the network is called. */
  readonly name: string
  readonly interfaces: readonly NetworkInterface[]
  /** What the time was when the network's clock began, in ms since 1970. */
  readonly startsAtMs: number
  /** For its randomness. */
  readonly seed: number
}

export function presenceMemory(known: Omit<PresenceMemory, 'shared'>): PresenceMemory {
  return { shared: new SharedArrayBuffer(BYTES), ...known }
}

class PresenceSide {
  protected readonly words: Int32Array
  protected readonly times: BigInt64Array

  constructor({ shared }: PresenceMemory) {
    this.words = new Int32Array(shared, 0, 2)
    this.times = new BigInt64Array(shared, TIMES_AT, 2)
  }
}

/** The guest's side: it sleeps and wakes, and has its clock from here. */
export class GuestPresence extends PresenceSide {
  readonly #machine: World
  readonly #startsAtMs: number
  #lastMs = 0

  constructor(memory: PresenceMemory, machine: World) {
    super(memory)
    this.#machine = machine
    this.#startsAtMs = memory.startsAtMs
  }

  /** The clocks of the network, with somebody else's randomness. */
  world(random: World['random']): World {
    const now = () => this.now()
    return { now, time: () => this.#startsAtMs + now(), random }
  }

  now(): number {
    const aheadMs = Number(Atomics.load(this.times, AHEAD)) / US_PER_MS
    this.#lastMs = Math.max(this.#lastMs, this.#machine.now() + aheadMs)
    return this.#lastMs
  }

  /** The guest has seen all that had happened at `rings`, and sleeps. Wakes `ThreadParty.#watch`. */
  asleep(rings: number, untilMs: number): void {
    const until = Number.isFinite(untilMs) ? BigInt(Math.ceil(untilMs * US_PER_MS)) : NEVER
    Atomics.store(this.times, UNTIL, until)
    Atomics.store(this.words, RINGS, rings)
    Atomics.add(this.words, SLEEPS, 1)
    Atomics.notify(this.words, SLEEPS)
  }

  awake(): void {
    Atomics.add(this.words, SLEEPS, 1)
  }
}

/** The same guest, as the thread of its network sees it. */
export class ThreadParty extends PresenceSide implements Party {
  readonly #machine: World
  readonly #doors: readonly DoorbellMemory[]
  readonly #wake: () => void
  onWaiting: () => void = () => {}
  #isGone = false

  /** `doors` are all by which the guest calls, and `wake` rings its bell. */
  constructor(memory: PresenceMemory, machine: World, guest: { doors: readonly DoorbellMemory[]; wake: () => void }) {
    super(memory)
    this.#machine = machine
    this.#doors = guest.doors
    this.#wake = guest.wake
    this.#watch()
  }

  get isWaiting(): boolean {
    const sleeps = Atomics.load(this.words, SLEEPS)
    const rings = Atomics.load(this.words, RINGS)
    const isQuiet = this.#doors.every((door) => isDoorQuiet(door) && bellRings(door) === rings)
    return sleeps % 2 !== 0 && isQuiet && Atomics.load(this.words, SLEEPS) === sleeps
  }

  get untilMs(): number {
    const until = Atomics.load(this.times, UNTIL)
    return until === NEVER ? Number.POSITIVE_INFINITY : Number(until) / US_PER_MS
  }

  now(): number {
    return this.#machine.now()
  }

  clockIs(aheadMs: number): void {
    Atomics.store(this.times, AHEAD, BigInt(Math.round(aheadMs * US_PER_MS)))
    if (this.isWaiting && this.now() + aheadMs >= this.untilMs) this.#wake()
  }

  /** Nobody is to be watched any more. */
  leave(): void {
    this.#isGone = true
    Atomics.notify(this.words, SLEEPS) // a promise of waitAsync that nobody settles is kept for ever
  }

  /** Woken by `GuestPresence.asleep`. */
  #watch(): void {
    const sleeps = Atomics.load(this.words, SLEEPS)
    if (sleeps % 2 !== 0) this.onWaiting()
    const next = Atomics.waitAsync(this.words, SLEEPS, sleeps)
    const again = () => {
      if (!this.#isGone) this.#watch()
    }
    if (next.async) void next.value.then(again)
    else setImmediate(again)
  }
}
