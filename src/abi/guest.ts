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
  readonly openedBy = new WeakMap<object, string>()
  /** Tells a person what the guest cannot be told. */
  notice: (text: string) => void = () => {}
  /** Of the last call that failed. */
  lastError: Errno | undefined

  constructor(sockets: Sockets, memory: GuestMemory, numbering?: Numbering) {
    this.sockets = sockets
    this.memory = memory
    this.numbering = numbering ?? linux
    this.numberingIsKnown = numbering !== undefined
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
