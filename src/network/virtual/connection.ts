import type { Errno } from '../../posix/errno.js'
import { IN_BYTES, OUT_BYTES } from './buffer-sizes.js'
import { ByteQueue } from './byte-queue.js'
import type { Node } from './links.js'
import { StreamEnd } from './stream-end.js'
import { connecting, established, type PacketKind, type Retries, type Wire } from './wire.js'

/** Of a stream in one packet. */
const PACKET_BYTES = 8 * 1024

/** What is sent in order: the server's first word, bytes, or the end. */
type Item = { is: 'hello' } | { is: 'data'; bytes: Uint8Array } | { is: 'end' }
const kinds: Record<Item['is'], PacketKind> = { hello: 'SYN-ACK', data: 'data', end: 'FIN' }

/** A packet for the peer, which is never dropped on arrival. */
interface Sending {
  readonly retries?: Retries
  readonly arrive: (peer: Connection) => void
  readonly giveUp: (peer: Connection) => void
  readonly isMoot: (peer: Connection) => boolean
  readonly reset?: () => void
}

/**
 * One end of a TCP connection. Packets are numbered, sent again when they are lost, and taken in their order; what waits
 * to be sent stays within `OUT_BYTES`, and what is under way or was not read within `IN_BYTES`.
 */
export class Connection extends StreamEnd {
  readonly #wire: Wire
  readonly #host: Node
  #peer: Connection | undefined
  readonly #unsent = new ByteQueue(OUT_BYTES)
  /** What the peer has not acknowledged. */
  #itemsUnderWay = 0
  #nextNumber = 0
  #isEndSent = false
  /** How many bytes were sent, and how many the peer has said it takes. */
  #sent = 0
  #mayBeSent = IN_BYTES
  /** What came before its turn. */
  readonly #early = new Map<number, Item>()
  #expected = 0
  /** How many bytes were read, and how many the peer was told it may send. */
  #read = 0
  #allowed = IN_BYTES
  #isClosed = false
  /** Called when the server has answered, or when that came to nothing. */
  onConnect: (error?: Errno) => void = () => {}

  constructor(wire: Wire, host: Node) {
    super(IN_BYTES)
    this.#wire = wire
    this.#host = host
  }

  /** The server's end for a client whose SYN has come; the client is told. */
  static answering(client: Connection, wire: Wire, host: Node): Connection {
    const server = new Connection(wire, host)
    server.#peer = client
    client.#peer = server
    server.#send({ is: 'hello' })
    return server
  }

  get isDrained(): boolean {
    return this.#unsent.used === 0
  }

  get isOver(): boolean {
    return this.isBroken
  }

  /** True when nothing is on its way to the peer any more. */
  get isSettled(): boolean {
    return this.isBroken || (this.#unsent.used === 0 && this.#itemsUnderWay === 0)
  }

  protected get hasRoom(): boolean {
    return this.#unsent.free >= OUT_BYTES / 2
  }

  /** As close(2): all that was sent still goes out, unless bytes are thrown away unread, which is a reset. */
  close(abort: boolean): void {
    this.#isClosed = true
    if (abort || this.inbox.used > 0) this.#abort()
    else this.endWriting()
  }

  protected put(data: Uint8Array): number {
    const count = this.#unsent.write(data)
    this.#flush()
    return count
  }

  protected taken(count: number): void {
    this.#read += count
    if (this.#read + IN_BYTES - this.#allowed >= IN_BYTES / 2) this.#acknowledge(0)
  }

  protected sendEnd(): void {
    this.#flush()
  }

  #flush(): void {
    for (;;) {
      const bytes = this.#unsent.take(Math.min(PACKET_BYTES, this.#mayBeSent - this.#sent))
      if (bytes.length === 0) break
      this.#sent += bytes.length
      this.#send({ is: 'data', bytes })
    }
    if (!this.isWriteEnded || this.#isEndSent || this.#unsent.used > 0) return
    this.#isEndSent = true
    this.#send({ is: 'end' })
  }

  #send(item: Item): void {
    const number = this.#nextNumber++
    this.#itemsUnderWay++
    const bytes = item.is === 'data' ? item.bytes.length : 0
    const isHello = item.is === 'hello'
    this.#post(kinds[item.is], bytes, {
      ...(isHello ? { retries: connecting } : { reset: () => this.#cutOff() }),
      arrive: (peer) => peer.#receive(number, item),
      giveUp: (peer) => {
        this.fail('ETIMEDOUT')
        if (isHello) peer.fail('ETIMEDOUT')
      },
      isMoot: () => this.isBroken,
    })
  }

  #receive(number: number, item: Item): void {
    const isLate = this.#isClosed && item.is === 'data'
    if (isLate) this.break()
    if (this.isBroken) return this.#refuse()
    this.#early.set(number, item)
    let items = 0
    for (let next = this.#nextItem(); next !== undefined; next = this.#nextItem()) {
      items++
      this.#take(next)
    }
    if (items > 0) this.#acknowledge(items)
  }

