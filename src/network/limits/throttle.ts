import { POLLIN, POLLOUT, POLLRDHUP } from '../../posix/constants.js'
import { AGAIN, type Again, type Handle, type Input, type Interest, type Network, type Output } from '../network.js'
import type { Allowance } from './allowance.js'
import { type Answers, answering } from './answering.js'
import { Stops } from './stops.js'
import { type Gate, nothing, type Withheld, waitAt } from './withhold.js'

export interface Allowances {
  readonly received: Allowance | undefined
  readonly sent: Allowance | undefined
}

/**
 * Lets as many bytes in and out as there are allowances for. What is beyond a rate waits: streams take a part, datagrams go whole or
 * not at all. What is beyond a total is `ENETDOWN`. Pipes and local pairs, which do not leave the guest, are free.
 */
export function throttled(network: Network, allowances: Allowances, now: () => number): Network {
  return answering(network, new Throttle(network, allowances).answers(now))
}

/** What has to be known of a handle; others are connections. One that is `connecting`, or beginning TLS, becomes writable when that is done. */
type Kind = 'local' | 'listener' | 'datagram' | 'connecting'

class Throttle implements Gate {
  readonly #network: Network
  readonly #received: Allowance | undefined
  readonly #sent: Allowance | undefined
  readonly #kinds = new Map<Handle, Kind>()
  readonly #stops = new Stops()
  /** Bytes that were received with `peek`, and are paid for. */
  readonly #peeked = new Map<Handle, number>()
  #receivingInMs = 0
  #sendingInMs = 0

  constructor(network: Network, { received, sent }: Allowances) {
    this.#network = network
    this.#received = received
    this.#sent = sent
  }

