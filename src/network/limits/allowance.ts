import { SysError } from '../../posix/errno.js'
import { Bucket } from './bucket.js'

export interface AllowanceOptions {
  readonly perSecond: number | undefined
  readonly total: number | undefined
  readonly now: () => number
  /** Told when the rate, or the total, has held something up. */
  readonly onRate: () => void
  readonly onTotal: () => void
}

/** How much of a second's bytes may pass at once after a pause. */
const BURST_SECONDS = 0.1
/** How much must have come together before anything passes again: few pieces instead of many single bytes. */
const PIECE_SECONDS = 0.02

/** How many bytes may pass in one direction: at a rate, in total, or both. */
export class Allowance {
  readonly #options: AllowanceOptions
  readonly #bucket: Bucket | undefined
  readonly #piece: number
  #left: number

  constructor(options: AllowanceOptions) {
    const { perSecond, total = Number.POSITIVE_INFINITY, now } = options
    this.#options = options
    this.#left = total
    this.#piece = Math.max(1, (perSecond ?? 0) * PIECE_SECONDS)
    this.#bucket =
      perSecond === undefined
        ? undefined
        : new Bucket({ perSecond, burst: Math.max(1, perSecond * BURST_SECONDS) }, now)
  }

  /** How many bytes of the total are left; Infinity without one. */
  get left(): number {
    return this.#left
  }

  /** Milliseconds until the next piece may pass, or fewer bytes than that; 0 for now. */
  msUntil(wanted = this.#piece): number {
    return this.#bucket?.msUntil(Math.min(wanted, this.#piece)) ?? 0
  }

  /** How many bytes of a stream may pass now, of which some are paid for; 0 for not yet. */
  grant(wanted: number, paid = 0): number {
    const atOnce = this.msUntil(wanted) > 0 ? 0 : Math.max(1, Math.floor(this.#bucket?.level ?? wanted))
    return Math.min(wanted, paid + Math.min(this.#left, atOnce))
  }

  charge(count: number): void {
    this.#left -= count
    this.#bucket?.take(count)
  }

  /** Notes that somebody was stopped. */
  noteStop(): void {
    if (this.#bucket !== undefined && this.#left > 0) this.#options.onRate()
  }

  /** The failure of what is beyond the total: POSIX and packet(7) say so where an interface is down. */
  overrun(): SysError {
    this.#options.onTotal()
    return new SysError('ENETDOWN')
  }
}
