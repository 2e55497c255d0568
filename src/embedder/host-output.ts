import type { Writable } from 'node:stream'
import { type Failures, GRACE_MS } from './failures.js'
import { guardStream, watchStream } from './watched-streams.js'

/** What takes the output of a guest. */
export type OutputTarget = Writable | ((bytes: Uint8Array) => unknown)

/** Called once for each piece, with an error if it was not taken. */
type Done = (error?: Error | null) => void

/**
 * Writes to a stream or a function that stays the caller's: it is neither ended nor destroyed. Whatever it does wrong is noted as a
 * failure and becomes an error of `write`; nothing is thrown, and no event is left without a listener.
 */
export class HostOutput {
  readonly #to: OutputTarget
  readonly #failures: Failures
  /** Bytes that were given to the stream and are not taken yet. */
  untaken = 0
  /** Why nothing more can be written. */
  #broken: Error | undefined
  #pending = 0
  #leave: (() => void) | undefined
  #whenIdle: (() => void)[] = []
  #isReleased = false
  /** Called when nothing more can be written. */
  onBroken: (error: Error) => void = () => {}

  constructor(to: OutputTarget, failures: Failures) {
    this.#to = to
    this.#failures = failures
    if (typeof to === 'function') return
    try {
      this.#leave = watchStream(to, { failed: (error) => this.#fail(error), closed: () => this.#closed(to) })
      if (to.errored) this.#fail(to.errored)
      else if (to.destroyed) this.#closed(to)
    } catch (error) {
      this.#fail(error)
    }
  }

  get broken(): Error | undefined {
    return this.#broken
  }

  /** Writes a piece, which must not change any more. */
  write(bytes: Uint8Array, done: Done): void {
    if (typeof this.#to !== 'function' && this.#to.writableEnded) this.#fail(afterEnd())
    if (this.#broken !== undefined) return done(this.#broken)
    const over = this.#begin(bytes.length, done)
    try {
      if (typeof this.#to === 'function') this.#call(this.#to, bytes, over)
      else this.#to.write(bytes, over)
    } catch (error) {
      this.#fail(error, typeof this.#to === 'function' ? 0 : GRACE_MS)
      over(error as Error)
    }
  }

  /** Resolves when all that was written is taken, or never will be. */
  idle(): Promise<void> {
    if (this.#pending === 0 || this.#broken !== undefined) return Promise.resolve()
    return new Promise((resolve) => void this.#whenIdle.push(resolve))
  }

  /** Lets the stream go. */
  release(): void {
    if (this.#isReleased) return
    this.#isReleased = true
    if (this.#pending > 0 && typeof this.#to !== 'function') guardStream(this.#to)
    this.#leave?.()
  }

  /** Counts a piece in, and out again when it is over. */
  #begin(length: number, done: Done): Done {
    this.#pending++
    this.untaken += length
    let isOver = false
    return (error) => {
      if (isOver) return
      isOver = true
      this.#pending--
      this.untaken -= length
      if (error) this.#refused(error)
      done(error ? (this.#broken ?? error) : undefined)
      if (this.#pending === 0) this.#settle()
    }
  }

  #call(to: (bytes: Uint8Array) => unknown, bytes: Uint8Array, over: Done): void {
    const taken = this.#failures.follow(to(new Uint8Array(bytes)))
    if (taken === undefined) over()
    else void taken.then(() => over())
  }

  /** One that was ended fails at the next write. */
  #closed(to: Writable): void {
    if (!to.writableEnded) this.#break(gone())
  }

  /** A stream that was destroyed without an error is closed, and has not failed. */
  #refused(error: Error): void {
    if ((error as NodeJS.ErrnoException).code === 'ERR_STREAM_DESTROYED') this.#break(gone())
    else this.#fail(error)
  }

  #fail(error: unknown, graceMs = GRACE_MS): void {
    if (!this.#isReleased) this.#failures.fail(error, graceMs)
    this.#break(error instanceof Error ? error : new Error(String(error)))
  }

  #break(error: Error): void {
    if (this.#broken !== undefined) return
    this.#broken = error
    this.#settle()
    this.onBroken(error)
  }

  #settle(): void {
    for (const resolve of this.#whenIdle.splice(0)) resolve()
  }
}

function gone(): Error {
  return Object.assign(new Error('the stream that takes the output is closed'), { code: 'EPIPE' })
}

function afterEnd(): Error {
  return Object.assign(new Error('write after end'), { code: 'ERR_STREAM_WRITE_AFTER_END' })
}
