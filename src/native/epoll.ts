import { EPOLL_CTL_ADD, EPOLL_CTL_DEL } from '../posix/constants.js'
import type { Descriptors } from './descriptors.js'
import { EINTR, EPOLLET, type Platform, SOCK_CLOEXEC } from './platform.js'
import { checked, failure, type SystemCalls } from './system-calls.js'

/** At first there is room for so many events of one wait. */
const FIRST_ROOM = 64

/** What an epoll instance needs. */
export interface EpollGround {
  readonly calls: SystemCalls
  readonly platform: Platform
  readonly descriptors: Descriptors
}

/** An epoll instance of the system's. */
export class Epoll {
  readonly fd: number
  readonly #calls: SystemCalls
  readonly #stride: number
  readonly #dataAt: number
  readonly #change: Int32Array
  #events: Int32Array

  constructor({ calls, platform, descriptors }: EpollGround) {
    this.#calls = calls
    this.#stride = platform.epollEventBytes / 4
    this.#dataAt = platform.epollDataAt / 4
    this.#change = new Int32Array(this.#stride)
    this.#events = new Int32Array(FIRST_ROOM * this.#stride)
    this.fd = descriptors.keep(checked(calls.epoll_create1(SOCK_CLOEXEC)))
  }

  add(fd: number, events: number): void {
    this.change(EPOLL_CTL_ADD, fd, events)
  }

  addEdges(fd: number, events: number): void {
    this.change(EPOLL_CTL_ADD, fd, events | EPOLLET)
  }

  /** For a descriptor of which a copy goes on elsewhere; one that is closed is forgotten by the system itself. */
  remove(fd: number): void {
    this.#calls.epoll_ctl(this.fd, EPOLL_CTL_DEL, fd, this.#change)
  }

  change(operation: number, fd: number, events: number): void {
    this.#change[0] = events
    this.#change[this.#dataAt] = fd
    checked(this.#calls.epoll_ctl(this.fd, operation, fd, this.#change))
  }

  /** Tells of what has happened already, at most so many; answers how many there are. */
  look(most: number): number {
    if (most * this.#stride > this.#events.length) this.#events = new Int32Array(most * 2 * this.#stride)
    const count = this.#calls.epoll_wait(this.fd, this.#events, most, 0)
    if (count >= 0) return count
    if (count === -EINTR) return 0
    throw failure(count)
  }

  /** The descriptor of one of the events that the last look has told of. */
  fdAt(index: number): number {
    return this.#events[index * this.#stride + this.#dataAt] as number
  }

  eventsAt(index: number): number {
    return this.#events[index * this.#stride] as number
  }
}
