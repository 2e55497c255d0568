import { POLLOUT } from '../../posix/constants.js'
import { SysError } from '../../posix/errno.js'
import {
  AGAIN,
  type Again,
  DRAINED,
  type Events,
  type Handle,
  type Input,
  type Interest,
  look,
  type Network,
  type Output,
} from '../network.js'
import { whenDone } from '../when-done.js'
import { type Answers, answering } from './answering.js'
import { Stops } from './stops.js'
import { type Gate, nothing, type Withheld, waitAt } from './withhold.js'

export interface PendingLimit {
  /** Bytes. */
  readonly most: number
  readonly now: () => number
  /** Told when somebody is held up, or refused. */
  readonly onMost: () => void
}

/** How long a wait goes on before it looks whether there is room, in ms, where nobody tells. */
const LOOK_MS = 20
/** How long a sum of what lies unread counts, in ms: it costs a look at each socket. */
const SUM_MS = 10
/** Marks what is waited for besides what the guest waits for, whose tags count from 0. */
const OURS = -1

/**
 * Lets so many bytes be under way in each direction. What was sent and is not with the system yet, over all sockets, never exceeds it:
 * sending waits, as where a buffer is full. While as much lies unread no socket is opened or accepted: `ENOBUFS`, and connections stay in
 * the queue. Pipes and local pairs, which do not leave the guest, are free.
 */
export function fewPending(network: Network, limit: PendingLimit): Network {
  return answering(network, new Pending(network, limit).answers())
}

class Pending implements Gate {
  readonly #network: Network
  readonly #limit: PendingLimit
  /** Those that are no pipes or pairs, but for what the host has given. */
  readonly #sockets = new Map<Handle, 'stream' | 'dgram'>()
  readonly #local = new Set<Handle>()
  /** What was sent since all of it was out. The network tells no more than that. */
  readonly #sent = new Map<Handle, number>()
  #total = 0
  /** Who was stopped, and how much room it needs. */
  readonly #wanted = new Map<Handle, number>()
  readonly #stops = new Stops()
  /** Those that wake waiters for something else than being out. */
  readonly #noisy = new Set<Handle>()
  #unread = { at: Number.NEGATIVE_INFINITY, bytes: 0 }

  constructor(network: Network, limit: PendingLimit) {
    this.#network = network
    this.#limit = limit
  }

