import { isThenable } from '../../embedder/take.js'

type Fail = (reason: unknown) => void

/** A trace of the caller's, whose failures are those of the guests in the network. Without guests they are the caller's own. */
export class WatchedTrace<E> {
  readonly #trace: (event: E) => unknown
  readonly #guests = new Set<Fail>()

  constructor(trace: (event: E) => unknown) {
    this.#trace = trace
  }

  readonly call = (event: E): void => {
    try {
      const returned = this.#trace(event)
      if (isThenable(returned)) void Promise.resolve(returned).catch(this.#fail)
    } catch (error) {
      this.#fail(error)
    }
  }

  onFailure(fail: Fail): () => void {
    const own: Fail = (reason) => fail(reason)
    this.#guests.add(own)
    return () => void this.#guests.delete(own)
  }

  readonly #fail: Fail = (reason) => {
    if (this.#guests.size === 0) throw reason
    for (const fail of [...this.#guests]) fail(reason)
  }
}
