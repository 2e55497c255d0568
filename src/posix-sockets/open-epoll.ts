import type { Interest, Mark } from '../network/network.js'
import { EPOLLONESHOT } from '../posix/constants.js'
import type { Description, Watcher } from './fd-table.js'
import { InterestList } from './interest-list.js'
import type { Open } from './open.js'
import { watchItem } from './watch.js'

/** What an epoll instance has been told to wait for. */
export interface Registration {
  readonly events: number
  readonly data: bigint
  /** EPOLLET: told of changes only, since the last one. */
  readonly edge: boolean
  readonly since: Mark
  /** False after EPOLLONESHOT has told, until EPOLL_CTL_MOD. */
  readonly isArmed: boolean
}

/** What an epoll instance has been given: an open file, by one of its descriptors. */
export interface EpollItem extends Registration {
  readonly open: Open
  readonly fd: number
  /** Tells it apart from all others that the instance has ever been given. */
  readonly tag: number
  /** Those that were told of last have their turn last. */
  turn: number
}

/** What is known to hold, and how far it has come. */
export interface Told {
  readonly events: number
  readonly since?: Mark | undefined
}

/** What a wait comes to: what is asked for, and what holds without asking, by tags. */
interface Plan {
  readonly on: readonly Interest[]
  readonly ready: ReadonlyMap<number, Told>
  /** For timers: look again after so long, in ms; Infinity without any. */
  readonly againMs: number
}

/** An epoll instance. What it has been given stays as long as the open file does, whichever descriptors are closed: epoll(7). */
export class OpenEpoll implements Description, Watcher {
  readonly is = 'epoll'
  references = 0
  watchers?: Set<Watcher>
  readonly #byFile = new Map<Open, Map<number, EpollItem>>()
  readonly #items = new Map<number, EpollItem>()
  /** What the network is asked for because of sockets and pipes: it is kept in step, so that their number costs nothing. */
  readonly #asked = new InterestList()
  /** The items of all else, which are gone through each time. */
  readonly #others = new Set<EpollItem>()
  #turns = 0
  #tags = 0

  find(open: Open, fd: number): EpollItem | undefined {
    return this.#byFile.get(open)?.get(fd)
  }

  add(open: Open, fd: number, registration: Registration): void {
    const item: EpollItem = { open, fd, tag: this.#tags++, turn: ++this.#turns, ...registration }
    const fds = this.#byFile.get(open) ?? new Map<number, EpollItem>()
    this.#byFile.set(open, fds.set(fd, item))
    this.#items.set(item.tag, item)
    if (!isAsked(open)) this.#others.add(item)
    open.watchers ??= new Set()
    open.watchers.add(this)
    this.#ask(item)
  }

  modify(item: EpollItem, registration: Registration): void {
    Object.assign(item, registration)
    this.#ask(item)
  }

  remove(item: EpollItem): void {
    const fds = this.#byFile.get(item.open)
    fds?.delete(item.fd)
    if (fds?.size === 0) {
      this.#byFile.delete(item.open)
      item.open.watchers?.delete(this)
    }
    this.#items.delete(item.tag)
    this.#others.delete(item)
    this.#asked.remove(item.tag)
  }

  /** What is no longer open anywhere is forgotten. */
  forget(open: Description): void {
    for (const item of [...(this.#byFile.get(open as Open)?.values() ?? [])]) this.remove(item)
  }

  /** Something is open by another handle than before. */
  changed(): void {
    for (const item of this.#items.values()) this.#ask(item)
  }

  /** Those that may be told of. */
  *armed(): Generator<EpollItem> {
    for (const item of this.#items.values()) if (item.isArmed) yield item
  }

  /** The item with a tag, if it may be told of. */
  armedItem(tag: number): EpollItem | undefined {
    const item = this.#items.get(tag)
    return item?.isArmed ? item : undefined
  }

  /** True where all it has been given are sockets and pipes: then what the network finds is all there is, each item once at most. */
  get isPlain(): boolean {
    return this.#others.size === 0
  }

  /** What waiting for all of them comes to. */
  plan(): Plan {
    const [on, ready] = [[] as Interest[], new Map<number, Told>()]
    let soonestMs = Number.POSITIVE_INFINITY
    for (const item of this.#others) {
      if (!item.isArmed) continue
      const { on: its, now, since, againMs = soonestMs } = watchItem(item, item.tag)
      for (const interest of its) on.push(interest)
      if (now !== 0) ready.set(item.tag, { events: now, since })
      soonestMs = Math.min(soonestMs, againMs)
    }
    return { on: on.length > 0 ? [...this.#asked.all, ...on] : this.#asked.all, ready, againMs: soonestMs }
  }

  /** Notes that the guest has been told of an item. */
  tell(item: EpollItem, since: Mark): void {
    item.turn = ++this.#turns
    const isArmed = (item.events & EPOLLONESHOT) === 0
    if (item.edge || !isArmed) this.modify(item, { ...item, since, isArmed })
  }

  /** The epoll instances among what it has been given. */
  *inner(): Generator<OpenEpoll> {
    for (const open of this.#byFile.keys()) if (open.is === 'epoll' && open.references > 0) yield open
  }

  /** Keeps in step what the network is asked for because of an item. */
  #ask(item: EpollItem): void {
    if (!isAsked(item.open)) return
    if (!item.isArmed) return this.#asked.remove(item.tag)
    for (const interest of watchItem(item, item.tag).on) this.#asked.put({ ...interest, tag: item.tag })
  }
}

/** Whether waiting for it always comes to one interest of the network's, which only epoll_ctl and being told of change. */
function isAsked(open: Open): boolean {
  return open.is === 'socket' || open.is === 'pipe'
}
