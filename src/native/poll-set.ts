import { EINTR } from './platform.js'
import { failure, type SystemCalls } from './system-calls.js'

/** The longest wait in the system, in ms: a thread that is terminated ends when it returns, and nothing else wakes it then. */
const MOST_MS = 200

/** An array of `struct pollfd`, each | fd | events | revents |, of 4, 2 and 2 bytes. */
export class PollSet {
  readonly #calls: SystemCalls
  #words = new Int32Array(64)
  #count = 0

  constructor(calls: SystemCalls) {
    this.#calls = calls
  }

  clear(): void {
    this.#count = 0
  }

  /** Answers the number by which `found` is asked. */
  add(fd: number, events: number): number {
    const at = this.#count++
    if (at * 2 >= this.#words.length) this.#grow()
    this.#words[at * 2] = fd
    this.#words[at * 2 + 1] = events & 0xffff
    return at
  }

  found(at: number): number {
    return (this.#words[at * 2 + 1] as number) >>> 16
  }

  /** poll(2): blocks for at most so long, to the next whole millisecond, and often for less: the caller looks what time it is. */
  poll(timeoutMs: number): void {
    const ms = Math.min(MOST_MS, Math.ceil(timeoutMs))
    const count = this.#calls.poll(this.#words, this.#count, ms)
    if (count >= 0) return
    if (count !== -EINTR) throw failure(count)
    for (let at = 0; at < this.#count; at++) this.#words[at * 2 + 1] = (this.#words[at * 2 + 1] as number) & 0xffff
  }

  #grow(): void {
    const larger = new Int32Array(this.#words.length * 2)
    larger.set(this.#words)
    this.#words = larger
  }
}