  #nextItem(): Item | undefined {
    const item = this.#early.get(this.#expected)
    if (item !== undefined) this.#early.delete(this.#expected++)
    return item
  }

  #take(item: Item): void {
    if (item.is === 'hello') this.onConnect()
    else if (item.is === 'end') this.ended()
    else this.arrived(item.bytes)
  }

  /** Tells the peer what has come, and how much more may. */
  #acknowledge(items: number): void {
    const allowed = this.#read + IN_BYTES
    this.#allowed = allowed
    this.#post('ACK', 0, {
      arrive: (peer) => peer.#acknowledged(items, allowed),
      giveUp: (peer) => peer.fail('ETIMEDOUT'), // what it sends, or its probes, nobody acknowledges
      isMoot: (peer) => peer.isBroken,
    })
  }

  #acknowledged(items: number, allowed: number): void {
    this.#itemsUnderWay -= items
    this.#mayBeSent = Math.max(this.#mayBeSent, allowed)
    if (this.isBroken) return
    this.#flush()
    this.onChange()
  }

  /** Ends the connection at once, and tells the peer. */
  #abort(): void {
    if (this.isBroken) return
    this.#forget()
    this.break()
    this.#postReset(() => {})
  }

  /** Somebody sends to an end that is gone. */
  #refuse(): void {
    this.#postReset((peer) => peer.fail('ETIMEDOUT'))
  }

  #postReset(giveUp: (peer: Connection) => void): void {
    this.#post('RST', 0, { arrive: (peer) => peer.#wasReset(), giveUp, isMoot: (peer) => peer.isBroken })
  }

  /** A link has had enough of the connection, and tells both ends. */
  #cutOff(): void {
    this.#wasReset()
    const peer = this.#peer
    if (peer !== undefined) peer.#wasReset()
  }

  /** Linux: a reset is EPIPE on a stream that the peer had ended before. */
  #wasReset(): void {
    this.fail(this.isEnded ? 'EPIPE' : 'ECONNRESET')
  }

  /** Ends the connection at once, with an error for this end only. */
  fail(errno: Errno): void {
    if (this.isBroken) return
    const isConnecting = this.#expected === 0 && this.#nextNumber === 0
    this.#forget()
    this.break(errno)
    if (isConnecting) this.onConnect(errno)
  }

  #forget(): void {
    this.#unsent.clear()
    this.#early.clear()
  }

  #post(kind: PacketKind, bytes: number, { arrive, giveUp, isMoot, ...more }: Sending): void {
    const peer = this.#peer
    if (peer === undefined) return
    const packet = { from: this.#host, to: peer.#host, kind, bytes }
    this.#wire.post(packet, {
      retries: established,
      ...more,
      arrive: () => {
        arrive(peer)
        return true
      },
      giveUp: () => giveUp(peer),
      isMoot: () => isMoot(peer),
    })
  }
}
