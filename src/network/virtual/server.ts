import { EventEmitter } from 'node:events'
import { SysError } from '../../posix/errno.js'
import { plainHost } from './addresses.js'
import { answering } from './dialling.js'
import type { StreamBinding, VirtualHost } from './host.js'
import { nodeError } from './node-error.js'
import { takePort } from './options.js'
import { familyName, type VirtualSocket } from './socket.js'

export interface ServerOptions {
  readonly allowHalfOpen?: boolean
  readonly pauseOnConnect?: boolean
}

/** Where a server listens: a port, 0 for one that is free, and perhaps one address only. */
export interface ListenOptions {
  readonly port?: number
  readonly host?: string
}

/** A server of streams as users of `node:net` know it. */
export class VirtualServer extends EventEmitter {
  readonly #host: VirtualHost
  readonly #options: ServerOptions
  readonly #sockets = new Set<VirtualSocket>()
  #binding: StreamBinding | undefined

  constructor(host: VirtualHost, options: ServerOptions = {}) {
    super()
    this.#host = host
    this.#options = options
  }

  get listening(): boolean {
    return this.#binding !== undefined
  }

  /** Serves on a port; emits `listening`, or `error`. */
  listen(where: number | ListenOptions = 0, heard?: () => void): this {
    const { port = 0, host = '::' } = typeof where === 'number' ? { port: where } : where
    if (heard !== undefined) this.once('listening', heard)
    try {
      this.#bind(plainHost(host), takePort(port, 'port'))
      queueMicrotask(() => this.emit('listening'))
    } catch (error) {
      if (!(error instanceof SysError)) throw error
      const failure = nodeError(error.errno, 'listen', { host, port })
      queueMicrotask(() => this.emit('error', failure))
    }
    return this
  }

  address(): { address: string; family: string; port: number } | null {
    if (this.#binding === undefined) return null
    const { host, port } = this.#binding
    return { address: host, family: familyName(host), port }
  }

  /** Takes no more connections; `closed` is called when those there were are gone too. */
  close(closed?: () => void): this {
    if (closed !== undefined) this.once('close', closed)
    if (this.#binding !== undefined) this.#host.streams.remove(this.#binding)
    this.#binding = undefined
    this.#closeIfOver()
    return this
  }

  getConnections(done: (error: null, count: number) => void): void {
    const count = this.#sockets.size
    queueMicrotask(() => done(null, count))
  }

  /** What keeps the process alive is what is on its way. */
  ref(): this {
    return this
  }

  unref(): this {
    return this
  }

  #bind(host: string, asked: number): void {
    if (this.#binding !== undefined) throw new SysError('EINVAL')
    this.#host.ensureOwn(host)
    const terms = { host, v6Only: false, reuse: false }
    const port = this.#host.streams.choose({ ...terms, port: asked, listener: undefined })
    this.#binding = { ...terms, port, listener: (call) => this.#welcome(call) }
    this.#host.streams.add(this.#binding)
  }

  #welcome(call: Parameters<NonNullable<StreamBinding['listener']>>[0]) {
    const { socket, end } = answering(this.#host, call, {
      ...this.#options,
      released: (gone) => {
        this.#sockets.delete(gone)
        this.#closeIfOver()
      },
    })
    this.#sockets.add(socket)
    if (this.#options.pauseOnConnect) socket.pause()
    this.emit('connection', socket)
    socket.connected()
    return end
  }

  #closeIfOver(): void {
    if (this.#binding === undefined && this.#sockets.size === 0) queueMicrotask(() => this.emit('close'))
  }
}
