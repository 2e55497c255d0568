import { AGAIN, type Again, type Handle, type Input, type Network, type Resolution } from '../network.js'
import { ipOf } from './hosts.js'
import { canonicalName } from './names.js'
import type { Pins } from './pins.js'
import type { Referee } from './referee.js'

/** What a look-up that was begun is to answer: what the network finds, kept for a name, or something that is settled. */
type Lookup =
  | { readonly is: 'asked'; readonly name: string; readonly family: Input<'resolve'>['family'] }
  | { readonly is: 'settled'; readonly resolution: Resolution }

interface Parts {
  readonly network: Network
  readonly referee: Referee
  readonly pins: Pins
  /** Whether rules speak of a name, so that its addresses have to be kept. */
  readonly isNamed: (name: string) => boolean
}

/** A look-up that is refused. glibc says so where a name server does not want to answer; whoever is told need not try again. */
const refused: Resolution = { is: 'failed', reason: 'EAI_FAIL' }
const unknown: Resolution = { is: 'failed', reason: 'EAI_NONAME' }

/** The look-ups of one guest. A name that rules speak of is asked for once, and for both families, so that it has one answer. */
export class Lookups {
  readonly #parts: Parts
  readonly #open = new Map<Handle, Lookup>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  resolve({ host, family }: Input<'resolve'>): Handle {
    const { network, referee, pins, isNamed } = this.#parts
    const name = canonicalName(host)
    const number = numberOf(host) ?? (name === undefined ? undefined : numberOf(name))
    if (number !== undefined) return network('resolve', { host: number, family })
    if (name === undefined) return this.#settled(unknown)
    if (!referee.mayResolve(name)) return this.#settled(refused)
    if (!isNamed(name)) return network('resolve', { host: name, family })
    const known = pins.answerOf(name)
    if (known !== undefined) return this.#settled(ofFamily(known, family))
    if (pins.isFull) return this.#settled(refused)
    return this.#note(network('resolve', { host: name, family: undefined }), { is: 'asked', name, family })
  }

  resolveBack(input: Input<'resolveBack'>): Handle {
    const { network, referee } = this.#parts
    return referee.mayResolveBack(input.host) ? network('resolveBack', input) : this.#settled(refused)
  }

  answer(input: Input<'answer'>): Resolution | Again {
    const { network, pins } = this.#parts
    const answer = network('answer', input)
    const lookup = this.#open.get(input.handle)
    if (answer === AGAIN || lookup === undefined) return answer
    this.#open.delete(input.handle)
    if (lookup.is === 'settled') return lookup.resolution
    return answer.is === 'found' ? ofFamily(pins.pin(lookup.name, answer), lookup.family) : answer
  }

  /** What is settled still takes a look-up of the network's, as something to wait for. That of a number asks nobody. */
  #settled(resolution: Resolution): Handle {
    const handle = this.#parts.network('resolve', { host: '127.0.0.1', family: 'inet' })
    return this.#note(handle, { is: 'settled', resolution })
  }

  #note(handle: Handle, lookup: Lookup): Handle {
    this.#open.set(handle, lookup)
    return handle
  }
}

/** A numeric address as resolvers take it, which ask nobody about it. */
function numberOf(text: string): string | undefined {
  const ip = ipOf(text)
  return ip !== undefined && text.includes(':') ? text : ip?.toString()
}

function ofFamily(found: Extract<Resolution, { is: 'found' }>, family: Input<'resolve'>['family']): Resolution {
  const hosts = found.hosts.filter((each) => family === undefined || each.family === family)
  return hosts.length > 0 ? { is: 'found', hosts } : unknown
}
