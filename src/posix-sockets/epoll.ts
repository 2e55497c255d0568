import { beginning, type Interest, type Mark } from '../network/network.js'
import {
  EPOLL_CTL_ADD,
  EPOLL_CTL_DEL,
  EPOLL_CTL_MOD,
  EPOLLET,
  EPOLLEXCLUSIVE,
  EPOLLONESHOT,
  EPOLLWAKEUP,
  POLLERR,
  POLLHUP,
  POLLIN,
  POLLOUT,
  POLLRDNORM,
} from '../posix/constants.js'
import { SysError } from '../posix/errno.js'
import type { Blocking } from './blocking.js'
import type { Description, FdTable } from './fd-table.js'
import type { Open } from './open.js'
import { toldOf, watchItem } from './watch.js'

/** `struct epoll_event`. */
export interface EpollEvent {
  readonly events: number
  readonly data: bigint
}

/** What an epoll instance has been given: an open file, by one of its descriptors. */
export interface EpollItem {
  readonly open: Open
  readonly fd: number
  events: number
  data: bigint
  /** EPOLLET: told of changes only, since the last one. */
  edge: boolean
  since: Mark
  /** False after EPOLLONESHOT has told, until EPOLL_CTL_MOD. */
  isArmed: boolean
}

/** How many epoll instances may stand in each other, Linux's EP_MAX_NESTS and one. */
const MOST_NESTED = 5
const EXCLUSIVE_BITS = POLLIN | POLLOUT | POLLERR | POLLHUP | EPOLLET | EPOLLEXCLUSIVE | EPOLLWAKEUP

/** An epoll instance. What it has been given stays as long as the open file does, whichever descriptors are closed: epoll(7). */
export class OpenEpoll implements Description {
  readonly is = 'epoll'
  references = 0
  readonly #byFile = new Map<Open, Map<number, EpollItem>>()
  /** Those that were told of last stand last, so that all have their turn. */
  readonly #inTurn = new Set<EpollItem>()

  find(open: Open, fd: number): EpollItem | undefined {
    return this.#byFile.get(open)?.get(fd)
  }

  add(item: EpollItem): void {
    const fds = this.#byFile.get(item.open) ?? new Map<number, EpollItem>()
    this.#byFile.set(item.open, fds.set(item.fd, item))
    this.#inTurn.add(item)
  }

  remove(item: EpollItem): void {
    const fds = this.#byFile.get(item.open)
    fds?.delete(item.fd)
    if (fds?.size === 0) this.#byFile.delete(item.open)
    this.#inTurn.delete(item)
  }

  /** Those that may be told of. What is no longer open anywhere is forgotten. */
  *armed(): Generator<EpollItem> {
    for (const item of this.#inTurn) {
      if (item.open.references === 0) this.remove(item)
      else if (item.isArmed) yield item
    }
  }

  /** The epoll instances among what it has been given. */
  *inner(): Generator<OpenEpoll> {
    for (const open of this.#byFile.keys()) if (open.is === 'epoll' && open.references > 0) yield open
  }

  letOthersFirst(item: EpollItem): void {
    this.#inTurn.delete(item)
    this.#inTurn.add(item)
  }
}

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
    return epoll.add({ open, fd, ...registration(open, event) })
  }
  if (op !== EPOLL_CTL_DEL && op !== EPOLL_CTL_MOD) throw new SysError('EINVAL')
  if (item === undefined) throw new SysError('ENOENT')
  if (op === EPOLL_CTL_DEL) return epoll.remove(item)
  if ((item.events & EPOLLEXCLUSIVE) !== 0) throw new SysError('EINVAL')
  Object.assign(item, registration(open, event))
}

/** epoll_wait(2): at most `most` events. */
export function* epollWait(epoll: OpenEpoll, most: number, timeoutMs: number): Blocking<EpollEvent[]> {
  const items = [...epoll.armed()]
  const on: Interest[] = []
  const ready = new Map<number, { events: number; since?: Mark | undefined }>()
  for (const [tag, item] of items.entries()) {
    const { on: its, now, since } = watchItem(item, tag)
    for (const interest of its) on.push(interest)
    if (now !== 0) ready.set(tag, { events: now, since })
  }
  for (const { tag = -1, events, since } of yield { on, timeoutMs: ready.size > 0 ? 0 : timeoutMs })
    ready.set(tag, items[tag]?.open.is === 'epoll' ? { events: POLLIN | POLLRDNORM } : { events, since })
  const told = [...ready].sort(([one], [other]) => one - other).slice(0, most)
  return told.map(([tag, { events, since = { receiving: 0, sending: 0 } }]) => {
    const item = items[tag] as EpollItem
    item.since = since
    item.isArmed = (item.events & EPOLLONESHOT) === 0
    epoll.letOthersFirst(item)
    return { events: toldOf(events, item.events), data: item.data }
  })
}

/** A change is news from now on: what holds already is told of once more. An epoll instance in another always acts as level-triggered. */
function registration(open: Open, { events, data }: EpollEvent) {
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
