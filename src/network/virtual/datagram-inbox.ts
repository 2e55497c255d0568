import type { Address } from '../../posix/address.js'
import { IN_BYTES } from './buffer-sizes.js'

/** What a datagram takes besides its data. */
const RECORD_BYTES = 64

export interface Datagram {
  readonly data: Uint8Array
  readonly from: Address | undefined
}

/** Datagrams that wait to be received. */
export class DatagramInbox {
  readonly #waiting: Datagram[] = []
  #used = 0
  /** How many bytes and datagrams have come in all. */
  arrived = 0

  get first(): Datagram | undefined {
    return this.#waiting[0]
  }

  get hasRoom(): boolean {
    return this.#used <= IN_BYTES / 2
  }

  clear(): void {
    this.#waiting.length = 0
    this.#used = 0
  }

  /** False, and nothing kept, where there is no room. */
  add(datagram: Datagram): boolean {
    const total = datagram.data.length + RECORD_BYTES
    if (this.#used + total > IN_BYTES) return false
    this.#waiting.push(datagram)
    this.#used += total
    this.arrived += total
    return true
  }

  /** Fills `into` with the first one, as far as that has room for it. */
  read(into: Uint8Array, peek: boolean): { length: number; from: Address | undefined } | undefined {
    const first = this.#waiting[0]
    if (first === undefined) return undefined
    const { data, from } = first
    into.set(data.subarray(0, into.length))
    if (!peek) {
      this.#waiting.shift()
      this.#used -= data.length + RECORD_BYTES
    }
    return { length: data.length, from }
  }
}
