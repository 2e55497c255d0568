/** What is known of the event loop that a suspended guest shares. */
export interface LoopClock {
  /** Milliseconds that never run backwards. */
  readonly now: () => number
  /** How often the loop has turned. */
  readonly turns: () => number
}

/** One by which the loop turns after so many questions, for a network in which nothing may depend on how fast a machine is. */
export function clockOfAsks(): LoopClock {
  let asks = 0
  return { now: () => asks++ / ASKS_PER_MS, turns: () => 0 }
}

const ASKS_PER_MS = 1000

/** How long a guest that asks may keep the loop from turning, in ms: looked at twice, that is a millisecond. */
const MOST_MS = 0.5

/**
 * Sees to it that the event loop turns while a guest asks without waiting, as by poll(2) with no time: nothing that it asks about could come
 * otherwise. A guest that only computes asks for nothing.
 */
export class Turns {
  readonly #clock: LoopClock
  #hasAsked = false
  #since: number
  #seen: number

  constructor(clock: LoopClock) {
    this.#clock = clock
    this.#since = clock.now()
    this.#seen = clock.turns()
  }

  /** The guest has asked for something that only the loop can change. */
  readonly note = (): void => {
    this.#hasAsked = true
  }

  /** The answer of a call, or a promise of it for which the loop turns first. `mayWait` is asked where it should. */
  after<T>(answer: T, mayWait: () => boolean): T | Promise<T> {
    if (!this.#hasAsked) return answer
    this.#hasAsked = false
    if (answer instanceof Promise || !this.#isDue() || !mayWait()) return answer
    return this.#turned(answer)
  }

  async #turned<T>(answer: T): Promise<T> {
    await new Promise(setImmediate)
    return answer
  }

  #isDue(): boolean {
    const now = this.#clock.now()
    if (now - this.#since < MOST_MS) return false
    this.#since = now
    const turns = this.#clock.turns()
    const isSame = turns === this.#seen
    this.#seen = turns
    return isSame
  }
}