  answers(now: () => number): Answers {
    const [received, sent] = [this.#received, this.#sent]
    const wait = waitAt(this, this.#network, now)
    return {
      ...this.#notes(),
      ...(received && {
        receive: (input) => this.#receive(input, received),
        receiveFrom: (input) => this.#receiveFrom(input, received),
      }),
      ...(sent && { send: (input) => this.#send(input, sent) }),
      wait: (input) => (asksWhetherConnected(input) ? this.#network('wait', input) : wait(input)),
    }
  }

  advance(): boolean {
    this.#receivingInMs = this.#received?.msUntil() ?? 0
    this.#sendingInMs = this.#sent?.msUntil() ?? 0
    this.#stops.release((this.#receivingInMs === 0 ? POLLIN : 0) | (this.#sendingInMs === 0 ? POLLOUT : 0))
    return this.#stops.isAny || this.#receivingInMs > 0 || this.#sendingInMs > 0
  }

  withheld({ handle, events }: Interest): Withheld {
    const kind = this.#kinds.get(handle)
    const [receivingInMs, sendingInMs] = [this.#receivingInMs, this.#sendingInMs]
    const holdsIn = (events & POLLIN) !== 0 && receivingInMs > 0
    const holdsOut = (events & POLLOUT) !== 0 && sendingInMs > 0 && kind !== 'connecting'
    if (kind === 'local' || kind === 'listener' || (!holdsIn && !holdsOut)) return nothing
    return {
      events: (holdsIn ? POLLIN | POLLRDHUP : 0) | (holdsOut ? POLLOUT : 0),
      forMs: Math.min(
        holdsIn ? receivingInMs : Number.POSITIVE_INFINITY,
        holdsOut ? sendingInMs : Number.POSITIVE_INFINITY,
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

  /** Operations that tell what a handle is. */
  #notes(): Answers {
    const [network, kinds] = [this.#network, this.#kinds]
    const local = (handles: readonly [Handle, Handle]) => {
      for (const handle of handles) kinds.set(handle, 'local')
      return handles
    }
    return {
      open: (input) => {
        const handle = network('open', input)
        if (input.type === 'dgram') kinds.set(handle, 'datagram')
        return handle
      },
      pair: (input) => local(network('pair', input)),
      pipe: (input) => local(network('pipe', input)),
      listen: (input) => {
        kinds.set(input.handle, 'listener')
        return network('listen', input)
      },
      connect: (input) => this.#toldByRoom(input.handle, () => network('connect', input)),
      startTls: (input) => this.#toldByRoom(input.handle, () => network('startTls', input)),
      close: (input) => {
        kinds.delete(input.handle)
        this.#stops.forget(input.handle)
        this.#peeked.delete(input.handle)
        return network('close', input)
      },
    }
  }

  /** What is done when the socket is writable: that is no room, and not held up. */
  #toldByRoom(handle: Handle, begin: () => true | Again): true | Again {
    if (this.#kinds.get(handle) === 'connecting') this.#kinds.delete(handle)
    const answer = begin()
    if (answer === AGAIN && !this.#kinds.has(handle)) this.#kinds.set(handle, 'connecting')
    return answer
  }

  #send(input: Input<'send'>, allowance: Allowance): number | Again {
    const { handle, data } = input
    const kind = this.#kinds.get(handle)
    if (data.length === 0 || kind === 'local') return this.#network('send', input)
    if (kind === 'datagram') return this.#sendDatagram(input, allowance)
    if (kind === 'connecting') this.#kinds.delete(handle)
    if (allowance.left === 0) throw allowance.overrun()
    const granted = allowance.grant(data.length)
    if (granted === 0) return this.#stop(handle, POLLOUT)
    const count = this.#network('send', granted < data.length ? { ...input, data: data.subarray(0, granted) } : input)
    if (count === AGAIN) return AGAIN
    allowance.charge(count)
    if (count === granted && granted < data.length) this.#stop(handle, POLLOUT)
    return count
  }

  #sendDatagram(input: Input<'send'>, allowance: Allowance): number | Again {
    const { handle, data } = input
    if (data.length > allowance.left) throw allowance.overrun()
    if (allowance.msUntil(data.length) > 0) return this.#stop(handle, POLLOUT)
    const count = this.#network('send', input)
    if (count !== AGAIN) allowance.charge(count)
    return count
  }

  #receive(input: Input<'receive'>, allowance: Allowance): number | Again {
    const { handle, into } = input
    if (into.length === 0 || this.#kinds.get(handle) === 'local') return this.#network('receive', input)
    const paid = this.#peeked.get(handle) ?? 0
    if (allowance.left + paid === 0) return this.#receiveNoMore(handle, allowance)
    const granted = allowance.grant(into.length, paid)
    if (granted === 0) return this.#stop(handle, POLLIN)
    const count = this.#network(
      'receive',
      granted < into.length ? { ...input, into: into.subarray(0, granted) } : input,
    )
    if (count === AGAIN) return AGAIN
    this.#pay(input, count, allowance)
    if (count === granted && granted < into.length) this.#stop(handle, POLLIN)
    return count
  }

  /** Whoever has received just as much as is allowed may see the end, and wait for it. */
  #receiveNoMore(handle: Handle, allowance: Allowance): number | Again {
    const next = this.#network('receive', { handle, into: new Uint8Array(1), peek: true })
    if (next === AGAIN || next === 0) return next
    throw allowance.overrun()
  }

  #receiveFrom(input: Input<'receiveFrom'>, allowance: Allowance): Output<'receiveFrom'> {
    const { handle } = input
    if (this.#kinds.get(handle) === 'local') return this.#network('receiveFrom', input)
    if (!this.#peeked.has(handle)) {
      const isBounded = allowance.left < Number.POSITIVE_INFINITY
      if (isBounded && this.#network('available', { handle }) > allowance.left) throw allowance.overrun()
      if (allowance.msUntil() > 0) return this.#stop(handle, POLLIN)
    }
    const found = this.#network('receiveFrom', input)
    if (found !== AGAIN) this.#pay(input, found.length, allowance)
    return found
  }

  /** Bytes are paid for when they are first seen: otherwise `peek` would be a way to see them for nothing. */
  #pay({ handle, peek }: { handle: Handle; peek: boolean }, count: number, allowance: Allowance): void {
    const paid = this.#peeked.get(handle) ?? 0
    allowance.charge(Math.max(0, count - paid))
    const rest = peek ? Math.max(paid, count) : Math.max(0, paid - count)
    if (rest > 0) this.#peeked.set(handle, rest)
    else if (paid > 0) this.#peeked.delete(handle)
  }

  #stop(handle: Handle, direction: typeof POLLIN | typeof POLLOUT): Again {
    this.#stops.stop(handle, direction)
    const allowance = direction === POLLIN ? this.#received : this.#sent
    allowance?.noteStop()
    return AGAIN
  }
}

/** The look by which a socket finds out whether a connect that was begun is done: it has nothing to do with room. */
function asksWhetherConnected({ on: [interest, more], timeoutMs }: Input<'wait'>): boolean {
  if (timeoutMs !== 0 || interest === undefined || more !== undefined) return false
  return interest.events === POLLOUT && interest.since === undefined && interest.tag === undefined
}
