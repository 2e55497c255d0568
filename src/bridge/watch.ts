import type { Events, Handle, Interest } from '../network/network.js'
import { POLLERR, POLLHUP } from '../posix/constants.js'

/** Whom a watch tells what it watches. */
export interface Watched {
  /** A watch has begun to ask about a handle, or asks for something else of it, or no longer. */
  changed(handle: Handle, watch: Watch): void
}

/** Tells what of an interest holds. */
export type Holding = (interest: Interest) => Interest | undefined

/**
 * Interests of a wait, or of many waits in a row. A look costs by what may hold, not by how much is asked for: a handle is a suspect from
 * the moment when it is asked about, and again when there is news of it, until it was looked at and nothing of it held.
 */
export class Watch {
  /** Called when something may hold. */
  wake: () => void = nobody
  readonly #watched: Watched
  #on: readonly Interest[] = []
  /** Where in `#on` each handle is asked about. */
  readonly #places = new Map<Handle, number[]>()
  readonly #suspects = new Set<Handle>()
  /** What is asked for and gone, as it is told. */
  #lost: Interest[] | undefined

  constructor(watched: Watched) {
    this.#watched = watched
  }

  /** Asks for these from now on. Those that are the same as before, at the same place, cost no more than a comparison; the same array, nothing. */
  update(on: readonly Interest[]): void {
    const before = this.#on
    if (before === on) return
    this.#on = on
    for (let at = 0; at < before.length || at < on.length; at++) {
      const [old, now] = [before[at], on[at]]
      if (old === now || (old !== undefined && now !== undefined && isSame(old, now))) continue
      if (old !== undefined) this.#leave(old.handle, at)
      if (now !== undefined) this.#enter(now.handle, at)
    }
  }

  /** What of a handle is asked for; undefined where it is not asked about. */
  wanted(handle: Handle): Events | undefined {
    return this.#places.get(handle)?.reduce((events, at) => events | (this.#on[at]?.events ?? 0), 0)
  }

  /** There is news of a handle that is asked about. */
  suspect(handle: Handle): void {
    this.#suspects.add(handle)
    this.wake()
  }

  /** A handle is closed that is asked about: that is found from now on, whatever is opened by the same number. */
  lose(handle: Handle): void {
    for (const at of this.#places.get(handle) ?? []) {
      const { since, tag } = this.#on[at] as Interest
      this.#lost ??= []
      this.#lost.push({ handle, events: POLLERR | POLLHUP, since, tag })
    }
    this.wake()
  }

  /** Forgets what was lost: the wait that asked for it is over. */
  settle(): void {
    this.#lost = undefined
  }

  /** What holds, in the order asked. */
  look(holding: Holding): Interest[] {
    if (this.#lost !== undefined) return this.#lost
    const found: { at: number; interest: Interest }[] = []
    for (const handle of this.#suspects) {
      const before = found.length
      for (const at of this.#places.get(handle) ?? []) {
        const interest = holding(this.#on[at] as Interest)
        if (interest !== undefined) found.push({ at, interest })
      }
      if (found.length === before) this.#suspects.delete(handle)
    }
    return found.sort((one, other) => one.at - other.at).map(({ interest }) => interest)
  }

  #enter(handle: Handle, at: number): void {
    const places = this.#places.get(handle)
    if (places === undefined) this.#places.set(handle, [at])
    else places.push(at)
    this.#watched.changed(handle, this)
    this.#suspects.add(handle)
  }

  #leave(handle: Handle, at: number): void {
    const places = this.#places.get(handle)?.filter((each) => each !== at) ?? []
    if (places.length > 0) this.#places.set(handle, places)
    else {
      this.#places.delete(handle)
      this.#suspects.delete(handle)
    }
    this.#watched.changed(handle, this)
  }
}

function nobody(): void {}

function isSame(one: Interest, other: Interest): boolean {
  return (
    one.handle === other.handle && one.events === other.events && one.since === other.since && one.tag === other.tag
  )
}
