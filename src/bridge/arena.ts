import { CHANNEL_BYTES } from './channel.js'

/** A channel's place: the number of its slab and the byte where it begins. */
export interface Place {
  readonly slab: number
  readonly at: number
}

/**
 * How many channels a slab has: enough to make it larger than 32 MiB. From there on glibc always takes memory from the system, fresh and
 * untouched; smaller pieces may be recycled, and then every page is filled with zeros, which makes it real.
 */
const SLAB_CHANNELS = 64

/**
 * The shared memory that channels are taken from. Slabs are reserved, not filled: a page becomes real when it is first used,
 * and a place that was freed is given out again before a new one.
 */
export class Arena {
  readonly #slabs: SharedArrayBuffer[] = []
  readonly #free: Place[] = []
  readonly #announce: (slab: SharedArrayBuffer) => void

  /** `announce` tells the other side of each new slab, in order. */
  constructor(announce: (slab: SharedArrayBuffer) => void) {
    this.#announce = announce
  }

  take(): { place: Place; memory: SharedArrayBuffer } {
    if (this.#free.length === 0) this.#grow()
    const place = this.#free.pop() as Place
    return { place, memory: this.#slabs[place.slab] as SharedArrayBuffer }
  }

  give(place: Place): void {
    this.#free.push(place)
  }

  #grow(): void {
    const slab = new SharedArrayBuffer(SLAB_CHANNELS * CHANNEL_BYTES)
    const number = this.#slabs.push(slab) - 1
    this.#announce(slab)
    for (let index = SLAB_CHANNELS - 1; index >= 0; index--)
      this.#free.push({ slab: number, at: index * CHANNEL_BYTES })
  }
}
