import type { Duplex } from 'node:stream'
import { hostDuplex } from '../../embedder/host-duplex.js'
import { isErrno } from '../../posix/errno.js'
import { guardFor, quietly } from '../guard.js'
import { IN_BYTES } from './buffer-sizes.js'
import { StreamEnd } from './stream-end.js'

const LEAST_ROOM = 64 * 1024

/** A stream of the host's own as an end that a guest has. What comes by it comes as the event loop turns, not by the clock. */
export class AttachedEnd extends StreamEnd {
  readonly #stream: Duplex
  /** Came when there was no room. */
  #leftOver: Uint8Array | undefined

  constructor(given: Duplex) {
    super(IN_BYTES)
    const stream = hostDuplex(given)
    this.#stream = stream
    const guard = guardFor(() => this.#fail())
    const heard = {
      data: (data: Uint8Array) => this.#take(data),
      end: () => this.ended(),
      drain: () => this.changed(),
      error: (error: NodeJS.ErrnoException) => this.break(isErrno(error.code) ? error.code : 'EIO'),
      close: () => this.break(),
    }
    for (const [event, act] of Object.entries(heard)) stream.on(event, guard(act as (...told: unknown[]) => void))
  }

  get isDrained(): boolean {
    return this.#stream.writableLength === 0
  }

  protected get hasRoom(): boolean {
    return !this.#stream.writableNeedDrain
  }

  close(abort: boolean): void {
    if (abort || this.inbox.used > 0) this.#stream.destroy()
    else this.#stream.end(() => this.#stream.destroy())
  }

  protected put(data: Uint8Array): number {
    if (!this.hasRoom) return 0
    this.#stream.write(data.slice())
    return data.length
  }

  protected taken(): void {
    const left = this.#leftOver
    if (this.inbox.free < LEAST_ROOM) return
    this.#leftOver = undefined
    if (left !== undefined) this.#take(left)
    if (this.#leftOver === undefined) this.#stream.resume()
  }

  protected sendEnd(): void {
    this.#stream.end()
  }

  /** A stream that gives no bytes, or that throws, is of no use any more. */
  #fail(): void {
    this.break('EIO')
    quietly(() => this.#stream.destroy())
  }

  #take(data: Uint8Array): void {
    const count = this.arrived(data)
    if (count < data.length) this.#leftOver = data.subarray(count)
    if (this.inbox.free < LEAST_ROOM) this.#stream.pause()
  }
}
