import { POLLIN, POLLOUT, POLLRDNORM, POLLWRNORM } from '../posix/constants.js'
import { SysError } from '../posix/errno.js'
import type { Blocking } from './blocking.js'
import type { Description, Watcher } from './fd-table.js'

/** How many bytes its number has. */
const BYTES = 8
const MOST = 0xfffffffffffffffen

/** What eventfd(2) makes: a number that is read and written, which becomes 0 when it is read. */
export class OpenEvent implements Description {
  readonly is = 'event'
  references = 0
  watchers?: Set<Watcher>
  nonBlocking: boolean
  #value: bigint
  /** EFD_SEMAPHORE: a read takes 1. */
  readonly #isSemaphore: boolean
  /** How often it was written, and read: for those that are told of changes only. */
  #writes = 0
  #reads = 0

  constructor(value: bigint, { isSemaphore, nonBlocking }: { isSemaphore: boolean; nonBlocking: boolean }) {
    this.#value = value
    this.#isSemaphore = isSemaphore
    this.nonBlocking = nonBlocking
  }

  *read(into: Uint8Array): Blocking<number> {
    if (into.length < BYTES) throw new SysError('EINVAL')
    while (this.#value === 0n) yield* this.#wait()
    const taken = this.#isSemaphore ? 1n : this.#value
    this.#value -= taken
    this.#reads++
    bytesOf(into).writeBigUInt64LE(taken)
    return BYTES
  }

  *write(data: Uint8Array): Blocking<number> {
    if (data.length < BYTES) throw new SysError('EINVAL')
    const added = bytesOf(data).readBigUInt64LE()
    if (added > MOST) throw new SysError('EINVAL')
    while (added > MOST - this.#value) yield* this.#wait()
    this.#value += added
    this.#writes++
    return BYTES
  }

  /** What of poll's events holds. */
  get ready(): number {
    return (this.#value > 0n ? POLLIN | POLLRDNORM : 0) | (this.#value < MOST ? POLLOUT | POLLWRNORM : 0)
  }

  /** How far it has come. */
  get mark() {
    return { receiving: this.#writes, sending: this.#reads }
  }

  /** Only the guest itself could change the number, which waits: as a program of one thread it would do so for ever. */
  *#wait(): Blocking<void> {
    if (this.nonBlocking) throw new SysError('EAGAIN')
    yield { on: [], timeoutMs: Number.POSITIVE_INFINITY }
  }
}

function bytesOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
