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
 *
 * Each side reads the words that only it writes as plain memory: an atomic load costs several times as much, and tells it nothing new.
 */

const HEAD = 0 //    written by the producer
const BASE = 1 //    written by the producer, only while the ring is empty
const TAIL = 2 //    written by the consumer
const STARVED = 3 // written by the consumer: 1 while it has stopped and must be told of new bytes
const STALLED = 4 // written by the producer: 1 while it has stopped and must be told of room

/** How many words of a header a ring takes. */
export const RING_WORDS = 5

/** What there is where there is nothing. */
const nothing = new Uint8Array(0)

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
  abstract get used(): number

  get free(): number {
    return this.size - this.used
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

  get used(): number {
    return ((this.words[HEAD] as number) - Atomics.load(this.words, TAIL)) >>> 0
  }

  /** All bytes ever written, and ever read, modulo 2^32. */
  get written(): number {
    return (this.words[HEAD] as number) >>> 0
  }

  get taken(): number {
    return Atomics.load(this.words, TAIL) >>> 0
  }

  /** The free bytes that lie in one piece, for so many of them, to be filled and then `produce`d. */
  region(wanted = this.size): Uint8Array {
    const { used } = this
    const at = this.#place(used, wanted)
    return this.bytes.subarray(at, Math.min(this.size, at + this.size - used))
  }

  /** Publishes the first `count` bytes of the region. */
  produce(count: number): void {
    Atomics.store(this.words, HEAD, ((this.words[HEAD] as number) + count) | 0)
  }

  /** Copies in as much of `data` as there is room for, and publishes it in one step; answers how much. */
  write(data: Uint8Array): number {
    const { used, size, bytes } = this
    const count = Math.min(data.length, size - used)
    const at = this.#place(used, count)
    const here = Math.min(count, size - at)
    bytes.set(here < data.length ? data.subarray(0, here) : data, at)
    if (here < count) bytes.set(data.subarray(here, count)) // the rest, from the beginning on
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
    return this.words[STALLED] === 1
  }

  unstall(): void {
    Atomics.store(this.words, STALLED, 0)
  }

  /** Where `wanted` bytes go that come after `used` others. */
  #place(used: number, wanted: number): number {
    const head = this.words[HEAD] as number
    if (used === 0) this.words[BASE] = (head + (wanted <= this.#few ? this.#few : 0)) | 0
    return ((head - (this.words[BASE] as number)) >>> 0) & (this.size - 1)
  }
}

/** The reading end of a ring. */
export class RingConsumer extends RingEnd {
  get used(): number {
    return (Atomics.load(this.words, HEAD) - (this.words[TAIL] as number)) >>> 0
  }

  /** All bytes ever written, modulo 2^32. */
  get written(): number {
    return Atomics.load(this.words, HEAD) >>> 0
  }

  /** The unread bytes that lie in one piece, `skip` bytes on. */
  region(skip = 0): Uint8Array {
    const left = this.used - skip
    if (left <= 0) return nothing
    const at = this.#place(skip)
    return this.bytes.subarray(at, Math.min(this.size, at + left))
  }

  consume(count: number): void {
    Atomics.store(this.words, TAIL, ((this.words[TAIL] as number) + count) | 0)
  }

  /** Copies out bytes from `skip` on without consuming them; answers how many. */
  peek(into: Uint8Array, skip = 0): number {
    const count = Math.min(into.length, Math.max(0, this.used - skip))
    if (count === 0) return 0
    const at = this.#place(skip)
    const end = Math.min(this.size, at + count)
    into.set(this.bytes.subarray(at, end))
    if (end - at < count) into.set(this.bytes.subarray(0, count - (end - at)), end - at) // the rest, from the beginning on
    return count
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
    if (this.words[STARVED] !== 0) Atomics.store(this.words, STARVED, 0)
  }

  /** Where the byte lies that is `skip` after the next. `BASE` is read after the `HEAD` that was published after it. */
  #place(skip: number): number {
    return (((this.words[TAIL] as number) + skip - Atomics.load(this.words, BASE)) >>> 0) & (this.size - 1)
  }
}
