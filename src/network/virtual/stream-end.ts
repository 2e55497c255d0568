import { POLLERR, POLLHUP, POLLIN, POLLOUT, POLLRDHUP } from '../../posix/constants.js'
import { type Errno, SysError } from '../../posix/errno.js'
import { DRAINED, type Events } from '../network.js'
import { ByteQueue } from './byte-queue.js'

/** One end of a stream that is connected: what a connection and an end of a local pair have in common. */
export abstract class StreamEnd {
  protected readonly inbox: ByteQueue
  /** The peer has ended what it sends. */
  protected isEnded = false
  /** Nothing goes any more in either direction. */
  protected isBroken = false
  /** This side has ended what it sends. */
  protected isWriteEnded = false
  #isReadEnded = false
  #error: Errno | undefined
  /** For marks: all that has come, and changes of the state. */
  #arrived = 0
  #changes = 0
  /** A write found no room, and how often there was room again. */
  #isFull = false
  #reliefs = 0
  /** Called when anything has changed. */
  onChange: () => void = () => {}

  constructor(capacity: number) {
    this.inbox = new ByteQueue(capacity)
  }

  /** True when there is so much room that POLLOUT says so. */
  protected abstract get hasRoom(): boolean
  /** True when all that was written is with the system. */
  abstract get isDrained(): boolean
  /** Hands bytes over; answers how many. */
  protected abstract put(data: Uint8Array): number
  /** Room has been made. */
  protected abstract taken(count: number): void
  protected abstract sendEnd(): void
  abstract close(abort: boolean): void

  get available(): number {
    return this.inbox.used
  }

  /** Takes what there is room for, perhaps nothing. */
  write(data: Uint8Array): number {
    this.throwError()
    if (this.isBroken || this.isWriteEnded) throw new SysError('EPIPE')
    const count = this.put(data)
    if (count < data.length) this.#isFull = true
    return count
  }

  /** Fills `into`; answers 0 at the end, and undefined where nothing has come yet. */
  read(into: Uint8Array, peek: boolean): number | undefined {
    const count = this.inbox.read(into, peek)
    if (count > 0) {
      if (!peek) this.taken(count)
      return count
    }
    if (into.length === 0 && this.inbox.used > 0) return 0
    if (this.isEnded) return 0 // Linux: an error after the end is not for recv to tell
    this.throwError()
    return this.isBroken || this.#isReadEnded ? 0 : undefined
  }

  endReading(): void {
    this.#isReadEnded = true
    this.changed()
  }

  endWriting(): void {
    if (this.isWriteEnded) return
    this.isWriteEnded = true
    this.changed()
    if (!this.isBroken) this.sendEnd()
  }

  takeError(): Errno | undefined {
    const error = this.#error
    this.#error = undefined
    return error
  }

  /** What tcp_poll of Linux says. */
  get conditions(): Events {
    const ended = this.isBroken || this.isEnded || this.#isReadEnded
    const error = this.#error === undefined ? 0 : POLLERR
    const data = this.inbox.used > 0 || ended ? POLLIN : 0
    const room = this.isBroken || this.isWriteEnded || this.hasRoom ? POLLOUT : 0
    const over = this.isBroken || (ended && this.isWriteEnded) ? POLLHUP : 0
    const drained = this.isBroken || this.isDrained ? DRAINED : 0
    return error | data | room | over | drained | (ended ? POLLRDHUP : 0)
  }

  /** For marks: what has come since the beginning. */
  get receivings(): number {
    return this.#arrived + this.#changes
  }

  get sendings(): number {
    if (!this.hasRoom) this.#isFull = true
    else if (this.#isFull) {
      this.#isFull = false
      this.#reliefs++
    }
    return this.#reliefs + this.#changes
  }

  /** Takes in what the peer has sent; answers how much. */
  protected arrived(data: Uint8Array): number {
    const count = this.inbox.write(data)
    this.#arrived += count
    this.onChange()
    return count
  }

  protected ended(): void {
    this.isEnded = true
    this.changed()
  }

  /** The end of everything, with an error or without. */
  protected break(error?: Errno): void {
    if (this.isBroken) return
    this.isBroken = true
    this.#error = error
    this.changed()
  }

  protected changed(): void {
    this.#changes++
    this.onChange()
  }

  protected throwError(): void {
    const error = this.takeError()
    if (error !== undefined) throw new SysError(error)
  }
}
