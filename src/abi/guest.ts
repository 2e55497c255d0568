import { type Errno, SysError, wasiNumber } from '../posix/errno.js'
import type { Sockets } from '../posix-sockets/sockets.js'
import type { GuestMemory } from './memory.js'
import { linux, type Numbering } from './numbering.js'

/** One instance, as its imports see it. */
export class Guest {
  readonly sockets: Sockets
  readonly memory: GuestMemory
  /** Latched at the first `socket` call, unless the host has said which. */
  numbering: Numbering
  numberingIsKnown: boolean
  /** In which dialect a socket was opened, where that says how later calls on it are meant. */
  readonly #openedIn = new WeakMap<object, string>()
  readonly #spoken = new Set<string>()
  /** Listeners of the host's that a guest may take over which cannot say where to listen. */
  readonly spareListeners: number[] = []
  /** Whether the guest's libc is WASIX's, which means some functions of preview 1 otherwise. */
  isWasix = false
  /** Tells a person what the guest cannot be told. */
  notice: (text: string) => void = () => {}
  /** Hears of a guest that gives up the processor for a moment. */
  yielded: () => void = () => {}
  /** Of the last call that failed. */
  lastError: Errno | undefined

  constructor(sockets: Sockets, memory: GuestMemory, numbering?: Numbering) {
    this.sockets = sockets
    this.memory = memory
    this.numbering = numbering ?? linux
    this.numberingIsKnown = numbering !== undefined
  }

  /** Notes that the guest has opened a descriptor in a dialect. */
  opened(fd: number, dialect: string): void {
    this.#openedIn.set(this.sockets.table.get(fd), dialect)
    this.#spoken.add(dialect)
  }

  /** Whether a descriptor was opened in a dialect. One that is not open counts, once the guest has spoken it. */
  isOpenedIn(fd: number, dialect: string): boolean {
    const { table } = this.sockets
    return table.has(fd) ? this.#openedIn.get(table.get(fd)) === dialect : this.#spoken.has(dialect)
  }

  use(numbering: Numbering): void {
    this.numbering = numbering
    this.numberingIsKnown = true
  }

  /** 0 before any call has failed. */
  get lastErrorNumber(): number {
    return this.lastError === undefined ? 0 : wasiNumber(this.lastError)
  }

  /** The number of a failure, for a `SysError`; anything else is a bug and goes on up. */
  fail(error: unknown): number {
    if (!(error instanceof SysError)) throw error
    return this.failWith(error.errno)
  }

  failWith(errno: Errno): number {
    this.lastError = errno
    return wasiNumber(errno)
  }
}
