import { POLLIN, POLLRDNORM } from '../posix/constants.js'
import { SysError } from '../posix/errno.js'
import type { Blocking } from './blocking.js'
import type { Description, Watcher } from './fd-table.js'

/** The bytes of a number of expirations. */
const BYTES = 8

/** When a timer expires, in ms: first after `valueMs`, 0 for never, and then every `intervalMs`, 0 for once. */
export interface TimerSetting {
  readonly valueMs: number
  readonly intervalMs: number
}

/** A timer of timerfd_create(2): it is readable once it has expired, and a read returns how often it has. */
export class OpenTimer implements Description {
  readonly is = 'timer'
  references = 0
  watchers?: Set<Watcher>
  nonBlocking: boolean
  /** The time of its clock, in ms. */
  readonly #now: () => number
  #dueMs = Number.POSITIVE_INFINITY
  #intervalMs = 0
  /** Expirations since the last read. */
  #unread = 0
  /** How often it has become readable. */
  #wakes = 0

  constructor(now: () => number, { nonBlocking }: { nonBlocking: boolean }) {
    this.#now = now
    this.nonBlocking = nonBlocking
  }

  /** Sets it anew; returns how it was set. `isAbsolute`: the value is a time of its clock. */
  set({ valueMs, intervalMs }: TimerSetting, { isAbsolute }: { isAbsolute: boolean }): TimerSetting {
    const before = this.get()
    this.#unread = 0
    this.#intervalMs = intervalMs
    if (valueMs === 0) this.#dueMs = Number.POSITIVE_INFINITY
    else this.#dueMs = isAbsolute ? valueMs : this.#now() + valueMs
    return before
  }

  /** The time that is left, 0 for a timer that will not expire, and its interval. */
  get(): TimerSetting {
    const leftMs = this.leftMs()
    return { valueMs: leftMs === Number.POSITIVE_INFINITY ? 0 : leftMs, intervalMs: this.#intervalMs }
  }

  /** Returns the ms until it expires next, Infinity for never; counts the expirations until now. */
  leftMs(): number {
    if (this.#dueMs === Number.POSITIVE_INFINITY) return this.#dueMs
    const now = this.#now()
    if (now >= this.#dueMs) this.#expire(now)
    return this.#dueMs - now
  }

  *read(into: Uint8Array): Blocking<number> {
    if (into.length < BYTES) throw new SysError('EINVAL')
    for (;;) {
      const leftMs = this.leftMs()
      if (this.#unread > 0) break
      if (this.nonBlocking) throw new SysError('EAGAIN')
      yield { on: [], timeoutMs: leftMs }
    }
    Buffer.from(into.buffer, into.byteOffset, BYTES).writeBigUInt64LE(BigInt(this.#unread))
    this.#unread = 0
    return BYTES
  }

  /** The events of poll(2) that hold. To be asked after `leftMs`, which counts. */
  get ready(): number {
    return this.#unread > 0 ? POLLIN | POLLRDNORM : 0
  }

  /** For epoll instances that report changes only. Linux reports the first expiration after a read, and no other. */
  get mark() {
    return { receiving: this.#wakes, sending: 0 }
  }

  #expire(now: number): void {
    const count = this.#intervalMs > 0 ? Math.floor((now - this.#dueMs) / this.#intervalMs) + 1 : 1
    if (this.#unread === 0) this.#wakes++
    this.#unread += count
    this.#dueMs = this.#intervalMs > 0 ? this.#dueMs + count * this.#intervalMs : Number.POSITIVE_INFINITY
  }
}
