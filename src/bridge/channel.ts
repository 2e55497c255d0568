import { type Errno, errnoOfWasi, wasiNumber } from '../posix/errno.js'
import { RING_WORDS, RingConsumer, RingProducer } from './ring.js'

/*
 * A channel is the shared memory of one socket: words of state and two rings.
 *
 *   OUT_AT             HEADER_AT                                                       IN_AT
 *   | out: bytes to send | in   | out  |state|error |errors|wanted|queued|end |size|news| … | in: received bytes |
 *                  words   0      5      10    11     12     13     14     15   16   17
 *
 * The words share their page with the last bytes of the one ring and the first of the other, where lies what an idle connection carries.
 */

const IN = 0
const OUT = RING_WORDS
const STATE = 10 //  written by the pump: the STATE_ bits below, only ever added
const ERROR = 11 //  written by the pump: the errno of the last failure
const ERRORS = 12 // written by the pump: how many failures there have been
const WANTED = 13 // written by the guest: the events it is about to wait for
const QUEUED = 14 // raised by the guest, lowered by the pump: the channel stands in the doorbell's queue
const END = 15 //    written by the guest: 1 when nothing more will be sent
const SIZE = 16 //   written by the guest, before the pump knows the channel: how many bytes may lie in the ring of what is received
const NEWS = 17 //   raised by the pump, lowered by the guest: the channel stands in the queue of those with news

const HEADER_BYTES = 128
/** What arrives may wait for the guest while it computes: with half of this, downloads of curl took a quarter longer. */
const IN_BYTES = 512 * 1024
const OUT_BYTES = 256 * 1024

const PAGE_BYTES = 4096
/** So many bytes to send lie in the page of the words, if they are alone in their ring. */
const FEW_BYTES = 1536
const OUT_AT = FEW_BYTES
const HEADER_AT = OUT_AT + OUT_BYTES
const IN_AT = HEADER_AT + HEADER_BYTES

/** Bytes of shared memory per channel, whole pages. Only those that are used become real memory. */
export const CHANNEL_BYTES = OUT_BYTES + PAGE_BYTES + IN_BYTES

/** The least that a ring of received bytes holds: a stream stops and goes on by halves, a datagram must fit whole. */
const LEAST_IN_BYTES = { stream: 32 * 1024, dgram: 128 * 1024 } as const

/** How large the ring of received bytes is where it is to hold no more than so many, if that can be. */
export function inBytesWithin(most: number | undefined, type: keyof typeof LEAST_IN_BYTES): number {
  const wanted = Math.max(LEAST_IN_BYTES[type], Math.min(IN_BYTES, most ?? IN_BYTES))
  return 2 ** Math.floor(Math.log2(wanted))
}

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

  /** `most` is how many received bytes it may hold, a power of two; at most, and by default, all that there is room for. */
  constructor(memory: SharedArrayBuffer, at: number, most = IN_BYTES) {
    const words = wordsOf(memory, at)
    words.fill(0)
    words[SIZE] = most
    const { inBytes, outBytes } = parts(memory, at)
    super(words)
    words[OUT + 3] = 1 // the consumer of what the guest sends starts out starved
    this.received = new RingConsumer(words.subarray(IN, IN + RING_WORDS), inBytes)
    this.sent = new RingProducer(words.subarray(OUT, OUT + RING_WORDS), outBytes, FEW_BYTES)
  }

  /** Wants these events, and no others, until it says something else. */
  want(events: number): void {
    Atomics.store(this.words, WANTED, events)
  }

  /** The news has been taken from the queue. To be called before looking what it is. */
  unmarkNews(): void {
    Atomics.store(this.words, NEWS, 0)
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
  readonly #ring: () => void

  /** `ring` tells the guest that there is news of this channel. */
  constructor(memory: SharedArrayBuffer, at: number, ring: () => void = () => {}) {
    const { words, inBytes, outBytes } = parts(memory, at)
    super(words)
    this.#ring = ring
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

  /** Tells the guest that one of `events` has come about, if it waits for that. To be called after what has come is in the channel. */
  tell(events: number): void {
    if ((Atomics.load(this.words, WANTED) & events) !== 0) this.tellAll()
  }

  /** The same for what everybody waits for. Who has not heard the last news yet is told nothing more. */
  tellAll(): void {
    if (Atomics.exchange(this.words, NEWS, 1) === 0) this.#ring()
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

function wordsOf(memory: SharedArrayBuffer, at: number): Int32Array {
  return new Int32Array(memory, at + HEADER_AT, HEADER_BYTES / 4)
}

function parts(memory: SharedArrayBuffer, at: number) {
  const words = wordsOf(memory, at)
  return {
    words,
    inBytes: new Uint8Array(memory, at + IN_AT, words[SIZE]),
    outBytes: new Uint8Array(memory, at + OUT_AT, OUT_BYTES),
  }
}
