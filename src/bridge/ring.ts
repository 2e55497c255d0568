/*
 * A byte ring between two threads, in shared memory. One side produces, the other consumes, and neither takes a lock.
 *
 *   words   head  base  tail  starved  stalled
 *   bytes   [ … a power of two … ]
 *
 * `head` and `tail` count all bytes ever written and read, modulo 2^32; byte number n lies at (n - base) % size. The producer
 * moves `base` up to `head` whenever it finds the ring empty, so a lightly used ring touches its first page only, and a large
 * one costs an idle socket no memory. That is safe because the consumer reads `base` only after it has seen a new `head`.
 * Where its last bytes share a page with something that is used anyway, a few bytes that are alone in the ring lie there.
 */

const HEAD = 0 //    written by the producer
const BASE = 1 //    written by the producer, only while the ring is empty
const TAIL = 2 //    written by the consumer
const STARVED = 3 // written by the consumer: 1 while it has stopped and must be told of new bytes
const STALLED = 4 // written by the producer: 1 while it has stopped and must be told of room

/** How many words of a header a ring takes. */
export const RING_WORDS = 5

abstract class RingEnd {
  protected readonly words: Int32Array
  protected readonly bytes: Uint8Array
  readonly size: number

  /** `words` are the ring's own `RING_WORDS`; the length of `bytes` is a power of two. */
  constructor(words: Int32Array, bytes: Uint8Array) {
    this.words = words
    this.bytes = bytes
    this.size = bytes.length
  }

  /** Bytes written and not yet read. */
  get used(): number {
    return (Atomics.load(this.words, HEAD) - Atomics.load(this.words, TAIL)) >>> 0
  }

  /** All bytes ever written, and ever read, modulo 2^32. */
  get written(): number {
    return Atomics.load(this.words, HEAD) >>> 0
  }

  get taken(): number {
    return Atomics.load(this.words, TAIL) >>> 0
  }

  get free(): number {
    return this.size - this.used
  }

  protected position(count: number): number {
    return ((count - Atomics.load(this.words, BASE)) >>> 0) & (this.size - 1)
  }
}

/** The writing end of a ring. */
export class RingProducer extends RingEnd {
  readonly #few: number

  /** So `few` bytes, or less, lie at the ring's end where they are alone in it. */
  constructor(words: Int32Array, bytes: Uint8Array, few = 0) {
    super(words, bytes)
    this.#few = few
  }

  /** The free bytes that lie in one piece, for so many of them, to be filled and then `produce`d. */
  region(wanted = this.size): Uint8Array {
    const used = this.used
    const head = Atomics.load(this.words, HEAD)
    if (used === 0) Atomics.store(this.words, BASE, (head + (wanted <= this.#few ? this.#few : 0)) | 0)
    const at = this.position(head)
    return this.bytes.subarray(at, Math.min(this.size, at + this.size - used))
  }

  /** Publishes the first `count` bytes of the region. */
  produce(count: number): void {
    Atomics.store(this.words, HEAD, (Atomics.load(this.words, HEAD) + count) | 0)
  }

  /** Copies in as much of `data` as there is room for, and publishes it in one step; answers how much. */
  write(data: Uint8Array): number {
    const count = Math.min(data.length, this.free)
    const region = this.region(count)
    const here = Math.min(count, region.length)
    region.set(here < data.length ? data.subarray(0, here) : data)
    if (here < count) this.bytes.set(data.subarray(here, count)) // the rest, from the beginning on
    this.produce(count)
    return count
  }

  /** True when the consumer has stopped, and so must be told that there are new bytes. */
  get consumerStarved(): boolean {
    return Atomics.load(this.words, STARVED) === 1
  }

  /** Announces that production has stopped. Answers false when there is room of `least` bytes after all: then go on. */
  stall(least: number): boolean {
    Atomics.store(this.words, STALLED, 1)
    if (this.free < least) return true
    Atomics.store(this.words, STALLED, 0)
    return false
  }

  get isStalled(): boolean {
    return Atomics.load(this.words, STALLED) === 1
  }

  unstall(): void {
    Atomics.store(this.words, STALLED, 0)
  }
}

/** The reading end of a ring. */
export class RingConsumer extends RingEnd {
  /** The unread bytes that lie in one piece, `skip` bytes on. */
  region(skip = 0): Uint8Array {
    const left = this.used - skip
    if (left <= 0) return this.bytes.subarray(0, 0)
    const at = this.position(Atomics.load(this.words, TAIL) + skip)
    return this.bytes.subarray(at, Math.min(this.size, at + left))
  }

  consume(count: number): void {
    Atomics.store(this.words, TAIL, (Atomics.load(this.words, TAIL) + count) | 0)
  }

  /** Copies out bytes from `skip` on without consuming them; answers how many. */
  peek(into: Uint8Array, skip = 0): number {
    let copied = 0
    while (copied < into.length) {
      const region = this.region(skip + copied)
      if (region.length === 0) break
      const piece = Math.min(region.length, into.length - copied)
      into.set(piece < region.length ? region.subarray(0, piece) : region, copied)
      copied += piece
    }
    return copied
  }

  read(into: Uint8Array): number {
    const copied = this.peek(into)
    if (copied > 0) this.consume(copied)
    return copied
  }

  /** True when the producer has stopped, and so must be told that there is room. */
  get producerStalled(): boolean {
    return Atomics.load(this.words, STALLED) === 1
  }

  /** Announces that consumption has stopped for want of bytes. Answers false when there are some after all: then go on. */
  starve(): boolean {
    Atomics.store(this.words, STARVED, 1)
    if (this.used === 0) return true
    Atomics.store(this.words, STARVED, 0)
    return false
  }

  feed(): void {
    Atomics.store(this.words, STARVED, 0)
  }
}
