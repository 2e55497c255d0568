import { SysError } from '../posix/errno.js'

/** What a descriptor stands for; several descriptors may share one (dup). `close` is called when the last is gone. */
export interface Description {
  references: number
  /** Who is told when the last descriptor is gone. */
  watchers?: Set<Watcher>
}

/** Somebody to whom it matters whether a description is still open. */
export interface Watcher {
  forget(description: Description): void
  /** It is open, and something else than before. */
  changed(): void
}

/** Where a descriptor may be, and whether it has FD_CLOEXEC. */
export interface Placing {
  readonly from?: number | undefined
  readonly closeOnExec?: boolean
}

/** Descriptors: small numbers, the lowest free one first, each for a description. */
export class FdTable<D extends Description> {
  readonly #entries: (D | undefined)[] = []
  /** The hard limit of RLIMIT_NOFILE. */
  readonly #most: number
  #limit: number
  /** The lowest number that `add` gives; those below are the standard descriptors, until one of them is closed. */
  #first: number
  #count = 0
  /** The descriptors with FD_CLOEXEC. */
  readonly #closeOnExec = new Set<number>()

  /** At most `limit` descriptors, the lowest of which is `first`. */
  constructor({ limit, first = 0 }: { limit: number; first?: number }) {
    this.#most = limit
    this.#limit = limit
    this.#first = first
  }

  /** RLIMIT_NOFILE, the soft limit: no descriptor is given from this number on. Those that are open stay. */
  get limit(): number {
    return this.#limit
  }

  /** Sets the soft limit; `EPERM` above the one that the table was made with. */
  limitTo(limit: number): void {
    if (limit > this.#most) throw new SysError('EPERM')
    this.#limit = limit
  }

  /** The description of `fd`; `EBADF` where there is none. */
  get(fd: number): D {
    const entry = this.#entries[fd]
    if (entry === undefined) throw new SysError('EBADF')
    return entry
  }

  has(fd: number): boolean {
    return this.#entries[fd] !== undefined
  }

  /** Gives a description the lowest free descriptor from `from` on; `EMFILE` when the table is full. */
  add(description: D, { from = this.#first, closeOnExec = false }: Placing = {}): number {
    const fd = this.#lowestFree(from)
    this.set(fd, description, closeOnExec)
    return fd
  }

  /** Throws `EMFILE` unless `count` more descriptors fit: ask before doing what cannot be undone. */
  ensureRoom(count = 1): void {
    if (!this.hasRoom(count)) throw new SysError('EMFILE')
  }

  hasRoom(count = 1): boolean {
    if (this.#limit === this.#most) return this.#count + count <= this.#limit - this.#first
    let free = 0 // descriptors above the limit do not count
    for (let fd = this.#first; fd < this.#limit && free < count; fd++) if (!this.has(fd)) free++
    return free >= count
  }

  /** Puts a description at a free descriptor. */
  set(fd: number, description: D, closeOnExec = false): void {
    this.#entries[fd] = description
    this.setCloseOnExec(fd, closeOnExec)
    if (fd >= this.#first) this.#count++
    description.references++
  }

  /** Frees a descriptor; answers its description, whose last one it was when `references` is 0. */
  remove(fd: number): D {
    const entry = this.get(fd)
    this.#entries[fd] = undefined
    this.#closeOnExec.delete(fd)
    if (fd >= this.#first) this.#count--
    else this.#giveFrom(fd)
    entry.references--
    if (entry.references === 0) for (const watcher of entry.watchers ?? []) watcher.forget(entry)
    return entry
  }

  closesOnExec(fd: number): boolean {
    return this.#closeOnExec.has(fd)
  }

  setCloseOnExec(fd: number, closeOnExec: boolean): void {
    if (closeOnExec) this.#closeOnExec.add(fd)
    else this.#closeOnExec.delete(fd)
  }

  *[Symbol.iterator](): Generator<[number, D]> {
    for (const [fd, entry] of this.#entries.entries()) if (entry !== undefined) yield [fd, entry]
  }

  /** From now on `add` gives numbers from `fd` on: POSIX programs close 0 and expect the next descriptor there. */
  #giveFrom(fd: number): void {
    this.#count += this.#entries.slice(fd, this.#first).filter((entry) => entry !== undefined).length
    this.#first = fd
  }

  #lowestFree(from: number): number {
    let fd = from
    while (this.#entries[fd] !== undefined) fd++
    if (fd >= this.#limit) throw new SysError('EMFILE')
    return fd
  }
}
