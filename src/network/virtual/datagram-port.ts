import type { Address, InetAddress } from '../../posix/address.js'
import { type Errno, SysError } from '../../posix/errno.js'
import type { OptionSetting } from '../network.js'
import type { DatagramsTold, DatagramPort as Port } from '../transport.js'
import { DatagramSocket } from './datagram-socket.js'
import type { VirtualHost } from './host.js'

type Done = (errno?: Errno) => void

/** A UDP socket that tells what comes. */
export class DatagramPort implements Port {
  readonly #socket: DatagramSocket
  readonly #told: DatagramsTold
  /** Sent, and there was no room. */
  readonly #held: (() => boolean)[] = []
  readonly #into = new Uint8Array(65_536)

  constructor(host: VirtualHost, family: 'inet' | 'inet6', told: DatagramsTold) {
    const socket = new DatagramSocket(host, family)
    this.#socket = socket
    this.#told = told
    socket.onChange = () => this.#look()
  }

  get local(): Address {
    return this.#socket.local
  }

  bind(to: InetAddress, done: Done): void {
    this.#socket.bind(to)
    done()
  }

  connect(to: InetAddress | undefined, done: Done): void {
    this.#socket.connect(to)
    done()
  }

  set(setting: OptionSetting): void {
    this.#socket.set(setting)
  }

  send(data: Uint8Array, to: InetAddress | undefined, done: Done): void {
    const attempt = () => {
      try {
        if (!this.#socket.send(data, to)) return false
        done()
      } catch (error) {
        if (!(error instanceof SysError)) throw error
        done(error.errno)
      }
      return true
    }
    if (this.#held.length > 0 || !attempt()) this.#held.push(attempt)
  }

  close(closed: () => void): void {
    this.#socket.onChange = () => {}
    this.#socket.close()
    closed()
  }

  #look(): void {
    const errno = this.#socket.takeError()
    if (errno !== undefined) this.#told.error(errno)
    for (let found = this.#next(); found !== undefined; found = this.#next())
      this.#told.received(this.#into.slice(0, found.length), found.from as InetAddress)
    while (this.#held[0]?.()) this.#held.shift()
  }

  #next() {
    return this.#socket.receive(this.#into, false)
  }
}
