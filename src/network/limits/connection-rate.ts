import { POLLERR, POLLHUP, POLLIN, POLLOUT, POLLRDHUP } from '../../posix/constants.js'
import { type Errno, SysError } from '../../posix/errno.js'
import { AGAIN, type Events, type Handle, type Input, type Interest, type Network, type Output } from '../network.js'
import { type Answers, answering } from './answering.js'
import type { Bucket } from './bucket.js'
import { Stops } from './stops.js'
import { EVERYTHING, type Gate, nothing, type Withheld, waitAt } from './withhold.js'

export interface ConnectionRate {
  readonly bucket: Bucket
  readonly now: () => number
  /** Told when a connection has to wait. */
  readonly onRate: () => void
}

/**
 * Lets streams connect and be accepted at a rate, both together. A connect beyond it is begun when its turn has come, in the guest's
 * order; connections to accept stay in the queue.
 */
export function connectingAtRate(network: Network, rate: ConnectionRate): Network {
  return answering(network, new Connections(network, rate).answers())
}

/** What came of a connect that was begun while the guest waited. */
type Outcome = { readonly is: 'done' } | { readonly is: 'failed'; readonly error: SysError; isTold: boolean }

/** What Linux says of a socket that could not be connected. */
const FAILED: Events = POLLIN | POLLOUT | POLLRDHUP | POLLERR | POLLHUP

class Connections implements Gate {
  readonly #network: Network
  readonly #rate: ConnectionRate
  readonly #datagrams = new Set<Handle>()
  readonly #listeners = new Set<Handle>()
  /** Connects that wait for their turn. */
  readonly #held = new Map<Handle, Input<'connect'>>()
  /** Those that are begun, and of which the network has not told yet how they went. */
  readonly #begun = new Set<Handle>()
  readonly #outcomes = new Map<Handle, Outcome>()
  readonly #stops = new Stops()
  #shutForMs = 0

  constructor(network: Network, rate: ConnectionRate) {
    this.#network = network
    this.#rate = rate
  }

  answers(): Answers {
    const network = this.#network
    return {
      open: (input) => {
        const handle = network('open', input)
        if (input.type === 'dgram') this.#datagrams.add(handle)
        return handle
      },
      listen: (input) => {
        this.#listeners.add(input.handle)
        return network('listen', input)
      },
      accept: (input) => this.#accept(input),
      connect: (input) => this.#connect(input),
      takeError: (input) => this.#takeError(input),
      close: (input) => {
        this.#forget(input.handle)
        return network('close', input)
      },
      wait: waitAt(this, network, this.#rate.now),
    }
  }

  advance(): boolean {
    this.#beginHeld()
    this.#shutForMs = this.#rate.bucket.msUntil(1)
    if (this.#shutForMs === 0) this.#stops.release(POLLIN)
    return this.#shutForMs > 0 || this.#outcomes.size > 0 || this.#stops.isAny
  }

  withheld({ handle, events }: Interest): Withheld {
    if (this.#held.has(handle)) return { events: EVERYTHING, forMs: this.#shutForMs }
    if (this.#shutForMs === 0 || (events & POLLIN) === 0 || !this.#listeners.has(handle)) return nothing
    return { events: POLLIN, forMs: this.#shutForMs }
  }

  /** A failure is news once. */
  holds({ handle, since }: Interest): Events {
    const outcome = this.#outcomes.get(handle)
    if (outcome?.is !== 'failed' || (since !== undefined && outcome.isTold)) return 0
    if (since !== undefined) outcome.isTold = true
    return FAILED
  }

  reliefs(handle: Handle) {
    return this.#stops.reliefs(handle)
  }

  /** Connects are begun in time, whatever the guest waits for. */
  dueInMs(): number {
    return this.#held.size > 0 ? this.#shutForMs : Number.POSITIVE_INFINITY
  }

  #accept(input: Input<'accept'>): Output<'accept'> {
    const { bucket, onRate } = this.#rate
    this.#beginHeld()
    if (bucket.msUntil(1) > 0) {
      this.#stops.stop(input.handle, POLLIN)
      onRate()
      return AGAIN
    }
    const accepted = this.#network('accept', input)
    if (accepted !== AGAIN) bucket.take(1)
    return accepted
  }

  #connect(input: Input<'connect'>): Output<'connect'> {
    const { handle, to } = input
    if (to === undefined || this.#datagrams.has(handle)) return this.#network('connect', input)
    this.#beginHeld()
    const outcome = this.#outcomes.get(handle)
    this.#outcomes.delete(handle)
    if (outcome?.is === 'failed') throw outcome.error
    if (outcome?.is === 'done') return true
    if (this.#begun.has(handle)) return this.#ask(input)
    if (this.#rate.bucket.msUntil(1) === 0) return this.#begin(input)
    if (!this.#held.has(handle)) this.#held.set(handle, input)
    this.#rate.onRate()
    return AGAIN
  }

  #begin(input: Input<'connect'>): Output<'connect'> {
    this.#rate.bucket.take(1)
    this.#begun.add(input.handle)
    return this.#ask(input)
  }

  #ask(input: Input<'connect'>): Output<'connect'> {
    let answer: Output<'connect'> | undefined
    try {
      answer = this.#network('connect', input)
      return answer
    } finally {
      if (answer !== AGAIN) this.#begun.delete(input.handle)
    }
  }

  #beginHeld(): void {
    for (const [handle, input] of this.#held) {
      if (this.#rate.bucket.msUntil(1) > 0) return
      this.#held.delete(handle)
      try {
        if (this.#begin(input) === true) this.#outcomes.set(handle, { is: 'done' })
      } catch (error) {
        if (!(error instanceof SysError)) throw error
        this.#outcomes.set(handle, { is: 'failed', error, isTold: false })
      }
    }
  }

  #takeError(input: Input<'takeError'>): Errno | undefined {
    const { handle } = input
    const outcome = this.#outcomes.get(handle)
    if (outcome?.is === 'failed') {
      this.#outcomes.delete(handle)
      return outcome.error.errno
    }
    const errno = this.#network('takeError', input)
    if (errno !== undefined) this.#begun.delete(handle) // another connect of this socket is a new one
    return errno
  }

  #forget(handle: Handle): void {
    for (const handles of [this.#datagrams, this.#listeners, this.#held, this.#begun, this.#outcomes])
      handles.delete(handle)
    this.#stops.forget(handle)
  }
}
