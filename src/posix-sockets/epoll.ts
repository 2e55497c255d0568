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
import type { Description, FdTable, Watcher } from './fd-table.js'
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
  /** Those that were told of last have their turn last. */
  turn: number
  /** False after EPOLLONESHOT has told, until EPOLL_CTL_MOD. */
  isArmed: boolean
}

/** How many epoll instances may stand in each other, Linux's EP_MAX_NESTS and one. */
const MOST_NESTED = 5
const EXCLUSIVE_BITS = POLLIN | POLLOUT | POLLERR | POLLHUP | EPOLLET | EPOLLEXCLUSIVE | EPOLLWAKEUP

/** What a wait comes to, for items that are told apart by their places: what is asked for, and what holds without asking. */
interface Plan {
  readonly items: readonly EpollItem[]
  readonly on: readonly Interest[]
  readonly ready: ReadonlyMap<number, Told>
}

interface Told {
  readonly events: number
  readonly since?: Mark | undefined
}

/** An epoll instance. What it has been given stays as long as the open file does, whichever descriptors are closed: epoll(7). */
export class OpenEpoll implements Description, Watcher {
  readonly is = 'epoll'
  references = 0
  watchers?: Set<Watcher>
  readonly #byFile = new Map<Open, Map<number, EpollItem>>()
  readonly #items = new Set<EpollItem>()
  #turns = 0
  /** The last one, as long as nothing has changed: a network may keep the very same interests registered. */
  #plan: Plan | undefined

  find(open: Open, fd: number): EpollItem | undefined {
    return this.#byFile.get(open)?.get(fd)
  }

  add(item: EpollItem): void {
    const fds = this.#byFile.get(item.open) ?? new Map<number, EpollItem>()
    this.#byFile.set(item.open, fds.set(item.fd, item))
    this.#items.add(item)
    item.turn = ++this.#turns
    item.open.watchers ??= new Set()
    item.open.watchers.add(this)
    this.changed()
  }

  remove(item: EpollItem): void {
    const fds = this.#byFile.get(item.open)
    fds?.delete(item.fd)
    if (fds?.size === 0) {
      this.#byFile.delete(item.open)
      item.open.watchers?.delete(this)
    }
    this.#items.delete(item)
    this.changed()
  }

  /** What is no longer open anywhere is forgotten. */
  forget(open: Description): void {
    for (const item of [...(this.#byFile.get(open as Open)?.values() ?? [])]) this.remove(item)
  }

  /** Those that may be told of. */
  *armed(): Generator<EpollItem> {
    for (const item of this.#items) if (item.isArmed) yield item
  }

  /** What waiting for all of them comes to. */
  plan(): Plan {
    if (this.#plan !== undefined) return this.#plan
    const items = [...this.armed()]
    const plan = planOf(items)
    if (items.every(({ open }) => open.is === 'socket' || open.is === 'pipe')) this.#plan = plan
    return plan
  }

  /** To be called after something about an item is not as it was. */
  changed(): void {
    this.#plan = undefined
  }

  /** Notes that the guest has been told of an item. */
  tell(item: EpollItem, since: Mark): void {
    const isArmed = (item.events & EPOLLONESHOT) === 0
    if (item.edge || !isArmed) this.changed()
    item.since = since
    item.isArmed = isArmed
    item.turn = ++this.#turns
  }

  /** The epoll instances among what it has been given. */
  *inner(): Generator<OpenEpoll> {
    for (const open of this.#byFile.keys()) if (open.is === 'epoll' && open.references > 0) yield open
  }
}

function planOf(items: readonly EpollItem[]): Plan {
  const on: Interest[] = []
  const ready = new Map<number, Told>()
  for (const [tag, item] of items.entries()) {
    const { on: its, now, since } = watchItem(item, tag)
    for (const interest of its) on.push(interest)
    if (now !== 0) ready.set(tag, { events: now, since })
  }
  return { items, on, ready }
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
    return epoll.add({ open, fd, turn: 0, ...registration(open, event) })
  }
  if (op !== EPOLL_CTL_DEL && op !== EPOLL_CTL_MOD) throw new SysError('EINVAL')
  if (item === undefined) throw new SysError('ENOENT')
  if (op === EPOLL_CTL_DEL) return epoll.remove(item)
  if ((item.events & EPOLLEXCLUSIVE) !== 0) throw new SysError('EINVAL')
  Object.assign(item, registration(open, event))
  epoll.changed()
}

/** epoll_wait(2): at most `most` events. */
export function* epollWait(epoll: OpenEpoll, most: number, timeoutMs: number): Blocking<EpollEvent[]> {
  const { items, on, ready: known } = epoll.plan()
  const ready = new Map<number, Told>(known)
  for (const { tag = -1, events, since } of yield { on, timeoutMs: ready.size > 0 ? 0 : timeoutMs })
    ready.set(tag, items[tag]?.open.is === 'epoll' ? { events: POLLIN | POLLRDNORM } : { events, since })
  const told = [...ready].map(([tag, what]) => ({ item: items[tag] as EpollItem, ...what }))
  told.sort((one, other) => one.item.turn - other.item.turn)
  return told.slice(0, most).map(({ item, events, since = { receiving: 0, sending: 0 } }) => {
    epoll.tell(item, since)
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
