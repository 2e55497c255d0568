/*
 * How far the host is behind with the messages of a guest's thread, which fills its queue without ever returning to an event loop.
 *
 *   | handled |    KiB of messages that the host has handled, modulo 2^32; written by the host, on which the guest waits
 */

/** The most that is on its way, in KiB. */
const MOST_KIB = 16 * 1024
/** How long one message waits for a host that handles nothing, in ms: it may be waiting for this very guest. */
const PATIENCE_MS = 1000

export function backlogMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)
}

/** What a message of so many bytes counts. */
function kib(bytes: number): number {
  return Math.min(MOST_KIB, Math.ceil(bytes / 1024))
}

/** The guest's side, which posts. */
export class GuestBacklog {
  readonly #words: Int32Array
  #posted = 0

  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory)
  }

  /** To be called before a message is posted: blocks while too much is on its way, but not for ever. */
  add(bytes: number): void {
    const more = kib(bytes)
    for (;;) {
      const handled = Atomics.load(this.#words, 0)
      const waiting = (this.#posted - handled) | 0
      if (waiting === 0 || waiting + more <= MOST_KIB) break
      if (Atomics.wait(this.#words, 0, handled, PATIENCE_MS) === 'timed-out') break
    }
    this.#posted = (this.#posted + more) | 0
  }
}

/** The host's side, which handles. */
export class HostBacklog {
  readonly #words: Int32Array

  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory)
  }

  /** To be called when a message is handled, with the same number of bytes. Wakes `GuestBacklog.add`. */
  remove(bytes: number): void {
    Atomics.add(this.#words, 0, kib(bytes))
    Atomics.notify(this.#words, 0)
  }
}
