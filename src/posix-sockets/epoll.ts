import { beginning, type Interest, type Mark } from '../network/network.js'
import {
  EPOLL_CTL_ADD,
  EPOLL_CTL_DEL,
  EPOLL_CTL_MOD,
  EPOLLET,
  EPOLLEXCLUSIVE,
  EPOLLWAKEUP,
  POLLERR,
  POLLHUP,
  POLLIN,
  POLLOUT,
  POLLRDNORM,
} from '../posix/constants.js'
import { SysError } from '../posix/errno.js'
import type { Blocking } from './blocking.js'
import type { FdTable } from './fd-table.js'
import type { Open } from './open.js'
import type { EpollItem, OpenEpoll, Registration, Told } from './open-epoll.js'
import type { WaitingTime } from './poll.js'
import { toldOf } from './watch.js'

/** `struct epoll_event`. */
export interface EpollEvent {
  readonly events: number
  readonly data: bigint
}

/** How many epoll instances may stand in each other, Linux's EP_MAX_NESTS and one. */
const MOST_NESTED = 5
const nothingYet: Mark = { receiving: 0, sending: 0 }
const EXCLUSIVE_BITS = POLLIN | POLLOUT | POLLERR | POLLHUP | EPOLLET | EPOLLEXCLUSIVE | EPOLLWAKEUP

export interface EpollChange {
  readonly op: number
  readonly fd: number
  readonly event: EpollEvent
}

/** epoll_ctl(2), with Linux's order of errors. */
export function epollControl(table: FdTable<Open>, epfd: number, { op, fd, event }: EpollChange): void {
  const [epoll, open] = [table.get(epfd), table.get(fd)]
  if (open.is === 'file' && open.isWaitable !== true) throw new SysError('EPERM')
  if (epoll.is !== 'epoll' || epoll === open) throw new SysError('EINVAL')
  if (op !== EPOLL_CTL_DEL) checkExclusive(op, open, event.events)
  if (op === EPOLL_CTL_ADD && open.is === 'epoll') checkNesting(table, epoll, open)
  const item = epoll.find(open, fd)
  if (op === EPOLL_CTL_ADD) {
    if (item !== undefined) throw new SysError('EEXIST')
    return epoll.add(open, fd, registration(open, event))
  }
  if (op !== EPOLL_CTL_DEL && op !== EPOLL_CTL_MOD) throw new SysError('EINVAL')
  if (item === undefined) throw new SysError('ENOENT')
  if (op === EPOLL_CTL_DEL) return epoll.remove(item)
  if ((item.events & EPOLLEXCLUSIVE) !== 0) throw new SysError('EINVAL')
  epoll.modify(item, registration(open, event))
}

/** epoll_wait(2): at most `most` events. */
export function* epollWait(epoll: OpenEpoll, most: number, { timeoutMs, now }: WaitingTime): Blocking<EpollEvent[]> {
  for (let leftMs = timeoutMs; ; ) {
    const { on, ready, againMs } = epoll.plan()
    const isWhole = againMs >= leftMs
    const endMs = isWhole || leftMs === Number.POSITIVE_INFINITY ? leftMs : now() + leftMs
    const wait = ready.size > 0 ? 0 : Math.min(leftMs, againMs)
    const found = yield { on, timeoutMs: wait, keepsOpen: false }
    const events = eventsOf(epoll, { ready, found }, most)
    const isOver = isWhole || found.length > 0 || ready.size > 0
    if (events.length > 0 || (isOver && timeoutMs !== Number.POSITIVE_INFINITY)) return events
    if (leftMs !== Number.POSITIVE_INFINITY) leftMs = Math.max(0, endMs - now())
  }
}

/** The events of what holds. Another call may have closed or changed that while this one waited: then there is nothing to tell. */
function eventsOf(epoll: OpenEpoll, { ready, found }: Holding, most: number): EpollEvent[] {
  const told: { item: EpollItem; events: number; since: Mark | undefined }[] = []
  for (const { tag = -1, events, since } of epoll.isPlain ? found : onePerTag(ready, found)) {
    const item = epoll.armedItem(tag) // unless another call has changed that meanwhile
    if (item === undefined) continue
    told.push({ item, events: item.open.is === 'epoll' ? POLLIN | POLLRDNORM : events, since })
  }
  if (told.length > 1) told.sort((one, other) => one.item.turn - other.item.turn)
  if (told.length > most) told.length = most
  return told.map(({ item, events, since = nothingYet }) => {
    epoll.tell(item, since)
    return { events: toldOf(events, item.events), data: item.data }
  })
}

interface Holding {
  readonly ready: ReadonlyMap<number, Told>
  readonly found: readonly Interest[]
}

/** What holds without asking, and what was found, of which several may belong to one item. */
function onePerTag(ready: ReadonlyMap<number, Told>, found: readonly Interest[]): Iterable<Told & { tag: number }> {
  const holds = new Map([...ready].map(([tag, what]) => [tag, { tag, ...what }]))
  for (const { tag = -1, events, since } of found) holds.set(tag, { tag, events, since })
  return holds.values()
}

/** A change is news from now on: what holds already is told of once more. An epoll instance in another always acts as level-triggered. */
function registration(open: Open, { events, data }: EpollEvent): Registration {
  const edge = (events & EPOLLET) !== 0 && open.is !== 'epoll'
  return { events, data, edge, since: beginning, isArmed: true }
}

function checkExclusive(op: number, open: Open, events: number): void {
  if ((events & EPOLLEXCLUSIVE) === 0) return
  const isMisplaced = op === EPOLL_CTL_MOD || (op === EPOLL_CTL_ADD && open.is === 'epoll')
  if (isMisplaced || (events & ~EXCLUSIVE_BITS) !== 0) throw new SysError('EINVAL')
}

/** `ELOOP` for a circle, and for too many instances in each other. */
function checkNesting(table: FdTable<Open>, outer: OpenEpoll, inner: OpenEpoll): void {
  const all = [...table].flatMap(([, open]) => (open.is === 'epoll' ? [open] : []))
  if (reaches(inner, outer) || depthAbove(outer, all) + depthBelow(inner) > MOST_NESTED) throw new SysError('ELOOP')
}

function reaches(from: OpenEpoll, to: OpenEpoll): boolean {
  return from === to || [...from.inner()].some((each) => reaches(each, to))
}

function depthBelow(epoll: OpenEpoll): number {
  return 1 + Math.max(0, ...[...epoll.inner()].map(depthBelow))
}

function depthAbove(epoll: OpenEpoll, all: readonly OpenEpoll[]): number {
  const outer = all.filter((each) => [...each.inner()].includes(epoll))
  return 1 + Math.max(0, ...outer.map((each) => depthAbove(each, all)))
}
