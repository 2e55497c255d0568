import fs from 'node:fs'

/*
 * A guest that makes the system's calls itself sleeps in poll(2), and not on its bell. Beside the bell stands how to wake it there:
 *
 *   | rings | stopped  sleeps  wake  loads |
 */
const STOPPED = 1 // written by who stops the guest: 1
const SLEEPS = 2 //  written by the guest: 1 while it may sleep in the system
const WAKE = 3 //    written by the guest before anything else: the eventfd that wakes it, plus 1; 0 is none

const LOADS = 4 //   written by the guest: 1 while it loads what makes the system's calls

/** How many bytes a bell and this take. */
export const BELL_BYTES = 20

const one = new BigUint64Array([1n])

/** How a guest is woken that sleeps in the system, and told to stop. */
export class Wakening {
  readonly #words: Int32Array

  constructor(bell: SharedArrayBuffer) {
    this.#words = new Int32Array(bell)
  }

  get isStopped(): boolean {
    return Atomics.load(this.#words, STOPPED) === 1
  }

  /** Tells the guest to stop: it ends at its next call, or at once if it waits. Answers whether it can be told. */
  stop(): boolean {
    Atomics.store(this.#words, STOPPED, 1)
    return this.#wake()
  }

  /** Wakes the guest if it sleeps in the system. To be called after what it is woken for has been put down. */
  wakeFromSystem(): void {
    if (Atomics.load(this.#words, SLEEPS) === 1) this.#wake()
  }

  /** The guest's own descriptor to be woken by. It stays open until all are gone who may write to it. */
  set wakeFd(fd: number) {
    Atomics.store(this.#words, WAKE, fd + 1)
  }

  /** Set before the guest looks for the last time whether there is a reason to sleep. */
  set sleepsInSystem(sleeps: boolean) {
    Atomics.store(this.#words, SLEEPS, sleeps ? 1 : 0)
  }

  /** While the guest loads an addon, ending its thread would end the process. */
  get isLoading(): boolean {
    return Atomics.load(this.#words, LOADS) === 1
  }

  /** For the guest. `load` is not called once it was told to stop: undefined then. */
  loading<T>(load: () => T): T | undefined {
    Atomics.store(this.#words, LOADS, 1)
    try {
      return this.isStopped ? undefined : load()
    } finally {
      Atomics.store(this.#words, LOADS, 0)
      Atomics.notify(this.#words, LOADS)
    }
  }

  /** Blocks until the guest does not load, for so many ms at most. */
  waitForLoading(mostMs: number): void {
    Atomics.wait(this.#words, LOADS, 1, mostMs)
  }

  #wake(): boolean {
    const stored = Atomics.load(this.#words, WAKE)
    if (stored === 0) return false
    try {
      fs.writeSync(stored - 1, one)
    } catch {
      // its counter is full: it is awake
    }
    return true
  }
}
