import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { guardFor, quietly } from '../network/guard.js'
import { DRAINED } from '../network/network.js'
import { POLLIN, POLLOUT } from '../posix/constants.js'
import type { Errno } from '../posix/errno.js'
import { type PumpChannel, STATE_BROKEN, STATE_ENDED } from './channel.js'
import { errnoFromNode } from './from-node.js'
import { reset } from './reset.js'
import { after } from './timer.js'

/** Reading stops when the ring has less room than this, in bytes, and goes on when half of it is free. */
const LEAST_ROOM = 16 * 1024
/** Kept free in the ring while reading straight into it, so that there is always a next buffer to hand to Node. */
const SPARE = 4 * 1024
/** How long what was sent may take to leave after the guest has closed, in ms: Linux gives up on orphans after about so long. */
const ORPHAN_MS = 100_000
/** How long a stream that is destroyed may take to say that it has closed, in ms. One of the host's may never say it. */
const GONE_MS = 500
/** When to look whether the peer has reset a stream that it had ended before, in ms: nothing else tells us. */
const PROBE_AFTER_MS = [1, 4, 16, 64, 256, 1024]

/** Moves bytes between one connected stream and the rings of its channel. */
export class StreamPump {
  readonly #channel: PumpChannel
  readonly #guard = guardFor((error) => this.#breakDown(error))
  #stream: Duplex | undefined
  /** True for one of Node's sockets, perhaps with TLS over it: what it was written it has handed to the system, or keeps until it has. */
  #isSocket = false
  /** What lies under TLS. */
  #raw: Duplex | undefined
  /** Who gets the stream once all is sent. */
  #taker: ((stream: Duplex | undefined) => void) | undefined
  #isLocal = false
  #leftOver: Uint8Array | undefined
  /** True from then on until there is another stream: nothing is moved here. */
  #isGiven = false
  #writing = false
  #closing = false
  #whenGone: (() => void) | undefined
  #callOffOrphan: (() => void) | undefined
  #callOffLetGo: (() => void) | undefined
  #nextProbe: NodeJS.Timeout | undefined

  constructor(channel: PumpChannel) {
    this.#channel = channel
  }

  /** For `net.connect`: reads straight into the ring. */
  readonly onread = {
    buffer: (): Uint8Array => this.#room() ?? nowhere,
    callback: (count: number): boolean => this.#hasRead(count) ?? false,
  }

