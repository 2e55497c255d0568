import type { Wakening } from '../bridge/wakening.js'
import { DONE, DRAINED, type Events, type Interest, type Mark } from '../network/network.js'
import { POLLERR, POLLHUP, POLLIN } from '../posix/constants.js'
import type { Descriptor, Descriptors } from './descriptors.js'
import { Edges, isNews } from './edges.js'
import { LevelSet } from './level-set.js'
import type { Platform } from './platform.js'
import { PollSet } from './poll-set.js'
import type { SystemCalls } from './system-calls.js'

/** Up to so many interests go to poll(2) each time; more are kept in step with epoll(7). */
const FEW = 16
/** What a descriptor of the system's never keeps anybody waiting for: it answers at once, and takes what it takes. */
const AT_ONCE = DONE | DRAINED

/** Those who serve handles that are no descriptors, and wake the guest by its wake-up descriptor. */
export interface Others {
  /** What of these holds: each tells by its tag where in `on` it was asked for. Takes note of whatever they have reported. */
  look(on: readonly Interest[]): readonly Interest[]
  /** Tells them what to wake the guest for; called with false afterwards. */
  announce(on: readonly Interest[], isWaiting: boolean): void
}

interface Ground {
  readonly calls: SystemCalls
  readonly platform: Platform
  readonly descriptors: Descriptors
  readonly wakening: Wakening
  /** Where the guest is woken. */
  readonly wakeFd: number
  readonly now: () => number
  /** The longest that the guest may sleep without looking whether its thread is to end, in ms. */
  readonly mostMs: number
  /** Throws when the guest is to stop. */
  readonly checkStopped: () => void
  readonly others: () => Others | undefined
}

/** Something that holds, and where it was asked for. */
interface Found {
  readonly index: number
  readonly interest: Interest
}

/** The one place where a guest in native mode blocks: in poll(2), with a descriptor beside that wakes it. */
export class Waiting {
  readonly #ground: Ground
  readonly #set: PollSet
  readonly #drained = new Uint8Array(8)
  /* Both are opened at the start: when they are needed, the process may have no descriptor left. */
  readonly #edges: Edges
  readonly #level: LevelSet
  /** The last interests that were many and of one kind. */
  #plain: readonly Interest[] | undefined

  constructor(ground: Ground) {
    this.#ground = ground
    this.#set = new PollSet(ground.calls)
    this.#level = new LevelSet(ground)
    this.#edges = new Edges(ground)
    ground.descriptors.onClose = (descriptor) => this.#level.forget(descriptor)
  }

  /** Blocks until one of the conditions holds or time has run out. */
  wait(on: readonly Interest[], timeoutMs: number): readonly Interest[] {
    const { now, checkStopped, mostMs } = this.#ground
    const deadline = timeoutMs > 0 && timeoutMs < Number.POSITIVE_INFINITY ? now() + timeoutMs : timeoutMs
    for (let leftMs = timeoutMs; ; leftMs = deadline - now()) {
      const pieceMs = Math.min(leftMs, mostMs)
      const found = on.length === 1 ? this.#waitForOne(on[0] as Interest, pieceMs) : this.#waitForMany(on, pieceMs)
      if (found.length > 0) return found
      checkStopped()
      if (timeoutMs <= 0 || (timeoutMs < Number.POSITIVE_INFINITY && deadline <= now())) return found
    }
  }

  /** For a descriptor that goes on elsewhere. */
  remove(descriptor: Descriptor): void {
    this.#level.remove(descriptor)
    this.#edges.remove(descriptor)
  }

