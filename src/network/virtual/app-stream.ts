import { type Errno, SysError } from '../../posix/errno.js'
import type { Place } from './addresses.js'
import type { Connection } from './connection.js'

/** What an app does with a stream. All are called within the simulation, and may write, end and reset. */
export interface StreamHandlers {
  readonly onConnect?: () => void
  readonly onData?: (data: Uint8Array) => void
  /** The peer has ended what it sends. */
  readonly onEnd?: () => void
  /** All that was written is on its way. */
  readonly onDrain?: () => void
  /** The connection is gone, or was never made. */
  readonly onError?: (errno: Errno) => void
}

/** An app's end of a connection. */
export class AppStream {
  readonly local: Place
  readonly remote: Place
  readonly #end: Connection
  readonly #unsent: Uint8Array[] = []
  #handlers: StreamHandlers = {}
  #isEnding = false
  #isConnected = false
  #hasSeenEnd = false
  #isGone = false
  /** Called once nothing comes or goes any more. */
  onOver: () => void = () => {}

  constructor(end: Connection, { local, remote }: { local: Place; remote: Place }) {
    this.#end = end
    this.local = local
    this.remote = remote
    end.onChange = () => this.#look()
    end.onConnect = (errno) => {
      if (errno === undefined) this.connected()
    }
  }

  /** Says what to do with it. What has come meanwhile is told with the next event. */
  handle(handlers: StreamHandlers): void {
    this.#handlers = handlers
  }

  connected(): void {
    this.#isConnected = true
    this.#handlers.onConnect?.()
    this.#look()
  }

  /** Sends after all that was written before. False when it has to wait for room: `onDrain` tells of that. */
  write(data: Uint8Array): boolean {
    if (this.#isEnding || this.#isGone) throw new SysError('EPIPE')
    this.#unsent.push(data.slice())
    this.#flush()
    return this.#unsent.length === 0
  }

  /** Ends what is sent. */
  end(): void {
    this.#isEnding = true
    this.#flush()
  }

  /** Ends the connection at once; the peer sees a reset. */
  reset(): void {
    this.#forget()
    this.#end.close(true)
  }

  #look(): void {
    if (this.#isGone) return
    const errno = this.#receive()
    if (errno !== undefined) return this.#fail(errno)
    const wasHeldUp = this.#unsent.length > 0
    this.#flush()
    if (wasHeldUp && this.#unsent.length === 0) this.#handlers.onDrain?.()
  }

  /** Tells the app what has come; answers the error, if there is one. */
  #receive(): Errno | undefined {
    while (!this.#isGone && this.#end.available > 0) {
      const data = new Uint8Array(this.#end.available)
      this.#end.read(data, false)
      this.#handlers.onData?.(data)
    }
    if (this.#isGone) return undefined
    try {
      if (this.#end.read(new Uint8Array(1), true) === 0) this.#ended()
    } catch (error) {
      if (error instanceof SysError) return error.errno
      throw error
    }
    return this.#end.takeError()
  }

  #ended(): void {
    if (this.#hasSeenEnd) return
    this.#hasSeenEnd = true
    this.#handlers.onEnd?.()
    this.#overIfOver()
  }

  #flush(): void {
    if (!this.#isConnected || this.#end.isOver) return
    for (let next = this.#unsent[0]; next !== undefined; next = this.#unsent[0]) {
      const count = this.#end.write(next)
      if (count < next.length) {
        this.#unsent[0] = next.subarray(count)
        return
      }
      this.#unsent.shift()
    }
    if (this.#isEnding) this.#end.endWriting()
    this.#overIfOver()
  }

  #fail(errno: Errno): void {
    this.#forget()
    this.#handlers.onError?.(errno)
  }

  #forget(): void {
    this.#isGone = true
    this.#unsent.length = 0
    this.onOver()
  }

  #overIfOver(): void {
    if (this.#hasSeenEnd && this.#isEnding && this.#unsent.length === 0) this.onOver()
  }
}
