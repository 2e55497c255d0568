/** The bytes are no valid module, or a newer kind than is known here. */
export class Unreadable extends Error {}

/** Reads a module's bytes one after the other. Throws `Unreadable` at their end. */
export class Reader {
  readonly #bytes: Uint8Array
  #at: number

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes
    this.#at = at
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length
  }

  /** Where the next byte is. */
  get at(): number {
    return this.#at
  }

  byte(): number {
    const value = this.peek()
    this.#at++
    return value
  }

  /** The next byte, which stays the next. */
  peek(): number {
    const value = this.#bytes[this.#at]
    if (value === undefined) throw new Unreadable()
    return value
  }

  /** LEB128; what is past 2^53 is not exact. */
  number(): number {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = this.byte()
      value += (byte & 0x7f) * scale
      if ((byte & 0x80) === 0) return value
    }
  }

  /** A view of the next bytes. */
  take(length: number): Uint8Array {
    const from = this.#at
    this.skip(length)
    return this.#bytes.subarray(from, this.#at)
  }

  skip(length: number): void {
    this.#at += length
    if (length < 0 || this.#at > this.#bytes.length) throw new Unreadable()
  }

  text(): string {
    const { buffer, byteOffset, length } = this.take(this.number())
    return Buffer.from(buffer, byteOffset, length).toString()
  }

  list<T>(read: () => T): T[] {
    const items: T[] = []
    for (let left = this.number(); left > 0; left--) items.push(read())
    return items
  }
}

/** A number in LEB128. */
export function leb(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80)
  return [...bytes, rest]
}
