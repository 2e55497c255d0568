import { POLLIN, POLLOUT } from '../../posix/constants.js'
import { AGAIN, type Again, type Handle, type Input, type Interest, type Network, type Output } from '../network.js'
import { type Answers, answering } from './answering.js'
import type { Bucket } from './bucket.js'
import { Stops } from './stops.js'
import { type Gate, nothing, type Withheld, waitAt } from './withhold.js'

export interface DatagramRate {
  /** One for each direction: a peer that floods a guest does not keep it from sending. */
  readonly received: Bucket
  readonly sent: Bucket
  readonly now: () => number
  /** Called when a datagram has to wait. */
  readonly onRate: () => void
}

/**
 * Lets datagrams be received and sent at a rate, whatever their size: empty ones count. Those beyond it wait. Local pairs, which do not
 * leave the guest, are free.
 */
export function datagramsAtRate(network: Network, rate: DatagramRate): Network {
  return answering(network, new Datagrams(network, rate).answers())
}

class Datagrams implements Gate {
  readonly #network: Network
  readonly #rate: DatagramRate
  readonly #sockets = new Set<Handle>()
  /** Those whose next datagram was received with `peek`, and is counted. */
  readonly #peeked = new Set<Handle>()
  readonly #stops = new Stops()
  #receivingInMs = 0
  #sendingInMs = 0

  constructor(network: Network, rate: DatagramRate) {
    this.#network = network
    this.#rate = rate
  }

  answers(): Answers {
    const network = this.#network
    return {
      open: (input) => {
        const handle = network('open', input)
        if (input.type === 'dgram') this.#sockets.add(handle)
        return handle
      },
      send: (input) => (this.#sockets.has(input.handle) ? this.#send(input) : network('send', input)),
      receiveFrom: (input) =>
        this.#sockets.has(input.handle) ? this.#receiveFrom(input) : network('receiveFrom', input),
      close: (input) => {
        this.#sockets.delete(input.handle)
        this.#peeked.delete(input.handle)
        this.#stops.forget(input.handle)
        return network('close', input)
      },
      wait: waitAt(this, network, this.#rate.now),
    }
  }

  advance(): boolean {
    this.#receivingInMs = this.#rate.received.msUntil(1)
    this.#sendingInMs = this.#rate.sent.msUntil(1)
    this.#stops.release((this.#receivingInMs === 0 ? POLLIN : 0) | (this.#sendingInMs === 0 ? POLLOUT : 0))
    return this.#stops.isAny || this.#receivingInMs > 0 || this.#sendingInMs > 0
  }

  withheld({ handle, events }: Interest): Withheld {
    if (!this.#sockets.has(handle)) return nothing
    const holdsIn = (events & POLLIN) !== 0 && this.#receivingInMs > 0 && !this.#peeked.has(handle)
    const holdsOut = (events & POLLOUT) !== 0 && this.#sendingInMs > 0
    if (!holdsIn && !holdsOut) return nothing
    return {
      events: (holdsIn ? POLLIN : 0) | (holdsOut ? POLLOUT : 0),
      forMs: Math.min(
        holdsIn ? this.#receivingInMs : Number.POSITIVE_INFINITY,
        holdsOut ? this.#sendingInMs : Number.POSITIVE_INFINITY,
      ),
    }
  }

  holds(): number {
    return 0
  }

  reliefs(handle: Handle) {
    return this.#stops.reliefs(handle)
  }

  dueInMs(): number {
    return Number.POSITIVE_INFINITY
  }

  #send(input: Input<'send'>): number | Again {
    const { sent } = this.#rate
    if (sent.msUntil(1) > 0) return this.#stop(input.handle, POLLOUT)
    const count = this.#network('send', input)
    if (count !== AGAIN) sent.take(1)
    return count
  }

  #receiveFrom(input: Input<'receiveFrom'>): Output<'receiveFrom'> {
    const { handle, peek } = input
    const { received } = this.#rate
    const isCounted = this.#peeked.has(handle)
    if (!isCounted && received.msUntil(1) > 0) return this.#stop(handle, POLLIN)
    const found = this.#network('receiveFrom', input)
    if (found === AGAIN) return AGAIN
    if (!isCounted) received.take(1)
    if (peek) this.#peeked.add(handle)
    else this.#peeked.delete(handle)
    return found
  }

  #stop(handle: Handle, direction: typeof POLLIN | typeof POLLOUT): Again {
    this.#stops.stop(handle, direction)
    this.#rate.onRate()
    return AGAIN
  }
}
