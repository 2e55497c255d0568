import type { Events, Mark } from '../network/network.js'
import { POLLIN, POLLOUT, POLLPRI, POLLRDHUP } from '../posix/constants.js'
import type { Descriptor, Descriptors } from './descriptors.js'
import { Epoll, type EpollGround } from './epoll.js'

/** Which of the two instances watch a descriptor. */
const RECEIVING = 1
const SENDING = 2
/** How many events are taken at a time. */
const BATCH = 256

/**
 * What is news about descriptors, by Linux's own account: two epoll instances with EPOLLET, one that minds what is received and one
 * that minds room to send, since one alone would not say which of the two is new.
 */
export class Edges {
  readonly receiving: Epoll
  readonly sending: Epoll
  readonly #descriptors: Descriptors

  constructor(ground: EpollGround) {
    this.#descriptors = ground.descriptors
    this.receiving = new Epoll(ground)
    this.sending = new Epoll(ground)
  }

  /** From now on counts what is news to somebody who waits for these events. */
  watch(descriptor: Descriptor, events: Events): void {
    const mask = (mindsReceiving(events) ? RECEIVING : 0) | (mindsSending(events) ? SENDING : 0)
    const added = mask & ~descriptor.watched
    if (added === 0) return
    descriptor.watched |= mask
    if ((added & RECEIVING) !== 0) this.receiving.addEdges(descriptor.fd, POLLIN | POLLPRI | POLLRDHUP)
    if ((added & SENDING) !== 0) this.sending.addEdges(descriptor.fd, POLLOUT | POLLRDHUP)
  }

  /** For a descriptor that goes on elsewhere. */
  remove(descriptor: Descriptor): void {
    if ((descriptor.watched & RECEIVING) !== 0) this.receiving.remove(descriptor.fd)
    if ((descriptor.watched & SENDING) !== 0) this.sending.remove(descriptor.fd)
    descriptor.watched = 0
  }

  /** Counts what has happened. */
  catchUp(): void {
    this.#count(this.receiving, (descriptor) => descriptor.received++)
    this.#count(this.sending, (descriptor) => descriptor.sendable++)
  }

  #count(epoll: Epoll, note: (descriptor: Descriptor) => void): void {
    let count: number
    do {
      count = epoll.look(BATCH)
      for (let index = 0; index < count; index++) {
        const descriptor = this.#descriptors.find(epoll.fdAt(index))
        if (descriptor !== undefined) note(descriptor)
      }
    } while (count === BATCH)
  }
}

/** Whether anything has happened since that somebody is in who waits for these events. */
export function isNews(events: Events, since: Mark, { received, sendable }: Descriptor): boolean {
  return (
    (mindsSending(events) && sendable !== since.sending) || (mindsReceiving(events) && received !== since.receiving)
  )
}

function mindsSending(events: Events): boolean {
  return (events & POLLOUT) !== 0
}

/** Errors and hang-ups are news to everybody. */
function mindsReceiving(events: Events): boolean {
  return (events & (POLLIN | POLLPRI)) !== 0 || !mindsSending(events)
}
