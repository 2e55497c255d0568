import type { Interest } from '../network/network.js'

/** An interest that is told apart by its tag. */
export type TaggedInterest = Interest & { readonly tag: number }

/**
 * Interests that come, change and go one by one. What it gives out never changes, and is the same array until there is a change: so a network
 * knows by a glance what it has been asked for already.
 */
export class InterestList {
  readonly #interests: TaggedInterest[] = []
  /** Where each stands, by its tag. */
  readonly #places = new Map<number, number>()
  #given: readonly Interest[] | undefined

  /** Adds an interest, or puts it in the place of the one with the same tag. */
  put(interest: TaggedInterest): void {
    const at = this.#places.get(interest.tag) ?? this.#interests.length
    this.#set(at, interest)
  }

  remove(tag: number): void {
    const at = this.#places.get(tag)
    if (at === undefined) return
    this.#places.delete(tag)
    this.#given = undefined
    const last = this.#interests.pop()
    if (last !== undefined && last.tag !== tag) this.#set(at, last)
  }

  get all(): readonly Interest[] {
    this.#given ??= this.#interests.slice()
    return this.#given
  }

  #set(at: number, interest: TaggedInterest): void {
    this.#interests[at] = interest
    this.#places.set(interest.tag, at)
    this.#given = undefined
  }
}
