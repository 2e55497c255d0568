import type { Events, Handle, Interest } from '../network/network.js'
import { type Holding, Watch, type Watched } from './watch.js'

/** What is waited for, by whoever blocks or suspends the guest meanwhile. */
export interface Awaited<T> {
  /** True for who waits for many: then it is better to be woken for several at once than soon. */
  readonly isMany: boolean
  /** What there is now. */
  look(): T | undefined
  /** From now on the pumps ring for it, and `wake`, if given, is called when a look may find something. Look once more after it. */
  begin(wake?: () => void): void
  end(): void
}

interface Ground {
  /** Takes note of what the pumps have told. */
  catchUp(): void
  readonly holding: Holding
  /** Tells a handle's pump what to ring for. */
  want(handle: Handle, events: Events): void
}

/** Up to so many interests are looked at each time; more are kept from one wait to the next. */
const FEW = 16
const none: readonly Interest[] = []

/**
 * All that a guest waits for, by handle: so that news of a handle leads to those who wait for it, and to nobody else.
 *
 * No news is lost. The guest writes what it wants of a channel (`WANTED`), and only then looks at it: so the look sees what the pump had
 * put down by then, or the pump, which puts it down before it reads `WANTED`, sees that it is wanted. It raises `NEWS` and queues the id, unless
 * `NEWS` was up: then the id stands in the queue, or the guest has just taken it. The guest takes the id, lowers `NEWS`, and only then
 * looks: so it sees all that was put down before `NEWS` was found up. What the guest's own calls change it notes itself.
 */
export class Watches implements Watched {
  readonly #ground: Ground
  /** Those that ask about each handle. */
  readonly #of: (Watch[] | undefined)[] = []
  /** What waits for many ask for: it goes on being watched after the wait, since the next one mostly asks for the same. */
  readonly #standing = new Watch(this)
  #isStandingUsed = false
  /** What somebody who sleeps elsewhere has announced. */
  readonly #announced = new Watch(this)

  constructor(ground: Ground) {
    this.#ground = ground
  }

  /** A wait for one of these. */
  awaiting(on: readonly Interest[]): Awaited<readonly Interest[]> {
    return on.length > FEW && !this.#isStandingUsed ? this.#many(on) : this.#few(on)
  }

  /** What of the conditions holds now. */
  look(on: readonly Interest[]): readonly Interest[] {
    this.#ground.catchUp()
    const found: Interest[] = []
    for (const interest of on) {
      const one = this.#ground.holding(interest)
      if (one !== undefined) found.push(one)
    }
    return found
  }

  /** The pumps ring for these, until others are announced. */
  announce(on: readonly Interest[]): void {
    this.#announced.update(on)
  }

  /** There is news of a handle. */
  note(handle: Handle): void {
    const watches = this.#of[handle]
    if (watches !== undefined) for (const watch of watches) watch.suspect(handle)
  }

  /** A handle is closed. Calls that are suspended for it go on. */
  lose(handle: Handle): void {
    for (const watch of this.#of[handle] ?? []) {
      const isWaitedBy = watch === this.#standing ? this.#isStandingUsed : watch !== this.#announced
      if (isWaitedBy) watch.lose(handle)
    }
  }

  /** A handle stands for something new. */
  renew(handle: Handle): void {
    if (this.#of[handle] === undefined) return
    this.#announce(handle)
    this.note(handle)
  }

  changed(handle: Handle, watch: Watch): void {
    const others = this.#of[handle]?.filter((each) => each !== watch) ?? []
    const watches = watch.wanted(handle) === undefined ? others : [...others, watch]
    this.#of[handle] = watches.length > 0 ? watches : undefined
    this.#announce(handle)
  }

  #announce(handle: Handle): void {
    this.#ground.want(handle, this.#wanted(handle))
  }

  #wanted(handle: Handle): Events {
    let events = 0
    for (const watch of this.#of[handle] ?? []) events |= watch.wanted(handle) ?? 0
    return events
  }

  /** For who blocks, and so waits for nothing else meanwhile: these are wanted besides, or no longer. */
  #wantFew(on: readonly Interest[], isWaiting: boolean): void {
    for (const { handle } of on) {
      let events = this.#wanted(handle)
      if (isWaiting) for (const other of on) if (other.handle === handle) events |= other.events
      this.#ground.want(handle, events)
    }
  }

  #many(on: readonly Interest[]): Awaited<readonly Interest[]> {
    const watch = this.#standing
    const use = (isUsed: boolean, wake: () => void) => {
      this.#isStandingUsed = isUsed
      watch.wake = wake
      watch.settle()
    }
    watch.update(on)
    return {
      isMany: true,
      look: () => this.#found(watch),
      begin: (wake = () => {}) => use(true, wake),
      end: () => use(false, () => {}),
    }
  }

  #few(on: readonly Interest[]): Awaited<readonly Interest[]> {
    let watch: Watch | undefined
    return {
      isMany: on.length > FEW,
      look: () => (watch === undefined ? something(this.look(on)) : this.#found(watch)),
      begin: (wake) => {
        if (wake === undefined) return this.#wantFew(on, true)
        watch = new Watch(this)
        watch.update(on)
        watch.wake = wake
      },
      end: () => (watch === undefined ? this.#wantFew(on, false) : watch.update(none)),
    }
  }

  #found(watch: Watch): readonly Interest[] | undefined {
    this.#ground.catchUp()
    return something(watch.look(this.#ground.holding))
  }
}

function something(found: readonly Interest[]): readonly Interest[] | undefined {
  return found.length > 0 ? found : undefined
}
