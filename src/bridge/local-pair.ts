import { type Errno, SysError } from '../posix/errno.js'
import { STATE_BROKEN, STATE_ENDED } from './channel.js'
import { RING_WORDS, RingConsumer, RingProducer } from './ring.js'

const PAIR_BYTES = 64 * 1024

/** One end of a local pair. Both ends belong to one guest, so no pump is asked and nobody is woken. */
export class LocalEnd {
  readonly received: RingConsumer
  readonly sent: RingProducer
  state = 0
  #other: LocalEnd | undefined
  #error: Errno | undefined
  #failures = 0
  #wasTold = false
  /** The other side receives no more. */
  isDeaf = false

  private constructor(incoming: LocalRing, outgoing: LocalRing) {
    this.received = new RingConsumer(incoming.words, incoming.bytes)
    this.sent = new RingProducer(outgoing.words, outgoing.bytes)
  }

  /** Two ends, each receiving what the other sends. */
  static pair(): [LocalEnd, LocalEnd] {
    const [there, back] = [localRing(), localRing()]
    const [one, two] = [new LocalEnd(back, there), new LocalEnd(there, back)]
    one.#other = two
    two.#other = one
    return [one, two]
  }

  /** Ends what this side sends. */
  end(): void {
    if (this.#other !== undefined) this.#other.state |= STATE_ENDED
  }

  /** Ends what this side receives: the other can send no more. */
  endReceiving(): void {
    if (this.#other !== undefined) this.#other.isDeaf = true
  }

  /** Closes this side: the other can send no more, and learns that unread bytes were thrown away. */
  close(): void {
    const other = this.#other
    if (other === undefined) return
    const lost = this.received.used > 0
    if (lost) other.#fail('ECONNRESET')
    other.state |= lost ? STATE_BROKEN : STATE_ENDED | STATE_BROKEN
    this.#other = undefined
  }

  /** For datagrams. Linux: this side forgets what it has received, and the other hears of a reset; it may go on sending. */
  disconnect(): true {
    this.received.consume(this.received.used)
    if (this.#other !== undefined) this.#other.#fail('ECONNRESET')
    return true
  }

  /** For datagrams. Linux: `ECONNREFUSED` tells that the other end is gone, and from then on there is none. */
  ensureOther(): void {
    if ((this.state & STATE_BROKEN) === 0) return
    const errno = this.#wasTold ? 'ENOTCONN' : 'ECONNREFUSED'
    this.#wasTold = true
    throw new SysError(errno)
  }

  get failures(): number {
    return this.#failures
  }

  get hasError(): boolean {
    return this.#error !== undefined
  }

  takeError(): Errno | undefined {
    const error = this.#error
    this.#error = undefined
    return error
  }

  #fail(errno: Errno): void {
    this.#error = errno
    this.#failures++
  }

  want(): void {}

  unmarkNews(): void {}

  markQueued(): boolean {
    return false
  }
}

interface LocalRing {
  readonly words: Int32Array
  readonly bytes: Uint8Array
}

function localRing(): LocalRing {
  return { words: new Int32Array(RING_WORDS), bytes: new Uint8Array(PAIR_BYTES) }
}
