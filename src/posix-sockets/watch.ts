import { beginning, type Interest, type Mark } from '../network/network.js'
import { POLLERR, POLLHUP, POLLIN, POLLOUT, POLLPRI, POLLRDHUP, POLLRDNORM, POLLWRNORM } from '../posix/constants.js'
import type { OpenEvent } from './event.js'
import { handleOf, type Open } from './open.js'
import type { EpollItem } from './open-epoll.js'
import type { OpenTimer } from './timer.js'

/** What waiting for a descriptor comes to: what the network is asked for, and what holds without asking. */
export interface Watch {
  readonly on: readonly Interest[]
  readonly now: number
  /** How far it has come that holds without asking, where it can come further. */
  readonly since?: Mark
  /** For timers: look again after so long, in ms. */
  readonly againMs?: number
}

/** What of a request's events the network is asked for. */
const ASKED_BITS = POLLIN | POLLPRI | POLLOUT | POLLRDHUP | POLLRDNORM | POLLWRNORM
/** What a file that never blocks answers: poll(2) says that regular files are always ready. */
const FILE_READY = POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM

interface Asking {
  readonly tag: number
  readonly since?: Mark | undefined
  /** The epoll instances that are being looked into: one that is reached in several ways is asked once. */
  readonly seen?: Set<Open>
}

/** An epoll instance waits for all that it has; anything of it that is found makes it readable. */
export function watch(open: Open, events: number, { tag, since, seen = new Set() }: Asking): Watch {
  const handle = handleOf(open)
  if (handle !== undefined) return { on: [{ handle, events: askedOf(events), since, tag }], now: 0 }
  if (open.is === 'event') return watchEvent(open, events, since)
  if (open.is === 'timer') return watchTimer(open, events, since)
  if (open.is !== 'epoll') return { on: [], now: since === undefined || since.receiving < 0 ? events & FILE_READY : 0 }
  if ((events & (POLLIN | POLLRDNORM)) === 0 || seen.has(open)) return { on: [], now: 0 }
  seen.add(open)
  const inner = [...open.armed()].map((item) => watchItem(item, tag, seen))
  const isReady = inner.some(({ now }) => now !== 0)
  return {
    on: inner.flatMap(({ on }) => on),
    now: isReady ? events & (POLLIN | POLLRDNORM) : 0,
    againMs: soonest(inner),
  }
}

/** The least of the times after which something is to be looked at again, Infinity for none. */
export function soonest(watches: readonly Watch[]): number {
  return watches.reduce((least, { againMs = least }) => Math.min(least, againMs), Number.POSITIVE_INFINITY)
}

/** Only the guest changes it, and not while it waits. To who waits to read, a write is news; to who waits to write, a read. */
function watchEvent({ ready, mark }: OpenEvent, events: number, since = beginning): Watch {
  const hasMore = since.receiving < mark.receiving && (events & (POLLIN | POLLRDNORM)) !== 0
  const hasRoom = since.sending < mark.sending && (events & (POLLOUT | POLLWRNORM)) !== 0
  return { on: [], now: hasMore || hasRoom ? ready & events : 0, since: mark }
}

/** Time makes it readable. */
function watchTimer(open: OpenTimer, events: number, since = beginning): Watch {
  if ((events & (POLLIN | POLLRDNORM)) === 0) return { on: [], now: 0 }
  const againMs = open.leftMs()
  const { ready, mark } = open
  return { on: [], now: since.receiving < mark.receiving ? ready & events : 0, since: mark, againMs }
}

/** The same for what an epoll instance has been given. */
export function watchItem({ open, events, edge, since }: EpollItem, tag: number, seen?: Set<Open>): Watch {
  return watch(open, events, { tag, since: edge ? since : undefined, ...(seen && { seen }) })
}

/** The bits of poll(2) as the network has them. */
export function askedOf(events: number): number {
  const asked = events & ASKED_BITS
  return asked | (asked & POLLRDNORM ? POLLIN : 0) | (asked & POLLWRNORM ? POLLOUT : 0)
}

/** What of `found` one request is told: what it asked for, and errors and hang-ups in any case. */
export function toldOf(found: number, asked: number): number {
  const reported = found & (asked | POLLERR | POLLHUP)
  return reported | (found & POLLIN ? asked & POLLRDNORM : 0) | (found & POLLOUT ? asked & POLLWRNORM : 0)
}
