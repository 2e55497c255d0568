/** The most descriptors of a process whose guests are kept track of: Linux's own limit, unless it was raised. */
const MOST_FDS = 1 << 20

/** What is there from the beginning: enough for 4096 descriptors. */
const FIRST_BYTES = 512

/** Memory with a bit for each descriptor. It grows with the largest: a thousand guests that have come and gone leave little behind. */
export function openFdsMemory(): SharedArrayBuffer {
  return new Growable(FIRST_BYTES, { maxByteLength: MOST_FDS / 8 })
}

interface GrowableSharedBuffer extends SharedArrayBuffer {
  grow(bytes: number): void
}
/** TypeScript's library for Node 20 does not know that there are such. */
const Growable = SharedArrayBuffer as new (bytes: number, options: { maxByteLength: number }) => GrowableSharedBuffer

/**
 * The descriptors of the system's that a guest has open, so that somebody else can close them when its thread is gone. Each is put down by
 * the thread that opens it, and taken out by the one that closes it.
 */
export class OpenFds {
  readonly #memory: GrowableSharedBuffer
  /** What there was at the last look. A view that grows with its memory is slow to use: its length has to be asked for each time. */
  #words: Int32Array

  constructor(memory: SharedArrayBuffer) {
    this.#memory = memory as GrowableSharedBuffer
    this.#words = wordsOf(memory)
  }

  /** False for a number that is too large to be kept. */
  add(fd: number): boolean {
    if (fd >= MOST_FDS) return false
    this.#makeRoom(fd)
    Atomics.or(this.#words, fd >> 5, 1 << (fd & 31))
    return true
  }

  remove(fd: number): void {
    this.#lookFor(fd)
    Atomics.and(this.#words, fd >> 5, ~(1 << (fd & 31)))
  }

  /** Takes all out, giving each to `close`. */
  drain(close: (fd: number) => void): void {
    this.#words = wordsOf(this.#memory)
    for (let index = 0; index < this.#words.length; index++) {
      const bits = Atomics.exchange(this.#words, index, 0)
      for (let bit = 0; bits !== 0 && bit < 32; bit++) if ((bits & (1 << bit)) !== 0) close(index * 32 + bit)
    }
  }

  #makeRoom(fd: number): void {
    this.#lookFor(fd)
    if (fd >> 5 < this.#words.length) return
    this.#memory.grow(Math.min(MOST_FDS / 8, fd)) // eight times as many as it takes
    this.#words = wordsOf(this.#memory)
  }

  /** Another thread may have made room for it. */
  #lookFor(fd: number): void {
    if (fd >> 5 >= this.#words.length) this.#words = wordsOf(this.#memory)
  }
}

function wordsOf(memory: SharedArrayBuffer): Int32Array {
  return new Int32Array(memory, 0, memory.byteLength >> 2)
}
