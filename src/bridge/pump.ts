import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { hostDuplex } from '../embedder/host-duplex.js'
import { guardFor, quietly } from '../network/guard.js'
import { confirmedOptions, type Resolution, type TlsRequest } from '../network/network.js'
import type { Transport } from '../network/transport.js'
import type { Address } from '../posix/address.js'
import { type Errno, SysError } from '../posix/errno.js'
import type { Place } from './arena.js'
import { PumpChannel } from './channel.js'
import { DatagramEndpoint } from './datagram-endpoint.js'
import { errnoFromNode, lookupFailureFromNode } from './from-node.js'
import { type Command, OFFERED, type Report } from './messages.js'
import { nodeTransport } from './node-transport.js'
import type { PumpBell } from './pump-doorbell.js'
import { reset } from './reset.js'
import { StreamEndpoint } from './stream-endpoint.js'
import { streamOfFd } from './stream-of-fd.js'
import { TlsHost } from './tls.js'
import type { TlsSettings } from './tls-settings.js'

/** What the pump does for one handle. Failures are thrown or reported; success is reported. */
export interface Endpoint {
  /** The guest has put something into the channel, or taken something out. */
  service(): void
  /** Goes gently, or at once; also at once after it has begun to go gently. */
  close(abort: boolean): void
  fail(errno: Errno): void
  bind?(to: Address): void
  listen?(backlog: number): void
  connect?(to: Address | undefined): void
  startTls?(request: TlsRequest): void
  set?(setting: Extract<Command, { do: 'set' }>['setting']): void
}

/** What an endpoint needs of its pump. */
export interface PumpSide {
  readonly doorbell: PumpBell
  readonly tls: TlsHost
  /** Where its sockets are. */
  readonly transport: Transport
  report(report: Report): void
  /** Keeps a connection until the guest adopts or declines it, and then calls `taken`; `id` is the listener's. */
  offer(id: number, stream: Duplex, names: { local: Address; peer: Address }, taken?: () => void): number
}

/** What a pump works with. */
export interface PumpMeans {
  readonly tls?: TlsSettings | undefined
  readonly transport?: Transport | undefined
}

/** Where commands come from and reports go to; a `MessagePort` is one. */
export interface PumpPort {
  on(event: 'message', obey: (command: Command) => void): unknown
  postMessage(report: Report): void
  close(): void
}

interface Connection {
  readonly listener: number
  readonly stream: Duplex
  readonly taken: (() => void) | undefined
}

/**
 * The asynchronous half of a bridge: sockets of a transport on one side, Node's mostly, and channels on the other. It runs wherever an event loop is
 * free: in the helper worker, and for the host's own streams in the host's thread.
 */
export class Pump implements PumpSide {
  readonly doorbell: PumpBell
  readonly tls: TlsHost
  readonly transport: Transport
  readonly #port: PumpPort
  readonly #slabs: SharedArrayBuffer[] = []
  readonly #endpoints = new Map<number, Endpoint>()
  readonly #connections = new Map<number, Connection>()
  #nextConnection = 1
  #finishing = false
  #stop: () => void = () => {}
  /** Resolves once the guest has finished and all is sent. */
  readonly stopped = new Promise<void>((resolve) => {
    this.#stop = resolve
  })

  /** Without a transport its sockets are this machine's. */
  constructor(port: PumpPort, doorbell: PumpBell, given: PumpMeans = {}) {
    this.doorbell = doorbell
    this.transport = given.transport ?? nodeTransport()
    this.tls = new TlsHost(given.tls)
    this.#port = port
    port.on('message', (command: Command) => this.#obey(command))
    doorbell.listen(() => this.#serviceQueued())
  }

  report(report: Report): void {
    if (report.is === 'closed') this.#endpoints.delete(report.id)
    this.#port.postMessage(report)
    this.doorbell.ringForMail()
    if (this.#finishing) this.#stopWhenIdle()
  }

  offer(id: number, stream: Duplex, names: { local: Address; peer: Address }, taken?: () => void): number {
    const connection = this.#nextConnection++
    this.#connections.set(connection, { listener: id, stream, taken })
    this.report({ is: 'connection', id, connection, ...names })
    return connection
  }

  /** Offers a stream of the host's own to the guest; answers the connection's number. */
  offerFromHost(given: Duplex, names: { local: Address; peer: Address }): number {
    const stream = isPlainSocket(given) ? given : hostDuplex(given)
    stream.on('error', () => {}) // until it is adopted; the guest finds out when it reads
    quietly(() => stream.pause())
    return this.offer(OFFERED, stream, names)
  }

  /** Drops every stream at once. */
  stop(): void {
    this.#closeAll(true)
  }

  /** Answers how many there were. */
  #serviceQueued(): number {
    let count = 0
    for (let id = this.doorbell.next(); id !== undefined; id = this.doorbell.next(), count++)
      this.#service(this.#endpoints.get(id))
    return count
  }

  /** What goes wrong with one socket stays its own. */
  #service(endpoint: Endpoint | undefined): void {
    try {
      endpoint?.service()
    } catch (error) {
      quietly(() => endpoint?.fail(errnoFromNode(error)))
    }
  }

  #obey(command: Command): void {
    try {
      this.#carryOut(command)
    } catch (error) {
      if (!('id' in command) || !isAnswered(command)) return
      this.report({ is: 'failed', id: command.id, errno: errnoFromNode(error) })
    } finally {
      this.doorbell.noteObeyed()
    }
  }

