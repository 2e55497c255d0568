import { Duplex } from 'node:stream'
import { type Errno, SysError } from '../../posix/errno.js'
import { familyOf, type Place } from './addresses.js'
import type { VirtualClock } from './clock.js'
import type { Connection } from './connection.js'
import { nodeError } from './node-error.js'

/** The most that is handed to a reader at once. */
const PIECE_BYTES = 64 * 1024

/** What a socket lies over: an end of a connection, and where that leads. */
export interface Plugged {
  readonly end: Connection
  readonly local: Place
  readonly remote: Place
  /** Called once, when the socket is gone. */
  readonly released: () => void
}

/** A connection as users of `node:net` know it: a `Duplex` with the names of both ends. Its time-outs are by the virtual clock. */
export class VirtualSocket extends Duplex {
  /** Until there is an answer. */
  connecting = true
  bytesRead = 0
  bytesWritten = 0
  readonly #clock: VirtualClock
  #plugged: Plugged | undefined
  #write: { data: Uint8Array; done: (error?: Error | null) => void } | undefined
  #final: (() => void) | undefined
  #wantsData = false
  #resets = false
  #hasEnded = false
  #timeout = { ms: 0, callOff: () => {} }

  constructor(clock: VirtualClock, options: { allowHalfOpen?: boolean } = {}) {
    super({ allowHalfOpen: options.allowHalfOpen ?? false })
    this.#clock = clock
  }

  /** The socket of a connection that is there, or on its way. */
  static over(plugged: Plugged, clock: VirtualClock, options: { allowHalfOpen?: boolean } = {}): VirtualSocket {
    const socket = new VirtualSocket(clock, options)
    socket.#plugged = plugged
    plugged.end.onChange = () => socket.#look()
    plugged.end.onConnect = (errno) => {
      if (errno === undefined) socket.connected()
      else socket.destroy(nodeError(errno, 'connect', plugged.remote))
    }
    return socket
  }

  get localAddress(): string | undefined {
    return this.#plugged?.local.host
  }

  get localPort(): number | undefined {
    return this.#plugged?.local.port
  }

  get remoteAddress(): string | undefined {
    return this.connecting ? undefined : this.#plugged?.remote.host
  }

  get remotePort(): number | undefined {
    return this.connecting ? undefined : this.#plugged?.remote.port
  }

  get remoteFamily(): string | undefined {
    return this.connecting || this.#plugged === undefined ? undefined : familyName(this.#plugged.remote.host)
  }

  address(): { address: string; family: string; port: number } | Record<never, never> {
    if (this.#plugged === undefined) return {}
    const { host, port } = this.#plugged.local
    return { address: host, family: familyName(host), port }
  }

  /** Emits `timeout` when nothing has come or gone for so long; 0 never does. */
  setTimeout(ms: number, heard?: () => void): this {
    this.#timeout.ms = ms
    if (heard !== undefined) this.once('timeout', heard)
    this.#stir()
    return this
  }

  /** Closes it so that its peer sees a reset. */
  resetAndDestroy(): this {
    this.#resets = true
    return this.destroy()
  }

  /** Closes it once all that was written is on its way. */
  destroySoon(): void {
    if (!this.writableEnded) this.end()
    if (this.writableFinished) this.destroy()
    else this.once('finish', () => this.destroy())
  }

  /** There is no Nagle here to be turned off. */
  setNoDelay(): this {
    return this
  }

  /** Nor are there probes. */
  setKeepAlive(): this {
    return this
  }

  /** What keeps the process alive is what is on its way. */
  ref(): this {
    return this
  }

  unref(): this {
    return this
  }

  /** To be called when the connection is there. */
  connected(): void {
    this.connecting = false
    this.#stir()
    this.emit('connect')
    this.emit('ready')
    this.#look()
  }

  override _read(): void {
    this.#wantsData = true
    this.#look()
  }

  override _write(data: Uint8Array, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#write = { data, done }
    this.#look()
  }

  override _final(done: () => void): void {
    this.#final = done
    this.#look()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#timeout.callOff()
    const { end, released } = this.#plugged ?? {}
    if (end !== undefined) {
      end.onChange = () => {}
      end.onConnect = () => {}
      end.close(this.#resets || !this.writableFinished)
    }
    released?.()
    done(error)
  }

  /** Does what is possible now. */
  #look(): void {
    const end = this.#plugged?.end
    if (end === undefined || this.connecting || this.destroyed) return
    try {
      this.#send(end)
      this.#receive(end)
    } catch (error) {
      if (!(error instanceof SysError)) throw error
      this.#fail(error.errno, 'read')
    }
  }

  #send(end: Connection): void {
    const { data, done } = this.#write ?? {}
    if (data !== undefined && done !== undefined) {
      const count = this.#tryWrite(end, data)
      if (count === undefined) return
      this.bytesWritten += count
      if (count > 0) this.#stir()
      this.#write = count < data.length ? { data: data.subarray(count), done } : undefined
      if (this.#write === undefined) done()
    }
    if (this.#final === undefined || this.#write !== undefined) return
    const ended = this.#final
    this.#final = undefined
    end.endWriting()
    ended()
  }

  #tryWrite(end: Connection, data: Uint8Array): number | undefined {
    try {
      return end.write(data)
    } catch (error) {
      if (!(error instanceof SysError)) throw error
      this.#fail(error.errno, 'write')
      return undefined
    }
  }

  #receive(end: Connection): void {
    while (this.#wantsData && end.available > 0 && !this.destroyed) {
      const data = Buffer.alloc(Math.min(end.available, PIECE_BYTES))
      end.read(data, false)
      this.bytesRead += data.length
      this.#stir()
      this.#wantsData = this.push(data)
    }
    if (this.destroyed || end.available > 0) return
    if (!this.#hasEnded && end.read(new Uint8Array(1), true) === 0) {
      this.#hasEnded = true
      this.push(null)
    }
    const errno = end.takeError()
    if (errno !== undefined) this.#fail(errno, 'read')
  }

  /** A peer that has ended and is gone is told of by writing only. */
  #fail(errno: Errno, syscall: string): void {
    this.destroy(nodeError(errno, syscall))
  }

  /** Something has happened: the time-out begins anew. */
  #stir(): void {
    this.#timeout.callOff()
    const { ms } = this.#timeout
    this.#timeout.callOff = ms > 0 ? this.#clock.after(ms, () => void this.emit('timeout')) : () => {}
  }
}

export function familyName(host: string): 'IPv4' | 'IPv6' {
  return familyOf(host) === 'inet' ? 'IPv4' : 'IPv6'
}
