import type { Interrupts } from '../network/interruptible.js'
import { GuestTimeout } from './errors.js'
import type { GuestOptions } from './options.js'

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

  constructor({ signal, timeoutMs }: Pick<GuestOptions, 'signal' | 'timeoutMs'>, now: () => number) {
    this.#signal = signal
    this.#timeoutMs = timeoutMs
    this.#deadline = timeoutMs === undefined ? Number.POSITIVE_INFINITY : now() + timeoutMs
    this.#now = now
    this.isForeseen = signal !== undefined || timeoutMs !== undefined
    signal?.addEventListener('abort', this.#tell)
  }

  get isStopped(): boolean {
    return this.#stopped !== undefined || this.#signal?.aborted === true || this.leftMs() <= 0
  }

  readonly check = (): void => {
    if (this.#stopped !== undefined) throw this.#stopped.reason
    this.#signal?.throwIfAborted()
    if (this.#timeoutMs !== undefined && this.#now() >= this.#deadline) throw new GuestTimeout(this.#timeoutMs)
  }

  readonly leftMs = (): number => (this.#timeoutMs === undefined ? this.#deadline : this.#deadline - this.#now())

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

  /** The guest has ended. */
  close(): void {
    this.#signal?.removeEventListener('abort', this.#tell)
  }

  readonly #tell = (): void => {
    for (const stop of [...this.#listeners]) stop()
  }
}