  answers(): Answers {
    const network = this.#network
    const local = (handles: readonly [Handle, Handle]) => {
      for (const handle of handles) this.#local.add(handle)
      return handles
    }
    return {
      open: (input) => {
        this.#ensureFew()
        const handle = network('open', input)
        this.#sockets.set(handle, input.type)
        return handle
      },
      accept: (input) => this.#accept(input),
      pair: (input) => local(network('pair', input)),
      pipe: (input) => local(network('pipe', input)),
      send: (input) => this.#send(input),
      startTls: (input) => {
        this.#wanted.delete(input.handle) // POLLOUT then tells of its end
        return network('startTls', input)
      },
      close: (input) => {
        this.#forget(input.handle)
        return network('close', input)
      },
      wait: waitAt(this, this.#tellingOfRoom(), this.#limit.now),
    }
  }

  advance(): boolean {
    if (this.#wanted.size === 0) return this.#stops.isAny
    this.#settle()
    const served = [...this.#wanted].filter(([, wanted]) => wanted <= this.#room)
    for (const [handle] of served) this.#wanted.delete(handle)
    if (served.length > 0) this.#stops.release(POLLOUT) // who needs more goes on being withheld
    return this.#stops.isAny
  }

  /** Only from those that were stopped: to others POLLOUT may tell of a connection. */
  withheld({ handle, events }: Interest): Withheld {
    const isStopped = (events & POLLOUT) !== 0 && this.#wanted.has(handle)
    return isStopped ? { events: POLLOUT, forMs: LOOK_MS } : nothing
  }

  holds(): Events {
    return 0
  }

  reliefs(handle: Handle) {
    return this.#stops.reliefs(handle)
  }

  dueInMs(): number {
    return Number.POSITIVE_INFINITY
  }

  get #room(): number {
    return this.#limit.most - this.#total
  }

  #send(input: Input<'send'>): number | Again {
    const { handle, data } = input
    if (data.length === 0 || this.#local.has(handle)) return this.#network('send', input)
    const isDatagram = this.#sockets.get(handle) === 'dgram'
    if (isDatagram && data.length > this.#limit.most) throw new SysError('EMSGSIZE')
    if (this.#room < data.length) this.#settle()
    const granted = Math.min(data.length, this.#room)
    if (granted === 0 || (isDatagram && granted < data.length)) return this.#stop(handle, isDatagram ? data.length : 1)
    const count = this.#network('send', granted < data.length ? { ...input, data: data.subarray(0, granted) } : input)
    if (count === AGAIN) return AGAIN
    this.#wanted.delete(handle)
    this.#sent.set(handle, (this.#sent.get(handle) ?? 0) + count)
    this.#total += count
    if (count === granted && granted < data.length) this.#stop(handle, 1)
    return count
  }

  #stop(handle: Handle, wanted: number): Again {
    this.#wanted.set(handle, wanted)
    this.#stops.stop(handle, POLLOUT)
    this.#limit.onMost()
    return AGAIN
  }

  /** Takes off what is out by now. */
  #settle(): void {
    if (this.#sent.size === 0) return
    const on = [...this.#sent.keys()].map((handle) => ({ handle, events: DRAINED }))
    for (const { handle, events } of look(this.#network, on)) if ((events & DRAINED) !== 0) this.#takeOff(handle)
  }

  #takeOff(handle: Handle): void {
    this.#total -= this.#sent.get(handle) ?? 0
    this.#sent.delete(handle)
    this.#noisy.delete(handle)
  }

  /** Waits that are cut end too when something is out. A socket with an error or a hang-up would end them all, and is looked at in time. */
  #tellingOfRoom(): Network {
    const network = this.#network
    return answering(network, {
      wait: (input) => {
        if (input.timeoutMs !== LOOK_MS || this.#wanted.size === 0) return network('wait', input)
        const ours: Interest[] = []
        for (const handle of this.#sent.keys())
          if (!this.#noisy.has(handle)) ours.push({ handle, events: DRAINED, tag: OURS })
        return whenDone(network('wait', { ...input, on: [...input.on, ...ours] }), (found) => this.#others(found))
      },
    })
  }

  #others(found: readonly Interest[]): readonly Interest[] {
    for (const { handle, events, tag } of found) if (tag === OURS && (events & DRAINED) === 0) this.#noisy.add(handle)
    return found.filter(({ tag }) => tag !== OURS)
  }

  #accept(input: Input<'accept'>): Output<'accept'> {
    this.#ensureFew()
    const accepted = this.#network('accept', input)
    if (accepted !== AGAIN) this.#sockets.set(accepted.handle, 'stream')
    return accepted
  }

  #ensureFew(): void {
    const { most, now, onMost } = this.#limit
    if (now() - this.#unread.at >= SUM_MS) this.#unread = { at: now(), bytes: this.#sumOfUnread() }
    if (this.#unread.bytes < most) return
    onMost()
    throw new SysError('ENOBUFS')
  }

  #sumOfUnread(): number {
    let sum = 0
    for (const handle of this.#sockets.keys()) sum += this.#available(handle)
    return sum
  }

  #available(handle: Handle): number {
    try {
      return this.#network('available', { handle })
    } catch (error) {
      if (error instanceof SysError) return 0 // not connected
      throw error
    }
  }

  /** What is still to go out goes out, as on Linux, and counts no more. */
  #forget(handle: Handle): void {
    this.#takeOff(handle)
    for (const handles of [this.#sockets, this.#local, this.#wanted]) handles.delete(handle)
    this.#stops.forget(handle)
  }
}
