import { POLLIN, POLLOUT } from '../../posix/constants.js'
import type { Events, Handle, Mark } from '../network.js'

interface Stop {
  /** The directions that wait for being opened. */
  events: Events
  receiving: number
  sending: number
}

const never: Mark = { receiving: 0, sending: 0 }

/** Who was told "not now" by a limit. That they may go on is news, which the network beneath knows nothing of. */
export class Stops {
  readonly #byHandle = new Map<Handle, Stop>()
  readonly #pending = new Set<Stop>()

  /** True when anybody has been stopped who is still open. */
  get isAny(): boolean {
    return this.#byHandle.size > 0
  }

  stop(handle: Handle, events: Events): void {
    const stop = this.#byHandle.get(handle) ?? { events: 0, receiving: 0, sending: 0 }
    stop.events |= events
    this.#byHandle.set(handle, stop)
    this.#pending.add(stop)
  }

  /** Lets everybody go on in these directions. */
  release(events: Events): void {
    for (const stop of this.#pending) {
      if ((stop.events & events & POLLIN) !== 0) stop.receiving++
      if ((stop.events & events & POLLOUT) !== 0) stop.sending++
      stop.events &= ~events
      if (stop.events === 0) this.#pending.delete(stop)
    }
  }

  /** How often each direction of a handle was let go on. */
  reliefs(handle: Handle): Mark {
    return this.#byHandle.get(handle) ?? never
  }

  forget(handle: Handle): void {
    const stop = this.#byHandle.get(handle)
    if (stop === undefined) return
    this.#byHandle.delete(handle)
    this.#pending.delete(stop)
  }
}