  #carryOut(command: Command): void {
    switch (command.do) {
      case 'slab':
        this.#slabs.push(command.slab)
        return
      case 'open':
        this.#endpoints.set(command.id, this.#open(command))
        return
      case 'adopt':
        this.#adopt(command)
        return
      case 'takeOver':
        this.#connect(command, () => streamOfFd(command.fd, command.openFds))
        return
      case 'decline':
        this.#decline(command.connection)
        return
      case 'resolve':
        this.transport.lookUp(command, this.#resolved(command.id))
        return
      case 'resolveBack':
        this.transport.lookUpBack(command.host, this.#resolved(command.id))
        return
      case 'finish':
        this.#finish()
        return
      case 'close':
        this.#close(command.id, command.abort)
        return
    }
    const endpoint = this.#endpoints.get(command.id)
    if (endpoint === undefined) throw new Error(`no endpoint ${command.id}`)
    if (command.do === 'bind') endpoint.bind?.(command.to)
    else if (command.do === 'listen') endpoint.listen?.(command.backlog)
    else if (command.do === 'connect') endpoint.connect?.(command.to)
    else if (command.do === 'startTls') endpoint.startTls?.(command.request)
    else endpoint.set?.(command.setting)
  }

  #resolved(id: number): (resolution: Resolution) => void {
    const failed = (error: unknown): Resolution => ({ is: 'failed', reason: lookupFailureFromNode(error) })
    const guard = guardFor((error) => this.report({ is: 'resolved', id, resolution: failed(error) }))
    return guard((resolution: Resolution) => this.report({ is: 'resolved', id, resolution }))
  }

  #open({ id, place, family, type }: Extract<Command, { do: 'open' }>): Endpoint {
    const channel = this.#channel({ id, place })
    return type === 'dgram'
      ? new DatagramEndpoint(id, channel, this, family)
      : new StreamEndpoint(id, channel, this, family)
  }

  #adopt({ id, place, connection }: Extract<Command, { do: 'adopt' }>): void {
    this.#connect({ id, place }, () => {
      const stream = this.#take(connection)
      if (stream === undefined) throw new SysError('ECONNABORTED')
      return stream
    })
  }

  /** The guest has a socket of it already: one that cannot be had is broken from the start. */
  #connect({ id, place }: { id: number; place: Place }, take: () => Duplex): void {
    const channel = this.#channel({ id, place })
    try {
      this.#endpoints.set(id, StreamEndpoint.connected(id, channel, this, take()))
    } catch (error) {
      const broken = new StreamEndpoint(id, channel, this, 'inet')
      this.#endpoints.set(id, broken)
      broken.fail(errnoFromNode(error))
    }
  }

  #decline(connection: number): void {
    const stream = this.#take(connection)
    if (stream !== undefined) quietly(() => reset(stream))
  }

  #take(connection: number): Duplex | undefined {
    const found = this.#connections.get(connection)
    this.#connections.delete(connection)
    found?.taken?.()
    return found?.stream
  }

  #close(id: number, abort: boolean): void {
    for (const [connection, { listener }] of this.#connections) if (listener === id) this.#decline(connection)
    const endpoint = this.#endpoints.get(id)
    if (endpoint === undefined) this.report({ is: 'closed', id })
    else this.#closeEndpoint(id, endpoint, abort)
  }

  /** Closes everything, letting out what was sent, and then stops listening to the guest: an otherwise idle thread ends. */
  #finish(): void {
    this.#closeAll(false)
  }

  #closeAll(abort: boolean): void {
    this.#finishing = true
    for (const connection of [...this.#connections.keys()]) this.#decline(connection)
    for (const [id, endpoint] of [...this.#endpoints]) this.#closeEndpoint(id, endpoint, abort)
    this.#stopWhenIdle()
  }

  /** One that cannot even be closed is let go: the guest is not to wait for it. */
  #closeEndpoint(id: number, endpoint: Endpoint, abort: boolean): void {
    if (!quietly(() => endpoint.close(abort))) this.report({ is: 'closed', id })
  }

  #stopWhenIdle(): void {
    if (this.#endpoints.size > 0) return
    this.doorbell.close()
    this.#port.close()
    this.#stop()
  }

  #channel({ id, place }: { id: number; place: Place }): PumpChannel {
    return new PumpChannel(this.#slabs[place.slab] as SharedArrayBuffer, place.at, () => this.doorbell.ringFor(id))
  }
}

const overridable = ['write', 'end', 'destroy', 'pause', 'resume', 'resetAndDestroy', '_write', '_read', '_destroy']

/** Whether a stream is a socket of Node's as Node makes it, of which nothing is overridden: it keeps Node's promises. */
function isPlainSocket(stream: Duplex): boolean {
  return Object.getPrototypeOf(stream) === Socket.prototype && !overridable.some((name) => Object.hasOwn(stream, name))
}

/** Whether the guest waits to hear how a command went. */
function isAnswered(command: Command): boolean {
  return command.do !== 'set' || confirmedOptions.has(command.setting.option)
}
