import { Duplex } from 'node:stream'
import { HostInput } from './host-input.js'
import { attempt, guardStream, watchStream } from './watched-streams.js'

/**
 * A stream of our own over one of the caller's, which is used up with it. It keeps the promises that Node makes of streams even if the
 * caller's does not: it reports each write, closes when it is destroyed, fails once, and never throws.
 */
export function hostDuplex(stream: Duplex): Duplex {
  return trusted.has(stream) ? stream : new HostDuplex(stream)
}

const trusted = new WeakSet<Duplex>()

/** Marks a stream of this library's, which keeps those promises itself. */
export function trust(stream: Duplex): Duplex {
  trusted.add(stream)
  return stream
}

class HostDuplex extends Duplex {
  readonly #inner: Duplex
  #input: HostInput | undefined
  #leave: () => void = () => {}
  #hasEnded = false

  constructor(inner: Duplex) {
    super()
    this.#inner = inner
    this.#guarded(() => {
      this.#leave = watchStream(inner, { failed: (error) => this.#fail(error), closed: () => this.#closed() })
      if (inner.errored) this.#fail(inner.errored)
      else if (inner.destroyed) this.#closed()
    })
  }

  override _read(): void {
    this.#input ??= new HostInput(this.#inner, {
      push: (bytes) => this.push(bytes),
      ended: () => {
        this.#hasEnded = true
        this.push(null)
      },
      closed: () => void this.destroy(),
      failed: (error) => this.#fail(error),
    })
    this.#input.resume()
  }

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#settling(done, (over) => this.#inner.write(chunk, over))
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#settling(done, (over) => this.#inner.end(over))
  }

  /** Never waits for the caller's stream. */
  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#input?.leave()
    guardStream(this.#inner)
    this.#leave()
    attempt(() => this.#inner.destroy())
    done(error)
  }

  /** For a stream that can be reset, as those of a virtual network can. */
  resetAndDestroy(): void {
    const inner = this.#inner as Duplex & { resetAndDestroy?: () => void }
    if (typeof inner.resetAndDestroy === 'function') attempt(() => inner.resetAndDestroy?.())
    this.destroy()
  }

  /** What came before its end is still read. */
  #closed(): void {
    if (!this.#hasEnded || this.readableEnded) this.destroy()
    else this.once('end', () => this.destroy())
  }

  /** Calls `done` once, with what `act` throws if it does. */
  #settling(done: (error?: Error | null) => void, act: (over: (error?: Error | null) => void) => void): void {
    let isOver = false
    const over = (error?: Error | null) => {
      if (isOver) return
      isOver = true
      done(error)
    }
    try {
      act(over)
    } catch (error) {
      over(errorOf(error))
    }
  }

  #fail(error: unknown): void {
    this.destroy(errorOf(error))
  }

  #guarded(act: () => void): void {
    try {
      act()
    } catch (error) {
      this.#fail(error)
    }
  }
}

function errorOf(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason))
}
