import { CHANNEL_BYTES } from './channel.js'

/** A channel's place: the number of its slab and the byte where it begins. */
export interface Place {
  readonly slab: number
  readonly at: number
}

const FIRST_SLAB_CHANNELS = 16
const SLAB_CHANNELS = 256

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
    const count = this.#slabs.length === 0 ? FIRST_SLAB_CHANNELS : SLAB_CHANNELS
    const slab = new SharedArrayBuffer(count * CHANNEL_BYTES)
    const number = this.#slabs.push(slab) - 1
    this.#announce(slab)
    for (let index = count - 1; index >= 0; index--) this.#free.push({ slab: number, at: index * CHANNEL_BYTES })
  }
}
