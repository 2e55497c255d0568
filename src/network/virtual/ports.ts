import { SysError } from '../../posix/errno.js'
import { familyOf, isWildcard, type Place } from './addresses.js'

/** Who has a port: where, and on which terms. */
export interface Binding extends Place {
  readonly v6Only: boolean
  /** SO_REUSEADDR. */
  readonly reuse: boolean
}

/** Linux's ip_local_port_range. */
const FIRST_FREE = 32_768
const LAST_FREE = 60_999

/** The ports of one host for one protocol. `shares` says whether two who allow reuse may have the same one. */
export class Ports<B extends Binding> {
  readonly #byPort = new Map<number, B[]>()
  readonly #shares: (other: B) => boolean
  #next: number

  constructor(shares: (other: B) => boolean, start: number) {
    this.#shares = shares
    this.#next = FIRST_FREE + (start % (LAST_FREE + 1 - FIRST_FREE))
  }

  /** The port asked for, or for 0 one that is free; `EADDRINUSE` where there is none. */
  choose(asked: Omit<B, 'port'> & Place): number {
    if (asked.port !== 0) {
      if (
        this.#at(asked.port).some(
          (other) => overlaps(asked, other) && !(asked.reuse && other.reuse && this.#shares(other)),
        )
      )
        throw new SysError('EADDRINUSE')
      return asked.port
    }
    for (let tries = FIRST_FREE; tries <= LAST_FREE; tries++) {
      const port = this.#next
      this.#next = port === LAST_FREE ? FIRST_FREE : port + 1
      if (!this.#byPort.has(port)) return port
    }
    throw new SysError('EADDRINUSE')
  }

  add(binding: B): void {
    this.#byPort.set(binding.port, [...this.#at(binding.port), binding])
  }

  remove(binding: B): void {
    const left = this.#at(binding.port).filter((other) => other !== binding)
    if (left.length > 0) this.#byPort.set(binding.port, left)
    else this.#byPort.delete(binding.port)
  }

  /** Those whom something for this place reaches; who has the very address comes before who has any. */
  reached(place: Place): B[] {
    const all = this.#at(place.port).filter((binding) => covers(binding, place.host))
    return all.sort((one, other) => Number(isWildcard(one.host)) - Number(isWildcard(other.host)))
  }

  /** True where somebody else for whom `holds` has a place in common with this one. */
  isTaken(binding: B, holds: (other: B) => boolean): boolean {
    return this.#at(binding.port).some((other) => other !== binding && holds(other) && overlaps(binding, other))
  }

  #at(port: number): readonly B[] {
    return this.#byPort.get(port) ?? []
  }
}

function overlaps(one: Pick<Binding, 'host' | 'v6Only'>, other: Pick<Binding, 'host' | 'v6Only'>): boolean {
  if (one.host === other.host) return true
  return (isWildcard(one.host) && covers(one, other.host)) || (isWildcard(other.host) && covers(other, one.host))
}

/** `::` is for IPv4 too, unless IPV6_V6ONLY is set. */
function covers(binding: Pick<Binding, 'host' | 'v6Only'>, host: string): boolean {
  if (binding.host === host) return true
  if (binding.host === '::') return familyOf(host) === 'inet6' || !binding.v6Only
  return binding.host === '0.0.0.0' && familyOf(host) === 'inet'
}
