import type { Duplex } from 'node:stream'
import { isErrno } from '../../posix/errno.js'
import { IN_BYTES } from './buffer-sizes.js'
import { StreamEnd } from './stream-end.js'

const LEAST_ROOM = 64 * 1024

/** A stream of the host's own as an end that a guest has. What comes by it comes as the event loop turns, not by the clock. */
export class AttachedEnd extends StreamEnd {
  readonly #stream: Duplex
  /** Came when there was no room. */
  #leftOver: Uint8Array | undefined

  constructor(stream: Duplex) {
    super(IN_BYTES)
    this.#stream = stream
    stream.on('data', (data: Uint8Array) => this.#take(data))
    stream.on('end', () => this.ended())
    stream.on('drain', () => this.changed())
    stream.on('error', (error: NodeJS.ErrnoException) => this.break(isErrno(error.code) ? error.code : 'EIO'))
    stream.on('close', () => this.break())
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

  #take(data: Uint8Array): void {
    const count = this.arrived(data)
    if (count < data.length) this.#leftOver = data.subarray(count)
    if (this.inbox.free < LEAST_ROOM) this.#stream.pause()
  }
}
