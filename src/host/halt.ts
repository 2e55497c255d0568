import { after } from '../bridge/timer.js'
import { ensureNotAborted, onAbort } from '../embedder/signals.js'
import type { Interrupts } from '../network/interruptible.js'
import { GuestTimeout } from './errors.js'
import type { GuestOptions } from './options.js'

type HaltOptions = Pick<GuestOptions, 'signal' | 'timeoutMs'> & {
  readonly mayFail?: boolean
  /** How much of its time the guest has had already, in ms. */
  readonly spentMs?: number
}

/** What stops a guest on the calling thread: its signal, its time-out, or the host by `stop`. */
export class Halt implements Interrupts {
  /** Whether anything but `stop` can. */
  readonly isForeseen: boolean
  readonly #signal: AbortSignal | undefined
  readonly #timeoutMs: number | undefined
  readonly #deadline: number
  readonly #now: () => number
  readonly #listeners = new Set<() => void>()
  #stopped: { readonly reason: unknown } | undefined
  /** The guest is to end by then. */
  #grace: { readonly reason: unknown; readonly until: number } | undefined

  readonly #callOffAbort: () => void
  #callOffGrace = () => {}

  /** `mayFail` says that functions or streams of the host's may stop it too. */
  constructor({ signal, timeoutMs, mayFail = false, spentMs = 0 }: HaltOptions, now: () => number) {
    this.#signal = signal
    this.#timeoutMs = timeoutMs
    this.#deadline = timeoutMs === undefined ? Number.POSITIVE_INFINITY : now() + timeoutMs - spentMs
    this.#now = now
    this.isForeseen = signal !== undefined || timeoutMs !== undefined || mayFail
    this.#callOffAbort = signal === undefined ? () => {} : onAbort(signal, this.#tell)
  }

  get isStopped(): boolean {
    return this.#stopped !== undefined || this.#signal?.aborted === true || this.leftMs() <= 0
  }

  readonly check = (): void => {
    if (this.#stopped !== undefined) throw this.#stopped.reason
    ensureNotAborted(this.#signal)
    if (this.#timeoutMs !== undefined && this.#now() >= this.#deadline) throw new GuestTimeout(this.#timeoutMs)
    if (this.#grace !== undefined && this.#now() >= this.#grace.until) throw this.#grace.reason
  }

  readonly leftMs = (): number => {
    const until = Math.min(this.#deadline, this.#grace?.until ?? Number.POSITIVE_INFINITY)
    return until === Number.POSITIVE_INFINITY ? until : until - this.#now()
  }

  readonly listen = (stop: () => void): (() => void) => {
    this.#listeners.add(stop)
    return () => void this.#listeners.delete(stop)
  }

  /** The same for a network that ends its waits itself, by `interrupt`. */
  over(interrupt: (reason: unknown) => void): Interrupts {
    this.listen(() => {
      try {
        this.check()
      } catch (reason) {
        interrupt(reason)
      }
    })
    return { check: this.check, leftMs: this.leftMs, endsWaits: true }
  }

  stop(reason: unknown): void {
    this.#stopped ??= { reason }
    this.#tell()
  }

  /** Stops the guest unless it ends by itself in time. */
  stopWithin(ms: number, reason: unknown): void {
    this.#grace ??= { reason, until: this.#now() + ms }
    this.#callOffGrace = after(ms, () => this.stop(reason))
  }

  /** The guest has ended. */
  close(): void {
    this.#callOffAbort()
    this.#callOffGrace()
  }

  readonly #tell = (): void => {
    for (const stop of [...this.#listeners]) stop()
  }
}
