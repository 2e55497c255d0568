import { type Errno, errnoOfWasi, wasiNumber } from '../posix/errno.js'
import { RING_WORDS, RingConsumer, RingProducer } from './ring.js'

/*
 * A channel is the shared memory of one socket: words of state and two rings.
 *
 *   0      5      10    11     12     13     14       16        HEADER_BYTES           + IN_BYTES
 *   | in   | out  |state|error |errors|wanted|queued|  -  | … | in: received bytes  | out: bytes to send |
 */

const IN = 0
const OUT = RING_WORDS
const STATE = 10 //  written by the pump: the STATE_ bits below, only ever added
const ERROR = 11 //  written by the pump: the errno of the last failure
const ERRORS = 12 // written by the pump: how many failures there have been
const WANTED = 13 // written by the guest: the events it is about to wait for
const QUEUED = 14 // raised by the guest, lowered by the pump: the channel stands in the doorbell's queue
const END = 15 //    written by the guest: 1 when nothing more will be sent

const HEADER_BYTES = 128
/** What arrives may wait for the guest while it computes: with half of this, downloads of curl took a quarter longer. */
const IN_BYTES = 512 * 1024
const OUT_BYTES = 256 * 1024

/** Bytes of shared memory per channel. Only the pages that are used become real memory. */
export const CHANNEL_BYTES = HEADER_BYTES + IN_BYTES + OUT_BYTES

/** The peer has ended its stream (FIN): after the bytes in the ring there is nothing. */
export const STATE_ENDED = 1
/** The connection is gone: nothing comes and nothing can be sent any more. */
export const STATE_BROKEN = 2

class ChannelSide {
  protected readonly words: Int32Array

  constructor(words: Int32Array) {
    this.words = words
  }

  get state(): number {
    return Atomics.load(this.words, STATE)
  }
}

/** The guest's side of a channel. */
export class GuestChannel extends ChannelSide {
  readonly received: RingConsumer
  readonly sent: RingProducer
  #errorsTaken = 0

  constructor(memory: SharedArrayBuffer, at: number) {
    const { words, inBytes, outBytes } = parts(memory, at)
    super(words)
    words.fill(0)
    words[OUT + 3] = 1 // the consumer of what the guest sends starts out starved
    this.received = new RingConsumer(words.subarray(IN, IN + RING_WORDS), inBytes)
    this.sent = new RingProducer(words.subarray(OUT, OUT + RING_WORDS), outBytes)
  }

  /** Wants these events too. */
  want(events: number): void {
    Atomics.store(this.words, WANTED, Atomics.load(this.words, WANTED) | events)
  }

  wantNothing(): void {
    Atomics.store(this.words, WANTED, 0)
  }

  /** Answers true when the channel was not queued before: then the caller queues it. */
  markQueued(): boolean {
    return Atomics.exchange(this.words, QUEUED, 1) === 0
  }

  end(): void {
    Atomics.store(this.words, END, 1)
  }

  /** How many errors there have been. */
  get failures(): number {
    return Atomics.load(this.words, ERRORS)
  }

  get hasError(): boolean {
    return this.failures !== this.#errorsTaken
  }

  takeError(): Errno | undefined {
    const count = Atomics.load(this.words, ERRORS)
    if (count === this.#errorsTaken) return undefined
    this.#errorsTaken = count
    return errnoOfWasi(Atomics.load(this.words, ERROR)) ?? 'EIO'
  }
}

/** The pump's side of a channel. */
export class PumpChannel extends ChannelSide {
  readonly received: RingProducer
  readonly sent: RingConsumer
  readonly #unread: RingConsumer

  constructor(memory: SharedArrayBuffer, at: number) {
    const { words, inBytes, outBytes } = parts(memory, at)
    super(words)
    this.#unread = new RingConsumer(words.subarray(IN, IN + RING_WORDS), inBytes)
    this.received = new RingProducer(words.subarray(IN, IN + RING_WORDS), inBytes)
    this.sent = new RingConsumer(words.subarray(OUT, OUT + RING_WORDS), outBytes)
    this.unmarkQueued() // a call that came before this side knew the channel was lost
  }

  addState(bits: number): void {
    Atomics.store(this.words, STATE, this.state | bits)
  }

  fail(errno: Errno): void {
    Atomics.store(this.words, ERROR, wasiNumber(errno))
    Atomics.add(this.words, ERRORS, 1)
  }

  /** True when the guest waits for one of `events`. */
  isWanted(events: number): boolean {
    return (Atomics.load(this.words, WANTED) & events) !== 0
  }

  /** Takes back what the guest has not read. Only while the guest leaves the ring alone, as it does until TLS has begun. */
  takeBack(): Uint8Array {
    const bytes = new Uint8Array(this.#unread.used)
    this.#unread.read(bytes)
    return bytes
  }

  unmarkQueued(): void {
    Atomics.store(this.words, QUEUED, 0)
  }

  get guestHasEnded(): boolean {
    return Atomics.load(this.words, END) === 1
  }
}

function parts(memory: SharedArrayBuffer, at: number) {
  return {
    words: new Int32Array(memory, at, HEADER_BYTES / 4),
    inBytes: new Uint8Array(memory, at + HEADER_BYTES, IN_BYTES),
    outBytes: new Uint8Array(memory, at + HEADER_BYTES + IN_BYTES, OUT_BYTES),
  }
}