  #waitForOne(interest: Interest, timeoutMs: number): readonly Interest[] {
    const { events, since } = interest
    const descriptor = this.#here(interest)
    if (descriptor === undefined || since !== undefined) return this.#waitForMany([interest], timeoutMs)
    if (events === DONE) return [told(interest, DONE)]
    const sure = events & AT_ONCE
    this.#begin()
    const at = this.#set.add(descriptor.fd, events)
    this.#poll(sure !== 0 ? 0 : timeoutMs, none)
    const holds = this.#set.found(at) | sure
    return holds === 0 ? none : [told(interest, holds)]
  }

  #waitForMany(on: readonly Interest[], timeoutMs: number): readonly Interest[] {
    this.#begin()
    if (this.#plain === on && this.#level.has(on)) return this.#waitForLevels(on, timeoutMs)
    const [asked, elsewhere, found] = [[] as { index: number; at: number }[], [] as Found[], [] as Found[]]
    const isMany = on.length > FEW
    if (on.some(({ since }) => since !== undefined)) this.#watchEdges(on)
    let [isPlain, isSure] = [isMany, false]
    for (const [index, interest] of on.entries()) {
      const { events, since } = interest
      const descriptor = this.#here(interest)
      if (descriptor === undefined) elsewhere.push({ index, interest })
      else if (isMany && isLevel(interest)) continue
      else if (since === undefined || isNews(events, since, descriptor))
        asked.push({ index, at: this.#set.add(descriptor.fd, events) })
      isPlain = false
      isSure ||= descriptor !== undefined && (events & AT_ONCE) !== 0
    }
    this.#plain = isPlain ? on : undefined
    if (isPlain) return this.#waitForLevels(on, timeoutMs)
    const level = isMany ? this.#registered(on) : undefined
    const levelAt = level && this.#set.add(level.epoll.fd, POLLIN)
    const theirs = elsewhere.map(({ interest }) => interest)
    this.#poll(isSure ? 0 : timeoutMs, theirs)
    for (const { index, at } of asked) {
      const sure = (on[index] as Interest).events & AT_ONCE
      this.#note(found, on, { index, holds: sure === DONE ? DONE : sure | this.#set.found(at) })
    }
    if (levelAt !== undefined && this.#set.found(levelAt) !== 0)
      level?.look((index, holds) => this.#note(found, on, { index, holds }))
    for (const { tag = 0, events, since } of theirs.length > 0 ? (this.#ground.others()?.look(theirs) ?? []) : []) {
      const { index, interest } = elsewhere[tag] as Found
      found.push({ index, interest: told(interest, events, since) })
    }
    return found.sort((one, other) => one.index - other.index).map(({ interest }) => interest)
  }

  /** Many that are all of one kind, and the same as the last time: their number costs nothing. */
  #waitForLevels(on: readonly Interest[], timeoutMs: number): readonly Interest[] {
    const level = this.#registered(on)
    const at = this.#set.add(level.epoll.fd, POLLIN)
    this.#poll(timeoutMs, none)
    const found: Found[] = []
    if (this.#set.found(at) !== 0) level.look((index, holds) => this.#note(found, on, { index, holds }))
    return found.sort((one, other) => one.index - other.index).map(({ interest }) => interest)
  }

  #note(found: Found[], on: readonly Interest[], { index, holds }: { index: number; holds: Events }): void {
    const interest = on[index] as Interest
    const events = holds & (interest.events | POLLERR | POLLHUP)
    if (events === 0) return
    found.push({ index, interest: told(interest, events, this.#markOf(interest)) })
  }

  #markOf({ handle, since }: Interest): Mark | undefined {
    if (since === undefined) return undefined
    const { received, sendable } = this.#ground.descriptors.get(handle)
    return { receiving: received, sending: sendable }
  }

  /** The descriptor of an interest, if it is one of the system's. */
  #here({ handle }: Interest): Descriptor | undefined {
    const descriptor = this.#ground.descriptors.find(handle)
    return descriptor?.secured === undefined ? descriptor : undefined
  }

  #registered(on: readonly Interest[]): LevelSet {
    if (!this.#level.has(on))
      this.#level.register(on, (interest) => (isLevel(interest) ? this.#here(interest) : undefined))
    return this.#level
  }

  /** What happens from now on is counted, and wakes the guest. */
  #watchEdges(on: readonly Interest[]): void {
    for (const interest of on) {
      const descriptor = interest.since === undefined ? undefined : this.#here(interest)
      if (descriptor !== undefined) this.#edges.watch(descriptor, interest.events)
    }
    this.#edges.catchUp()
    this.#set.add(this.#edges.receiving.fd, POLLIN)
    this.#set.add(this.#edges.sending.fd, POLLIN)
  }

  #begin(): void {
    this.#set.clear()
    this.#set.add(this.#ground.wakeFd, POLLIN)
  }

  /** Blocks, unless something that is no descriptor's holds already. */
  #poll(timeoutMs: number, elsewhere: readonly Interest[]): void {
    const { wakening, wakeFd, calls } = this.#ground
    const others = this.#ground.others()
    if (timeoutMs <= 0) {
      this.#set.poll(0)
    } else if (others === undefined) {
      this.#set.poll(timeoutMs)
    } else {
      others.announce(elsewhere, true)
      wakening.sleepsInSystem = true // from now on a ring writes to the wake-up descriptor; what rang before is found by looking
      try {
        this.#set.poll(others.look(elsewhere).length > 0 ? 0 : timeoutMs)
      } finally {
        wakening.sleepsInSystem = false
        others.announce(elsewhere, false)
      }
    }
    if (this.#set.found(0) !== 0) calls.read(wakeFd, this.#drained, 8)
  }
}

const none: readonly Interest[] = []

/** Whether epoll may say when it holds. */
function isLevel({ events, since }: Interest): boolean {
  return since === undefined && (events & AT_ONCE) === 0
}

function told({ handle, tag }: Interest, events: Events, since?: Mark): Interest {
  if (since !== undefined) return { handle, events, since, tag }
  return tag === undefined ? { handle, events } : { handle, events, tag }
}
