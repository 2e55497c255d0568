/** The word: nothing is under way; a call is; the guest is being stopped, and begins no more. */
const [IDLE, BUSY, SHUT] = [0, 1, 2]

/** Beside it, written once: 1 as soon as there is a recording. */
const BEGUN = 1

/** How long somebody who stops a guest waits for the call that is under way, in ms. Calls answer at once. */
const PATIENCE_MS = 50

/** What a guest's thread and those who would stop it share. */
export function gateMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT)
}

/** Keeps a thread from being terminated between what a call does and its being written down. The word is the guest's, but for `SHUT`. */
export class Gate {
  readonly #word: Int32Array
  #depth = 0

  constructor(memory: SharedArrayBuffer) {
    this.#word = new Int32Array(memory)
  }

  /** Runs one call, in the guest's thread. Stays away for ever once the gate is shut: the thread is about to be terminated. */
  during<T>(act: () => T): T {
    if (this.#depth++ === 0)
      while (Atomics.compareExchange(this.#word, 0, IDLE, BUSY) === SHUT) Atomics.wait(this.#word, 0, SHUT)
    try {
      return act()
    } finally {
      if (--this.#depth === 0) {
        Atomics.store(this.#word, 0, IDLE)
        Atomics.notify(this.#word, 0) // whoever shuts it
      }
    }
  }

  /** The same for what begins the recording. Another file may lie in its place before. */
  beginning<T>(begin: () => T): T {
    return this.during(() => {
      const begun = begin()
      Atomics.store(this.#word, BEGUN, 1)
      return begun
    })
  }

  get hasBegun(): boolean {
    return Atomics.load(this.#word, BEGUN) === 1
  }

  /** Lets the call under way come to its end, and no other begin. To be called in another thread, which terminates this one next. */
  shut(): void {
    if (Atomics.compareExchange(this.#word, 0, IDLE, SHUT) !== BUSY) return
    Atomics.wait(this.#word, 0, BUSY, PATIENCE_MS)
    Atomics.compareExchange(this.#word, 0, IDLE, SHUT)
  }
}
