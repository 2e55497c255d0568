import { type Table, takeFields } from '../../embedder/fields.js'
import { number } from '../../embedder/take.js'
import type { Chance } from './chance.js'

/** What has a place in the network. */
export interface Node {
  readonly name: string
}

/** How it is between two hosts. Probabilities are from 0 to 1, and for each packet. */
export interface LinkOptions {
  /** How long a packet is under way. Default 0. */
  readonly latencyMs?: number
  /** At most how much longer, by chance. Default 0. */
  readonly jitterMs?: number
  /** In each direction. Default: no bound. */
  readonly bytesPerSecond?: number
  /** That it is lost. Default 0. */
  readonly loss?: number
  /** That a packet of a stream has the connection reset, for both ends. Default 0. */
  readonly reset?: number
  /** That a datagram comes twice. Default 0. */
  readonly duplicate?: number
  /** That a datagram is held up, so that later ones come first. Default 0. */
  readonly reorder?: number
}

const perfect = { latencyMs: 0, jitterMs: 0, loss: 0, reset: 0, duplicate: 0, reorder: 0 }
const conditions = { ...perfect, bytesPerSecond: Number.POSITIVE_INFINITY }
type Conditions = Required<LinkOptions>

/** How one link is now. */
interface Link {
  conditions: Conditions
  isCut: boolean
  /** Until when each direction has something to carry, by the sender. */
  readonly busyUntilMs: Map<Node, number>
}

/** What is between the hosts, a host and itself among them. */
export class Links {
  readonly #chance: Chance
  readonly #links = new Map<Node, Map<Node, Link>>()

  constructor(chance: Chance) {
    this.#chance = chance
  }

  /** Changes what is given, and leaves the rest as it is. */
  set(one: Node, other: Node, options: LinkOptions): void {
    const taken = takeFields(options, linkTable, { whole: 'the options of a link', field: 'option of a link' })
    const link = this.between(one, other)
    link.conditions = { ...link.conditions, ...taken }
  }

  between(one: Node, other: Node): Link {
    const known = this.#links.get(one)?.get(other)
    if (known !== undefined) return known
    const link: Link = { conditions, isCut: false, busyUntilMs: new Map() }
    this.#note(one, other, link)
    this.#note(other, one, link)
    return link
  }

  /** How long a packet takes that is sent now, waiting for those before it and its chance of delay included. */
  delayMs(from: Node, to: Node, { bytes, nowMs }: { bytes: number; nowMs: number }): number {
    const { conditions, busyUntilMs } = this.between(from, to)
    const { latencyMs, jitterMs, bytesPerSecond } = conditions
    const busyUntil = Math.max(nowMs, busyUntilMs.get(from) ?? 0) + (bytes * 1000) / bytesPerSecond
    busyUntilMs.set(from, busyUntil)
    return busyUntil - nowMs + latencyMs + (jitterMs > 0 ? jitterMs * this.#chance.fraction() : 0)
  }

  #note(from: Node, to: Node, link: Link): void {
    const others = this.#links.get(from) ?? new Map<Node, Link>()
    others.set(to, link)
    this.#links.set(from, others)
  }
}

const delay = number('a finite number of milliseconds, 0 or more', (value) => value >= 0 && Number.isFinite(value))
const probability = number('a probability, from 0 to 1', (value) => value >= 0 && value <= 1)
const linkTable: Table<LinkOptions> = {
  latencyMs: delay,
  jitterMs: delay,
  bytesPerSecond: number('a positive number of bytes', (value) => value > 0),
  loss: probability,
  reset: probability,
  duplicate: probability,
  reorder: probability,
}
