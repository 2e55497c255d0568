/**
 * A queue of ids in shared memory, with one producer and one consumer. Whoever puts ids in sees to it that each stands in it at most once,
 * so that it never overflows.
 */
export class IdQueue {
  readonly #words: Int32Array
  readonly #head: number
  readonly #tail: number
  readonly #ids: Int32Array

  /** `head` and `tail` are the places of two words: how many ids were put, written by the producer, and taken, written by the consumer. */
  constructor(words: Int32Array, { head, tail, ids }: { head: number; tail: number; ids: Int32Array }) {
    this.#words = words
    this.#head = head
    this.#tail = tail
    this.#ids = ids
  }

  put(id: number): void {
    const head = this.#words[this.#head] as number // its own: see ring.ts
    this.#ids[head & (this.#ids.length - 1)] = id
    Atomics.store(this.#words, this.#head, (head + 1) | 0)
  }

  /** The oldest id, or undefined. */
  take(): number | undefined {
    const tail = this.#words[this.#tail] as number
    if (tail === Atomics.load(this.#words, this.#head)) return undefined
    const id = this.#ids[tail & (this.#ids.length - 1)]
    Atomics.store(this.#words, this.#tail, (tail + 1) | 0)
    return id
  }
}
