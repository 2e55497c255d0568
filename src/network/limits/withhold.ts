import { POLLERR, POLLHUP, POLLIN, POLLOUT } from '../../posix/constants.js'
import {
  DONE,
  DRAINED,
  type Events,
  type Handle,
  type Input,
  type Interest,
  type Mark,
  type Network,
  type Output,
} from '../network.js'
import { type MaybePromise, untilAnswered, whenDone } from '../when-done.js'

/** What must not be told yet, and for how long. */
export interface Withheld {
  readonly events: Events
  readonly forMs: number
}

/** Nothing is withheld. */
export const nothing: Withheld = { events: 0, forMs: Number.POSITIVE_INFINITY }
/** The whole interest is, errors and hang-ups too. */
export const EVERYTHING = -1

/** A decorator's say in waits. */
export interface Gate {
  /** Does what has become possible since the last time; false when waits may go on as they are. */
  advance(): boolean
  /** What of an interest must not be told yet. */
  withheld(interest: Interest): Withheld
  /** What holds for an interest without asking the network. */
  holds(interest: Interest): Events
  /** How often each direction of a handle has been opened after somebody was stopped there: news for those who wait for news. */
  reliefs(handle: Handle): Mark
  /** Milliseconds until `advance` has something to do, whoever waits. */
  dueInMs(): number
}

/** Conditions that somebody can wait for alone: of others an interest is only told in passing. */
const WAITED_FOR = POLLIN | POLLOUT | DONE | DRAINED

/**
 * The network's `wait` behind a gate. An interest is asked about without what is withheld, and the wait is cut to the moment when that
 * changes, and repeated.
 */
export function waitAt(gate: Gate, network: Network, now: () => number) {
  return ({ on, timeoutMs }: Input<'wait'>): Output<'wait'> => {
    const deadline = now() + timeoutMs
    let leftMs = timeoutMs
    return untilAnswered(() => {
      const look = gate.advance() ? new Look(gate, on) : undefined
      if (look === undefined) return network('wait', { on, timeoutMs: leftMs })
      return whenDone(look.find(network, leftMs), (found) => {
        if (found.length > 0 || leftMs <= look.cutMs) return found
        leftMs = Math.max(0, deadline - now())
        return undefined
      })
    })
  }
}

/** One wait of the network's, for what the gate lets through. */
class Look {
  /** When to look again, at the latest. */
  readonly cutMs: number
  readonly #gate: Gate
  readonly #on: readonly Interest[]
  readonly #withheld: readonly Withheld[]

  constructor(gate: Gate, on: readonly Interest[]) {
    this.#gate = gate
    this.#on = on
    this.#withheld = on.map((interest) => gate.withheld(interest))
    this.cutMs = this.#withheld.reduce((least, { forMs }) => Math.min(least, forMs), gate.dueInMs())
  }

  find(network: Network, leftMs: number): MaybePromise<Interest[]> {
    const found = this.#on.map((interest) => this.#own(interest))
    const hasOwn = found.some((each) => each !== undefined)
    const asked = this.#on.flatMap((interest, index) =>
      found[index] === undefined ? this.#asked(interest, index) : [],
    )
    const timeoutMs = hasOwn ? 0 : Math.min(leftMs, this.cutMs)
    return whenDone(network('wait', { on: asked, timeoutMs }), (answer) => {
      for (const each of answer) found[each.tag as number] = this.#told(each)
      return found.filter((each) => each !== undefined)
    })
  }

  /** What the gate itself tells. */
  #own(interest: Interest): Interest | undefined {
    const { handle, events, since, tag } = interest
    const holds = this.#gate.holds(interest) & (events | POLLERR | POLLHUP)
    return holds === 0
      ? undefined
      : { handle, events: holds, ...(since && { since }), ...(tag !== undefined && { tag }) }
  }

  /** What the network is asked: by its place, since one handle may be asked about more than once. */
  #asked({ handle, events, since }: Interest, tag: number): Interest[] {
    const withheld = this.#withheld[tag] as Withheld
    const left = events & ~withheld.events
    if (withheld.events !== 0 && (left & WAITED_FOR) === 0) return []
    if (since === undefined) return [{ handle, events: left, tag }]
    const { receiving, sending } = this.#gate.reliefs(handle)
    const before = { receiving: since.receiving - receiving, sending: since.sending - sending }
    return [{ handle, events: left, since: before, tag }]
  }

  /** What the guest is told of that. A direction that is withheld has told nothing, so its mark stays. */
  #told({ handle, events, since: mark, tag: index }: Interest): Interest {
    const { since, tag } = this.#on[index as number] as Interest
    const { events: withheld } = this.#withheld[index as number] as Withheld
    const told = { handle, events, ...(tag !== undefined && { tag }) }
    if (since === undefined || mark === undefined) return told
    const reliefs = this.#gate.reliefs(handle)
    const receiving = (withheld & POLLIN) !== 0 ? since.receiving : mark.receiving + reliefs.receiving
    const sending = (withheld & POLLOUT) !== 0 ? since.sending : mark.sending + reliefs.sending
    return { ...told, since: { receiving, sending } }
  }
}
