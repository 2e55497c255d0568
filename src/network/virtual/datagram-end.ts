import { type Address, anyAddress, type Family } from '../../posix/address.js'
import { POLLERR, POLLHUP, POLLIN, POLLOUT, POLLRDHUP } from '../../posix/constants.js'
import { type Errno, SysError } from '../../posix/errno.js'
import { mostData } from '../defaults.js'
import { DONE, DRAINED, type Events, type Mark, type Options } from '../network.js'
import { DatagramInbox } from './datagram-inbox.js'

/** What a UDP socket and an end of a local pair have in common. */
export abstract class DatagramEnd {
  readonly is = 'dgram'
  readonly family: Family
  readonly options: Partial<Options> = {}
  local: Address
  peer: Address | undefined
  protected readonly inbox = new DatagramInbox()
  #error: Errno | undefined
  #failures = 0
  #sent = 0
  readonly #shut = { read: false, write: false }
  /** Called when something has come, has failed, or has made room. */
  onChange: () => void = () => {}

  constructor(family: Family) {
    this.family = family
    this.local = anyAddress(family)
  }

  protected abstract get hasRoom(): boolean
  /** Hands one over; false where there is no room. */
  protected abstract put(data: Uint8Array, to: Address | undefined): boolean
  abstract bind(to: Address): void
  abstract connect(to: Address | undefined): void
  abstract close(): void

  get available(): number {
    return this.inbox.first?.data.length ?? 0
  }

  /** Sends all of it; false where there is no room. */
  send(data: Uint8Array, to: Address | undefined): boolean {
    this.#throwError()
    if (data.length > mostData[this.family]) throw new SysError('EMSGSIZE')
    const isSent = this.put(data, to)
    if (isSent) this.#sent += data.length + 1
    return isSent
  }

  /** Undefined where nothing has come. */
  receive(into: Uint8Array, peek: boolean): { length: number; from: Address } | undefined {
    this.#throwError()
    const found = this.inbox.read(into, peek)
    const nobody = anyAddress(this.family)
    if (found === undefined) return undefined
    return { length: found.length, from: found.from ?? nobody }
  }

  shutdown(end: 'read' | 'write'): void {
    this.#shut[end] = true
  }

  takeError(): Errno | undefined {
    const error = this.#error
    this.#error = undefined
    return error
  }

  /** What udp_poll of Linux says. */
  get conditions(): Events {
    const { read, write } = this.#shut
    const error = this.#error === undefined ? 0 : POLLERR
    const data = this.inbox.first === undefined ? 0 : POLLIN
    const room = this.hasRoom ? POLLOUT : 0
    const shut = (read ? POLLIN | POLLRDHUP : 0) | (read && write ? POLLHUP : 0)
    return DONE | DRAINED | error | data | room | shut
  }

  get mark(): Mark {
    const changes = this.#failures + Number(this.#shut.read) + Number(this.#shut.write)
    return { receiving: this.inbox.arrived + changes, sending: this.#sent + changes }
  }

  protected fail(errno: Errno): void {
    this.#error = errno
    this.#failures++
    this.onChange()
  }

  #throwError(): void {
    const error = this.takeError()
    if (error !== undefined) throw new SysError(error)
  }
}

/** One end of a local pair of datagram sockets. */
export class LocalDatagramEnd extends DatagramEnd {
  #other: LocalDatagramEnd | undefined
  #wasTold = false

  static pair(): readonly [LocalDatagramEnd, LocalDatagramEnd] {
    const [one, two] = [new LocalDatagramEnd('unix'), new LocalDatagramEnd('unix')]
    one.#other = two
    two.#other = one
    return [one, two]
  }

  protected get hasRoom(): boolean {
    return this.#other?.inbox.hasRoom ?? true
  }

  bind(): void {
    throw new SysError('EOPNOTSUPP')
  }

  /** Linux: this side forgets what it has received, and the other hears of a reset; it may go on sending. */
  connect(to: Address | undefined): void {
    if (to !== undefined) throw new SysError('EOPNOTSUPP')
    this.inbox.clear()
    this.#other?.fail('ECONNRESET')
  }

  close(): void {
    if (this.#other !== undefined) this.#other.#other = undefined
    this.#other = undefined
  }

  /** Linux: `ECONNREFUSED` tells that the other end is gone, and from then on there is none. */
  protected put(data: Uint8Array): boolean {
    if (this.#other !== undefined) return this.#other.inbox.add({ data: data.slice(), from: undefined })
    const errno = this.#wasTold ? 'ENOTCONN' : 'ECONNREFUSED'
    this.#wasTold = true
    throw new SysError(errno)
  }
}