  /** Begins, once the stream is connected. A stream that was not made with `onread` is read through its `data` events. */
  start(stream: Duplex, how: { readsIntoRing: boolean }): void {
    this.#stream = stream
    this.#isSocket = stream instanceof Socket
    this.#isLocal = isBare(stream) && stream.remoteFamily === undefined
    if (!how.readsIntoRing) stream.on('data', this.#take)
    stream.on('end', this.#ended)
    stream.on('error', this.#fail)
    stream.on('close', this.#gone)
    if (stream.destroyed) this.#gone()
    else stream.resume()
    this.service()
  }

  /**
   * Gives the stream to `taker` once all that was sent is with the system, with what the guest has not read put back; undefined where
   * the stream has ended. Nothing is moved until `startOver`.
   */
  giveAway(taker: (stream: Duplex | undefined) => void): void {
    this.#taker = taker
    if (this.#stream === undefined) this.#give(undefined)
    else this.#send()
  }

  /** Goes on with another stream, which lies over the one that was given away. */
  startOver(stream: Duplex): void {
    this.#raw = this.#stream?.off('error', this.#fail).off('close', this.#gone)
    this.#isGiven = false
    this.start(stream, { readsIntoRing: false })
  }

  /** The stream that was given away has come to nothing. */
  giveUp(errno: Errno): void {
    this.#channel.fail(errno)
    this.#mark(STATE_BROKEN)
  }

  /** Does whatever the guest has made possible since: sends, reads on, ends. */
  service(): void {
    this.#channel.unmarkQueued()
    this.#send()
    const ring = this.#channel.received
    if (ring.isStalled && ring.free >= ring.size / 2) this.#readOn()
  }

  /** Closes once all is sent, or at once with a reset; then calls `gone`. */
  close(abort: boolean, gone: () => void): void {
    const stream = this.#stream
    if (stream === undefined) return gone()
    this.#whenGone = gone
    this.#closing = true
    if (this.#taker !== undefined || this.#isGiven) return this.abort() // TLS has not begun
    // Linux: bytes that nobody has read, or that come when nobody can, make it a reset.
    if (abort || this.#channel.received.used > 0 || this.#leftOver !== undefined) return this.abort()
    this.#send()
    this.#callOffOrphan = after(
      ORPHAN_MS,
      this.#guard(() => this.abort()),
    )
  }

  /** Ends at once what has begun to close. */
  abort(): void {
    const stream = this.#stream
    if (stream === undefined) return
    const isDestroyed = quietly(() => reset(stream, this.#raw))
    const letGo = this.#guard(() => this.#letGo(stream))
    this.#callOffLetGo ??= after(isDestroyed ? GONE_MS : 0, letGo)
  }

  /** The stream has not closed although it was told to: nothing waits for it any more. */
  #letGo(stream: Duplex): void {
    stream.off('data', this.#take).off('end', this.#ended)
    stream.off('close', this.#gone)
    this.#gone()
  }

  /** An error of this stream's own callbacks ends this stream, and nothing else. */
  #breakDown(error: unknown): void {
    this.giveUp(errnoFromNode(error))
    this.abort()
  }

  #refuse(): false {
    this.abort()
    return false
  }

  readonly #room = this.#guard((): Uint8Array => {
    const ring = this.#channel.received
    const region = ring.region()
    return region.subarray(0, Math.max(1, Math.min(region.length, ring.free - SPARE)))
  })

  readonly #hasRead = this.#guard((count: number): boolean => {
    if (this.#closing) return this.#refuse()
    const ring = this.#channel.received
    ring.produce(count)
    this.#channel.tell(POLLIN)
    return ring.free >= LEAST_ROOM || !ring.stall(ring.size / 2)
  })

  readonly #ended = this.#guard((): void => {
    const stream = this.#stream
    // A local peer's close ends both directions at once, and is seen as one.
    const isClosed = this.#isLocal && stream !== undefined && !this.#takesAnEmptyWrite(stream)
    this.#mark(isClosed ? STATE_ENDED | STATE_BROKEN : STATE_ENDED)
    if (this.#isLocal) this.#probe(0)
  })

  readonly #take = this.#guard((data: Uint8Array): void => {
    if (this.#closing) return void this.#refuse()
    if (!this.#isSocket && !(data instanceof Uint8Array))
      return void this.#stream?.destroy(new TypeError('the stream gives no bytes'))
    const ring = this.#channel.received
    const taken = ring.write(data)
    if (taken > 0) this.#channel.tell(POLLIN)
    if (taken < data.length) this.#leftOver = data.subarray(taken)
    if (ring.free >= LEAST_ROOM && taken === data.length) return
    if (ring.stall(ring.size / 2)) this.#stream?.pause()
    else this.#readOn()
  })

  #readOn(): void {
    this.#channel.received.unstall()
    const left = this.#leftOver
    this.#leftOver = undefined
    if (left !== undefined) this.#take(left)
    if (this.#leftOver === undefined && !this.#channel.received.isStalled) this.#stream?.resume()
  }

  #send(): void {
    const ring = this.#channel.sent
    const stream = this.#stream
    if (stream === undefined || this.#writing || this.#isGiven) return
    ring.feed()
    while (!this.#writing) {
      const piece = ring.region()
      if (piece.length > 0) this.#write(stream, piece)
      else if (ring.starve()) break
    }
    if (this.#writing) return
    if (this.#taker !== undefined) this.#give(stream)
    else if (this.#closing) this.#destroy(stream)
    else if (this.#channel.guestHasEnded && !stream.writableEnded) stream.end()
  }

  #write(stream: Duplex, piece: Uint8Array): void {
    let isSettled = false
    // A socket's write hands the bytes to the system, or keeps them until the callback; another stream may keep them for longer.
    const written = (error: unknown) => {
      if (!isSettled) this.#written(piece.length, error)
    }
    stream.write(this.#isSocket ? piece : Uint8Array.prototype.slice.call(piece), written)
    isSettled = stream.writableLength === 0 && stream.errored === null
    if (isSettled) this.#settle(piece.length)
    else this.#writing = true
  }

  readonly #written = this.#guard((count: number, error: unknown): void => {
    if (error) return
    this.#writing = false
    this.#settle(count)
    this.#send()
  })

  #settle(count: number): void {
    const { sent } = this.#channel
    sent.consume(count)
    const { used } = sent
    if (used <= sent.size / 2) this.#channel.tell(used === 0 ? POLLOUT | DRAINED : POLLOUT)
    if ((this.#channel.state & STATE_ENDED) !== 0) this.#probe(0)
  }

  #give(stream: Duplex | undefined): void {
    const taker = this.#taker
    this.#taker = undefined
    const hasEnded = (this.#channel.state & (STATE_ENDED | STATE_BROKEN)) !== 0
    if (stream === undefined || hasEnded) return taker?.(undefined)
    this.#isGiven = true
    stream.off('data', this.#take)
    stream.off('end', this.#ended)
    stream.pause()
    const unread = Buffer.concat([this.#channel.takeBack(), this.#leftOver ?? new Uint8Array(0)])
    this.#leftOver = undefined
    this.#channel.received.unstall()
    if (unread.length > 0) stream.unshift(unread)
    taker?.(stream)
  }

  /** As close(2): in one step, with all that was written still going out. What is no bare socket is told of its end first. */
  #destroy(stream: Duplex): void {
    if (!isBare(stream) && !stream.writableEnded) stream.end()
    if (!stream.writableEnded || stream.writableFinished) stream.destroy()
    else
      stream.once(
        'finish',
        this.#guard(() => stream.destroy()),
      )
  }

  /** A stream that the peer has ended is not read any more, so only an empty write shows that it was reset or closed since. */
  #probe(attempt: number): void {
    clearTimeout(this.#nextProbe)
    const after = PROBE_AFTER_MS[attempt]
    if (after === undefined) return
    const look = this.#guard(() => {
      const stream = this.#stream
      if (!(stream instanceof Socket) || !stream.writable || stream.writableEnded) return
      if (this.#takesAnEmptyWrite(stream)) this.#probe(attempt + 1)
    })
    this.#nextProbe = setTimeout(look, after)
    this.#nextProbe.unref()
  }

  #takesAnEmptyWrite(stream: Duplex): boolean {
    if (!this.#writing && stream.writable) stream.write(new Uint8Array(0))
    return stream.errored === null
  }

  readonly #fail = this.#guard((error: unknown): void => {
    if (this.#isGiven || this.#stream === undefined) return // its new owner knows, or nothing is to be told any more
    const errno = this.#errnoOf(error)
    // A local peer that has closed is no error until something is sent to it: then it is EPIPE without SO_ERROR.
    if (errno !== 'EPIPE' || !this.#isLocal) this.#channel.fail(errno)
    this.#mark(STATE_BROKEN)
  })

  /** Linux: a reset is EPIPE on a stream that the peer had ended before. */
  #errnoOf(error: unknown): Errno {
    const errno = errnoFromNode(error)
    return errno === 'ECONNRESET' && (this.#channel.state & STATE_ENDED) !== 0 ? 'EPIPE' : errno
  }

  readonly #gone = this.#guard((): void => {
    if (this.#stream === undefined) return
    clearTimeout(this.#nextProbe)
    this.#callOffOrphan?.()
    this.#callOffLetGo?.()
    this.#stream = undefined
    this.#mark(STATE_BROKEN)
    if (this.#taker !== undefined) this.#give(undefined)
    this.#whenGone?.()
  })

  #mark(state: number): void {
    this.#channel.addState(state)
    this.#channel.tellAll()
  }
}

/** Where bytes go for which there is no place any more. */
const nowhere = new Uint8Array(4096)

/** A socket itself, without TLS over it. */
function isBare(stream: Duplex): stream is Socket {
  return stream instanceof Socket && !('encrypted' in stream)
}
