import { SysError } from '../posix/errno.js'

const decoder = new TextDecoder()
const encoder = new TextEncoder()

/**
 * A guest's linear memory. Every access is checked, and `EFAULT` when any byte of it lies outside. Pointers and lengths arrive from
 * WebAssembly as signed numbers and are taken as unsigned.
 */
export class GuestMemory {
  readonly #get: () => WebAssembly.Memory
  #buffer: ArrayBufferLike | undefined
  #bytes = new Uint8Array(0)
  #data = new DataView(new ArrayBuffer(0))

  /** `get` answers the memory once the guest has been instantiated. */
  constructor(get: () => WebAssembly.Memory) {
    this.#get = get
  }

  /** The bytes at `pointer`, shared with the guest. Not to be kept: growing the memory detaches them. */
  bytes(pointer: number, length: number): Uint8Array {
    const start = this.check(pointer, length)
    return this.#bytes.subarray(start, start + unsigned(length))
  }

  /** A view for fields of `length` bytes in all at `pointer`; answers where they begin in it. */
  fields(pointer: number, length: number): { data: DataView; at: number } {
    const at = this.check(pointer, length)
    return { data: this.#data, at }
  }

  /** Throws `EFAULT` unless all of the bytes lie in memory; answers the pointer as unsigned. */
  check(pointer: number, length: number): number {
    this.#refresh()
    const start = unsigned(pointer)
    if (start + unsigned(length) > this.#bytes.length) throw new SysError('EFAULT')
    return start
  }

  /** The text that ends with a NUL. `EFAULT` when it is not ended within memory, `ENAMETOOLONG` past `most` bytes. */
  text(pointer: number, most: number): string {
    const start = this.check(pointer, 0)
    const end = this.#bytes.indexOf(0, start)
    if (end > start + most || (end < 0 && this.#bytes.length - start > most)) throw new SysError('ENAMETOOLONG')
    if (end < 0) throw new SysError('EFAULT')
    return decoder.decode(this.#bytes.slice(start, end))
  }

  /** Writes a text and its NUL, cut to `length` bytes in all; answers the length of the whole text in bytes. */
  setText(pointer: number, length: number, text: string): number {
    const target = this.bytes(pointer, length)
    const whole = encoder.encode(text)
    if (target.length > 0) {
      const kept = whole.subarray(0, target.length - 1)
      target.set(kept)
      target[kept.length] = 0
    }
    return whole.length
  }

  #refresh(): void {
    const { buffer } = this.#get()
    if (buffer === this.#buffer) return
    this.#buffer = buffer
    this.#bytes = new Uint8Array(buffer)
    this.#data = new DataView(buffer)
  }
}

/** An i32 as the u32 it means. A number past 2^32, as the product of two, stays what it is. */
function unsigned(number: number): number {
  return number < 0 ? number + 2 ** 32 : number
}
