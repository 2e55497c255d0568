import type { Readable } from 'node:stream'
import { shown } from './shown.js'
import { attempt, guardStream } from './watched-streams.js'

/** What is done with the bytes of a stream of the caller's. */
export interface InputTaker {
  /** Returns false if the stream is to pause. */
  push(bytes: Uint8Array): boolean
  ended(): void
  /** The stream was closed before its end. */
  closed(): void
  failed(error: unknown): void
}

/** A stream of the caller's that is being read. Nothing that it does is thrown: whatever is wrong is told to the taker, once. */
export class HostInput {
  readonly #source: Readable
  readonly #taker: InputTaker
  #isOver = false

  constructor(source: Readable, taker: InputTaker) {
    this.#source = source
    this.#taker = taker
    this.#try(() => {
      source.on('data', this.#take)
      source.on('end', this.#ended)
      source.on('error', this.#failed)
      source.on('close', this.#closed)
      if (source.errored) this.#failed(source.errored)
      else if (source.readableEnded) this.#ended()
      else if (source.destroyed) this.#closed()
    })
  }

  resume(): void {
    if (!this.#isOver) this.#try(() => this.#source.resume())
  }

  pause(): void {
    if (!this.#isOver) this.#try(() => this.#source.pause())
  }

  /** Lets the stream go: it is paused, and has no listener of ours but one for a late error. */
  leave(): void {
    if (this.#isOver) return
    this.#isOver = true
    attempt(() => this.#source.pause())
    this.#forget()
  }

  readonly #take = (chunk: unknown): void => {
    if (this.#isOver) return
    if (typeof chunk === 'string') this.#push(Buffer.from(chunk, this.#source.readableEncoding ?? 'utf8'))
    else if (chunk instanceof Uint8Array) this.#push(chunk)
    else this.#failed(new TypeError(`the stream gives ${shown(chunk)}, not bytes or texts`))
  }

  #push(bytes: Uint8Array): void {
    if (!this.#taker.push(bytes)) this.pause()
  }

  readonly #ended = (): void => this.#over(() => this.#taker.ended())
  readonly #closed = (): void => this.#over(() => this.#taker.closed())
  readonly #failed = (error: unknown): void => {
    guardStream(this.#source) // it may fail once more
    this.#over(() => this.#taker.failed(error))
  }

  #over(tell: () => void): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#forget()
    tell()
  }

  #forget(): void {
    const source = this.#source
    attempt(() => source.off('data', this.#take))
    attempt(() => source.off('end', this.#ended))
    attempt(() => source.off('error', this.#failed))
    attempt(() => source.off('close', this.#closed))
  }

  #try(act: () => void): void {
    try {
      act()
    } catch (error) {
      this.#failed(error)
    }
  }
}
