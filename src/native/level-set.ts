import type { Interest } from '../network/network.js'
import { EPOLL_CTL_ADD, EPOLL_CTL_MOD } from '../posix/constants.js'
import type { Descriptor, Descriptors } from './descriptors.js'
import { Epoll, type EpollGround } from './epoll.js'

/** Stands in `registered` for a descriptor that is registered, whatever for. */
const REGISTERED = 1 << 20
/** The events of poll(2). */
const POLL_BITS = 0xffff

/** Many interests in what is so, kept in step with an epoll instance: waiting costs by what is ready. */
export class LevelSet {
  readonly epoll: Epoll
  readonly #descriptors: Descriptors
  #on: readonly Interest[] | undefined
  #round = 0
  #members: Descriptor[] = []
  /** For each interest the one before it in the same descriptor, or -1: a descriptor knows its last. */
  #before = new Int32Array(64)

  constructor(ground: EpollGround) {
    this.epoll = new Epoll(ground)
    this.#descriptors = ground.descriptors
  }

  /** Whether these very interests were given the last time, and nothing has been closed since. */
  has(on: readonly Interest[]): boolean {
    return this.#on === on
  }

  /** Registers those interests that `isHere` says, and no others. */
  register(on: readonly Interest[], isHere: (interest: Interest) => Descriptor | undefined): void {
    this.#on = undefined // until all is done
    this.#round++
    const before = this.#members
    this.#members = []
    if (this.#before.length < on.length) this.#before = new Int32Array(on.length * 2)
    for (let index = 0; index < on.length; index++) {
      const interest = on[index] as Interest
      const descriptor = isHere(interest)
      if (descriptor !== undefined) this.#note(descriptor, interest.events & POLL_BITS, index)
    }
    for (const descriptor of this.#members) this.#bringInStep(descriptor)
    for (const descriptor of before) if (descriptor.round !== this.#round) this.#drop(descriptor)
    this.#on = on
  }

  /** Calls `note` with the index of each interest whose descriptor has something, and what that is; in no order. */
  look(note: (index: number, events: number) => void): void {
    const count = this.epoll.look(Math.max(1, this.#members.length))
    for (let index = 0; index < count; index++) {
      const descriptor = this.#descriptors.find(this.epoll.fdAt(index))
      const events = this.epoll.eventsAt(index)
      for (let at = descriptor?.at ?? -1; at >= 0; at = this.#before[at] as number) note(at, events)
    }
  }

  /** A descriptor is closed: the system has forgotten it. */
  forget(descriptor: Descriptor): void {
    if (descriptor.registered === 0) return
    descriptor.registered = 0
    this.#on = undefined
  }

  /** A descriptor goes on elsewhere. */
  remove(descriptor: Descriptor): void {
    if (descriptor.registered === 0) return
    this.#drop(descriptor)
    this.#on = undefined
  }

  #note(descriptor: Descriptor, events: number, index: number): void {
    if (descriptor.round !== this.#round) {
      descriptor.round = this.#round
      descriptor.wanted = 0
      descriptor.at = -1
      this.#members.push(descriptor)
    }
    descriptor.wanted |= events
    this.#before[index] = descriptor.at
    descriptor.at = index
  }

  #bringInStep(descriptor: Descriptor): void {
    const { fd, wanted, registered } = descriptor
    if (registered === (wanted | REGISTERED)) return
    this.epoll.change(registered === 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd, wanted)
    descriptor.registered = wanted | REGISTERED
  }

  #drop(descriptor: Descriptor): void {
    if (descriptor.registered === 0) return
    this.epoll.remove(descriptor.fd)
    descriptor.registered = 0
  }
}
