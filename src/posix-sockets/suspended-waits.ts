import type { Handle } from '../network/network.js'
import type { Wait } from './blocking.js'

/**
 * The waits of calls that are suspended. On Linux a call that waits in one thread keeps what it waits for open, whatever close(2) does in
 * another: the last close takes effect when the call has ended. An epoll instance keeps nothing open.
 */
export class SuspendedWaits {
  readonly #waits = new Set<Wait>()
  /** What is to be closed as soon as no call waits for it. */
  readonly #closing = new Map<Handle, () => void>()

  begin(wait: Wait): void {
    this.#waits.add(wait)
  }

  /** To be called when the call has gone on as far as it can. */
  end(wait: Wait): void {
    this.#waits.delete(wait)
    if (this.#closing.size === 0) return
    for (const [handle, close] of this.#closing) {
      if (this.#isAwaited(handle)) continue
      this.#closing.delete(handle)
      close()
    }
  }

  /** Closes a handle, now or when no call waits for it any more. */
  close(handle: Handle, close: () => void): void {
    if (this.#isAwaited(handle)) this.#closing.set(handle, close)
    else close()
  }

  #isAwaited(handle: Handle): boolean {
    for (const { on, keepsOpen = true } of this.#waits)
      if (keepsOpen && on.some((interest) => interest.handle === handle)) return true
    return false
  }
}
