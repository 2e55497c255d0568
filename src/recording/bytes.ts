import { RecordingError } from './errors.js'

const FIRST_BYTES = 4096
/** A buffer that has grown beyond this is not kept. */
const MOST_KEPT_BYTES = 4 * 1024 * 1024

/** Writes bytes behind each other into a buffer that grows. */
export class ByteWriter {
  #bytes = Buffer.allocUnsafe(FIRST_BYTES)
  #length = 0

  /** What has been written, as a view that the next write may change. */
  get written(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  /** Forgets what has been written, but for the first `keep` bytes. */
  rewind(keep = 0): void {
    this.#length = keep
    if (this.#bytes.length > MOST_KEPT_BYTES) this.#bytes = Buffer.allocUnsafe(FIRST_BYTES)
  }

  byte(value: number): void {
    const at = this.#take(1)
    this.#bytes[at] = value
  }

  /** A number from 0 to 2 ** 53: seven bits a byte, the low ones first. */
  varint(value: number): void {
    let rest = value
    while (rest >= 0x80) {
      this.byte((rest % 0x80) | 0x80)
      rest = Math.floor(rest / 0x80)
    }
    this.byte(rest)
  }

  double(value: number): void {
    const at = this.#take(8)
    this.#bytes.writeDoubleLE(value, at)
  }

  raw(bytes: Uint8Array): void {
    const at = this.#take(bytes.length)
    this.#bytes.set(bytes, at)
  }

  /** Bytes after their length. */
  sized(bytes: Uint8Array): void {
    this.varint(bytes.length)
    this.raw(bytes)
  }

  /** Makes room for `count` more; answers where. */
  #take(count: number): number {
    const at = this.#length
    this.#length += count
    if (this.#length > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.#length, 2 * this.#bytes.length))
      larger.set(this.#bytes.subarray(0, at))
      this.#bytes = larger
    }
    return at
  }
}

/** The longest text that is read. */
const MOST_TEXT_BYTES = 64 * 1024 * 1024
/** The most values in one: what was found of 65,536 sockets is half a million. */
const MOST_VALUES = 1_000_000

/** Reads them back. What does not lie inside is damage. */
export class ByteReader {
  readonly #bytes: Buffer
  #at = 0
  #values = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length
  }

  byte(): number {
    return this.#bytes[this.#take(1)] as number
  }

  varint(): number {
    let value = 0
    for (let scale = 1; scale < 2 ** 53; scale *= 0x80) {
      const byte = this.byte()
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
    }
    throw malformed()
  }

  double(): number {
    return this.#bytes.readDoubleLE(this.#take(8))
  }

  /** A view of the next bytes. */
  raw(count: number): Buffer {
    const at = this.#take(count)
    return this.#bytes.subarray(at, at + count)
  }

  sized(): Buffer {
    return this.raw(this.varint())
  }

  text(): string {
    return textOf(this.sized())
  }

  /** The text up to the end. */
  restOfText(): string {
    return textOf(this.rest())
  }

  /** Counts a value, of which there are not without end: each takes more memory than it has bytes. */
  countValue(): void {
    if (++this.#values > MOST_VALUES) throw malformed()
  }

  rest(): Buffer {
    return this.raw(this.#bytes.length - this.#at)
  }

  #take(count: number): number {
    const at = this.#at
    if (count > this.#bytes.length - at) throw malformed()
    this.#at += count
    return at
  }
}

function textOf(bytes: Buffer): string {
  if (bytes.length > MOST_TEXT_BYTES) throw malformed()
  return bytes.toString()
}

/** A record that is whole, and says what no recording says. */
export function malformed(): RecordingError {
  return new RecordingError('damaged', 'the recording is damaged: a record does not say what it should')
}
