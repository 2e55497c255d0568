export interface Rate {
  readonly perSecond: number
  /** How many may pass at once after a pause. */
  readonly burst: number
}

/** A token bucket. What has passed may be more than there was: then nothing passes until that is made up for. */
export class Bucket {
  readonly #burst: number
  readonly #msEach: number
  readonly #now: () => number
  /** The bucket's whole state: when it will be full again, or has been. */
  #fullAt = Number.NEGATIVE_INFINITY

  constructor({ perSecond, burst }: Rate, now: () => number) {
    this.#burst = burst
    this.#msEach = 1000 / perSecond
    this.#now = now
  }

  /** Milliseconds until so many may pass, at most a burst; 0 when they may now. */
  msUntil(count: number): number {
    return Math.max(0, this.#fullAt - (this.#burst - count) * this.#msEach - this.#now())
  }

  /** How many may pass now. */
  get level(): number {
    return this.#burst - Math.max(0, this.#fullAt - this.#now()) / this.#msEach
  }

  take(count: number): void {
    this.#fullAt = Math.max(this.#fullAt, this.#now()) + count * this.#msEach
  }
}
