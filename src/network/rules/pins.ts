import type { Resolution } from '../network.js'
import { type Ip, ipOf } from './hosts.js'

/** The most names that are kept: more than a guest needs, and a bound on what it can make the host remember. */
const MOST_NAMES = 4096

type Found = Extract<Resolution, { is: 'found' }>

/** The names that a guest has looked up, each with the addresses of its first answer for good. */
export class Pins {
  readonly #answers = new Map<string, Found>()
  readonly #names = new Map<string, string[]>()

  get isFull(): boolean {
    return this.#answers.size >= MOST_NAMES
  }

  answerOf(name: string): Found | undefined {
    return this.#answers.get(name)
  }

  /** Keeps a name's addresses; where it has some already, those count. Answers what counts. */
  pin(name: string, found: Found): Found {
    const known = this.#answers.get(name)
    if (known !== undefined) return known
    this.#answers.set(name, found)
    for (const { host } of found.hosts) {
      const ip = ipOf(host)?.toString()
      if (ip !== undefined) this.#names.set(ip, [...(this.#names.get(ip) ?? []), name])
    }
    return found
  }

  /** The names that have this address. */
  namesOf(ip: Ip): readonly string[] {
    return this.#names.get(ip.toString()) ?? []
  }
}
