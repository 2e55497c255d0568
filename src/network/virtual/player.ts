import type { World } from '../../posix/world.js'
import type { Party, Time } from '../transport.js'
import type { VirtualClock } from './clock.js'

/** So many turns of the event loop without anything planned, and all that the app had to say is taken to be said. */
const QUIET_TURNS = 4

/**
 * Lets the clock go on by itself as the event loop turns: where all have had their say and everybody waits, to the next event at once.
 * While a guest in another thread is at work, as real time does.
 */
export class Player implements Time {
  readonly world: World
  readonly startsAtMs: number
  readonly #clock: VirtualClock
  readonly #seeds: () => number
  readonly #parties = new Set<Party>()
  #holds = 0
  #isPlaying = false
  #isTurning = false
  #quietTurns = 0
  #timer: NodeJS.Timeout | undefined

  constructor(clock: VirtualClock, given: { world: World; startsAtMs: number; seeds: () => number }) {
    const { world, startsAtMs, seeds } = given
    this.#clock = clock
    this.world = world
    this.startsAtMs = startsAtMs
    this.#seeds = seeds
  }

  /** From now on. */
  play(): void {
    if (this.#isPlaying) return
    this.#isPlaying = true
    this.#clock.onPlanned = () => this.stir()
    this.stir()
  }

  hold(): () => void {
    this.#holds++
    let isHeld = true
    return () => {
      if (isHeld) this.#holds--
      isHeld = false
      this.stir()
    }
  }

  join(party: Party): () => void {
    if (this.#parties.size === 0) this.#clock.follow(() => party.now())
    this.#parties.add(party)
    party.onWaiting = () => this.stir()
    party.clockIs(this.#clock.aheadMs)
    this.play()
    return () => {
      if (!this.#parties.delete(party)) return
      const [next] = this.#parties
      this.#clock.follow(next && (() => next.now()))
      this.stir()
    }
  }

  after(ms: number, then: () => void): () => void {
    this.play()
    return this.#clock.after(ms, then)
  }

  seed(): number {
    return this.#seeds()
  }

  /** Something has happened: looks what to do when the event loop has turned for a while. */
  stir(): void {
    this.#quietTurns = 0
    if (!this.#isPlaying || this.#isTurning || this.#holds > 0) return
    this.#isTurning = true
    setImmediate(() => this.#turn())
  }

  #turn(): void {
    this.#isTurning = false
    clearTimeout(this.#timer)
    if (this.#holds > 0) return
    if (this.#quietTurns++ < QUIET_TURNS) {
      this.#isTurning = true
      setImmediate(() => this.#turn())
    } else if ([...this.#parties].every(({ isWaiting }) => isWaiting)) this.#jump()
    else this.#keepTime()
  }

  /** Everybody waits: on to the next event, or to when somebody's patience ends. */
  #jump(): void {
    const { nextMs } = this.#clock
    const untilMs = Math.min(...[...this.#parties].map((party) => party.untilMs))
    if (Math.min(nextMs, untilMs) === Number.POSITIVE_INFINITY) return
    this.#clock.jump(Math.min(nextMs, untilMs))
    for (const party of this.#parties) party.clockIs(this.#clock.aheadMs)
    this.#clock.catchUp()
    this.stir()
  }

  /** Somebody is at work: what is due happens, and what is not waits for its time. */
  #keepTime(): void {
    this.#clock.catchUp()
    const leftMs = this.#clock.nextMs - this.#clock.nowMs
    if (leftMs === Number.POSITIVE_INFINITY) return
    this.#timer = setTimeout(() => this.stir(), Math.min(leftMs, LONGEST_MS))
    this.#timer.unref()
  }
}

/** A timer of Node's runs out at once when it is set for longer than a little more than this. */
const LONGEST_MS = 2 ** 30
