import { EventEmitter } from 'node:events'
import type { Address } from '../../posix/address.js'
import { type Errno, SysError } from '../../posix/errno.js'
import { addressIn } from './addresses.js'
import { DatagramPort } from './datagram-port.js'
import { addressOf } from './dialling.js'
import type { VirtualHost } from './host.js'
import { nodeError } from './node-error.js'
import { familyName } from './socket.js'

/** Who has sent a datagram. */
export interface RemoteInfo {
  readonly address: string
  readonly family: 'IPv4' | 'IPv6'
  readonly port: number
  readonly size: number
}

/** A UDP socket as users of `node:dgram` know it. */
export class VirtualDatagrams extends EventEmitter {
  readonly #host: VirtualHost
  readonly #family: 'inet' | 'inet6'
  readonly #port: DatagramPort
  #isBound = false
  #isClosed = false

  constructor(host: VirtualHost, type: 'udp4' | 'udp6') {
    super()
    this.#host = host
    this.#family = type === 'udp6' ? 'inet6' : 'inet'
    this.#port = new DatagramPort(host, this.#family, {
      received: (data, { host, port }) =>
        this.emit('message', Buffer.from(data), {
          ...{ address: host, port, size: data.length },
          family: familyName(host),
        }),
      error: (errno) => this.emit('error', nodeError(errno, 'recvmsg')),
    })
  }

  /** Emits `listening`, or `error`. */
  bind(port = 0, address = this.#family === 'inet' ? '0.0.0.0' : '::', heard?: () => void): this {
    if (heard !== undefined) this.once('listening', heard)
    try {
      this.#bind(port, address)
      queueMicrotask(() => this.emit('listening'))
    } catch (error) {
      this.#failed(error, 'bind', { host: address, port })
    }
    return this
  }

  address(): { address: string; family: string; port: number } {
    const local = this.#port.local
    if (!this.#isBound || local.family === 'unix') throw nodeError('EBADF', 'getsockname')
    return { address: local.host, family: familyName(local.host), port: local.port }
  }

  /** Sends to a name or an address; `sent` is called when it is on its way. */
  send(data: Uint8Array | string, port: number, name = 'localhost', sent?: (error: Error | null) => void): void {
    const bytes = typeof data === 'string' ? Buffer.from(data) : data
    const over = (code?: string) => {
      const error = code === undefined ? null : nodeError(code, 'send', { host: name, port })
      if (sent !== undefined) sent(error)
      else if (error !== null) this.emit('error', error)
    }
    try {
      this.#port.send(bytes, this.#place(name, port), (errno?: Errno) => queueMicrotask(() => over(errno)))
    } catch (error) {
      if (!(error instanceof SysError)) throw error
      queueMicrotask(() => over(error.errno === 'EHOSTUNREACH' ? 'ENOTFOUND' : error.errno))
    }
  }

  setBroadcast(on: boolean): void {
    this.#port.set({ option: 'broadcast', value: on })
  }

  setMulticastLoopback(on: boolean): void {
    this.#port.set({ option: 'multicastLoop', value: on })
  }

  addMembership(group: string, via = ''): void {
    this.#port.set({ option: 'join', value: { group, via } })
  }

  dropMembership(group: string, via = ''): void {
    this.#port.set({ option: 'leave', value: { group, via } })
  }

  close(closed?: () => void): this {
    if (closed !== undefined) this.once('close', closed)
    if (this.#isClosed) return this
    this.#isClosed = true
    this.#port.close(() => queueMicrotask(() => this.emit('close')))
    return this
  }

  /** What keeps the process alive is what is on its way. */
  ref(): this {
    return this
  }

  unref(): this {
    return this
  }

  #bind(port: number, address: string): void {
    if (this.#isBound) throw new SysError('EINVAL')
    const place = this.#place(address, port)
    this.#port.bind(place, () => {
      this.#isBound = true
    })
  }

  #place(name: string, port: number): Exclude<Address, { family: 'unix' }> {
    const host = addressOf(this.#host, name)
    if (host === undefined) throw new SysError('EHOSTUNREACH')
    return addressIn(this.#family, { host, port }) as Exclude<Address, { family: 'unix' }>
  }

  #failed(error: unknown, syscall: string, where: { host: string; port: number }): void {
    if (!(error instanceof SysError)) throw error
    const failure = nodeError(error.errno, syscall, where)
    queueMicrotask(() => this.emit('error', failure))
  }
}
