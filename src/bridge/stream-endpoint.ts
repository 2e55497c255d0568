import net from 'node:net'
import type { Duplex } from 'node:stream'
import type { OptionSetting, TlsRequest } from '../network/network.js'
import { type Address, anyAddress, type Family } from '../posix/address.js'
import type { Errno } from '../posix/errno.js'
import { type Binding, bind, bindsQuietly, type DialOptions } from './binding.js'
import { type PumpChannel, STATE_BROKEN } from './channel.js'
import { addressFromNode, errnoFromNode, hostForNode, lookupNumeric } from './from-node.js'
import type { BoundAddress, Endpoint, PumpSide } from './pump.js'
import { reset } from './reset.js'
import { StreamPump } from './stream-pump.js'
import { endedEarly, type TlsFailure } from './tls.js'

/** How many connections wait for the guest at the least, whatever backlog it asked for: POSIX calls the number a hint. */
const LEAST_BACKLOG = 128
const MOST_BACKLOG = 4096

/** What a stream socket has become. */
type Role =
  | { is: 'fresh' }
  | { is: 'bound'; binding: Binding; bound: BoundAddress }
  | { is: 'listening'; binding: Binding; backlog: number }
  | { is: 'connecting'; socket: net.Socket }
  | { is: 'connected'; pump: StreamPump; stream: Duplex }
  | { is: 'closed'; pump?: StreamPump }

interface StreamOptions {
  noDelay: boolean
  keepAlive: boolean
  keepIdle: number
  keepInterval: number
  keepCount: number
  v6Only: boolean
  reuseAddress: boolean
}

const defaults: StreamOptions = {
  noDelay: false,
  keepAlive: false,
  keepIdle: 7200,
  keepInterval: 75,
  keepCount: 9,
  v6Only: false,
  reuseAddress: false,
}

/** A stream socket of the guest's: TCP, or a local one. */
export class StreamEndpoint implements Endpoint {
  readonly #id: number
  readonly #channel: PumpChannel
  readonly #pump: PumpSide
  readonly #family: Family
  readonly #options: StreamOptions = { ...defaults }
  #role: Role = { is: 'fresh' }
  #waiting = 0

  constructor(id: number, channel: PumpChannel, pump: PumpSide, family: Family) {
    this.#id = id
    this.#channel = channel
    this.#pump = pump
    this.#family = family
  }

  /** The endpoint of a connection that is there already. */
  static connected(id: number, channel: PumpChannel, pump: PumpSide, stream: Duplex): StreamEndpoint {
    const endpoint = new StreamEndpoint(id, channel, pump, 'inet')
    const streamPump = new StreamPump(channel, pump.doorbell)
    endpoint.#role = { is: 'connected', pump: streamPump, stream }
    streamPump.start(stream, { readsIntoRing: false })
    return endpoint
  }

  service(): void {
    if (this.#role.is === 'connected') this.#role.pump.service()
    else this.#channel.unmarkQueued()
  }

  bind(to: Address): void {
    const reuse = this.#options.reuseAddress
    // libuv sets SO_REUSEADDR on every socket, so that the system does not object to what is bound here and does not listen.
    if (
      [...this.#pump.bound].some((other) => !(reuse && other.reuse) && to.family !== 'unix' && reaches(to, other.local))
    )
      return this.#pump.report({ is: 'failed', id: this.#id, errno: 'EADDRINUSE' })
    this.#bindThen(to, (binding) => {
      const bound = { local: binding.local, reuse }
      this.#role = { is: 'bound', binding, bound }
      this.#pump.bound.add(bound)
      this.#pump.report({ is: 'done', id: this.#id, local: binding.local })
    })
  }

  listen(backlog: number): void {
    const most = Math.min(MOST_BACKLOG, Math.max(LEAST_BACKLOG, backlog))
    const role = this.#role
    if (role.is === 'fresh') return this.#bindThen(anyAddress(this.#family), (binding) => this.#listenAt(binding, most))
    if (role.is === 'bound') {
      this.#pump.bound.delete(role.bound)
      return this.#listenAt(role.binding, most)
    }
    if (role.is === 'listening') role.backlog = most
    this.#pump.report({ is: 'done', id: this.#id })
  }

  connect(to: Address | undefined): void {
    const role = this.#role
    if (to === undefined || (role.is !== 'fresh' && role.is !== 'bound')) return
    if (bindsQuietly(to.family) && [...this.#pump.bound].some(({ local }) => reaches(to, local)))
      return this.#pump.report({ is: 'failed', id: this.#id, errno: 'ECONNREFUSED' })
    this.#role = { is: 'fresh' }
    if (role.is === 'fresh') return this.#dial(to, {})
    this.#pump.bound.delete(role.bound)
    role.binding.dialFrom((options) => this.#role.is === 'fresh' && this.#dial(to, options))
  }

  set({ option, value }: OptionSetting): void {
    if (option in this.#options) Object.assign(this.#options, { [option]: value })
    if (this.#role.is === 'connected') this.#apply(this.#role.stream, option)
  }

  startTls(request: TlsRequest): void {
    const role = this.#role
    if (role.is !== 'connected') return this.#notSecured('the connection is gone')
    role.pump.giveAway((stream) => {
      if (stream === undefined) return this.#giveUp(role.pump, endedEarly)
      this.#pump.tls.secure(stream, request, (secured) => {
        if (secured.is === 'failed') return this.#giveUp(role.pump, secured)
        role.pump.startOver(secured.stream)
        if (this.#role === role) this.#pump.report({ is: 'secured', id: this.#id, info: secured.info })
      })
    })
  }

  #giveUp(pump: StreamPump, { errno, reason }: TlsFailure): void {
    if (this.#role.is !== 'connected') return // the guest has closed it meanwhile
    pump.giveUp(errno)
    this.#notSecured(reason)
  }

  #notSecured(reason: string): void {
    this.#pump.report({ is: 'notSecured', id: this.#id, reason })
  }

  close(abort: boolean): void {
    const role = this.#role
    const closed = () => this.#pump.report({ is: 'closed', id: this.#id })
    if (role.is === 'closed') return abort ? role.pump?.abort() : undefined
    this.#role = role.is === 'connected' ? { is: 'closed', pump: role.pump } : { is: 'closed' }
    if (role.is === 'connected') role.pump.close(abort, closed)
    else if (role.is === 'bound' || role.is === 'listening') {
      if (role.is === 'bound') this.#pump.bound.delete(role.bound)
      role.binding.close(closed)
    } else closed()
    if (role.is === 'connecting') role.socket.destroy()
  }

  fail(errno: Errno): void {
    this.#channel.fail(errno)
    this.#channel.addState(STATE_BROKEN)
    this.#pump.doorbell.ring()
  }

  #bindThen(to: Address, then: (binding: Binding) => void): void {
    bind(
      { to, v6Only: this.#options.v6Only },
      (binding) => (this.#role.is === 'closed' ? binding.close(() => {}) : then(binding)),
      (errno) => this.#pump.report({ is: 'failed', id: this.#id, errno }),
    )
  }

  #listenAt(binding: Binding, backlog: number): void {
    binding.listen((socket) => this.#welcome(socket))
    this.#role = { is: 'listening', binding, backlog }
    this.#pump.report({ is: 'done', id: this.#id, local: binding.local })
  }

  #welcome(socket: net.Socket): void {
    const role = this.#role
    if (role.is !== 'listening' || this.#waiting >= role.backlog) return reset(socket)
    socket.on('error', () => {}) // until it is adopted; the guest finds out when it reads
    this.#applyAll(socket)
    this.#waiting++
    this.#pump.offer(this.#id, socket, this.#namesOf(socket), () => this.#waiting--)
  }

  #dial(to: Address, from: DialOptions): void {
    const streamPump = new StreamPump(this.#channel, this.#pump.doorbell)
    const socket = new net.Socket({
      allowHalfOpen: true,
      onread: streamPump.onread,
      ...from.construct,
    } as net.SocketConstructorOpts)
    this.#role = { is: 'connecting', socket }
    const refused = (error: Error) => {
      if (this.#role.is !== 'connecting') return
      this.#role = { is: 'fresh' }
      this.#pump.report({ is: 'failed', id: this.#id, errno: errnoFromNode(error) })
    }
    socket.once('error', refused)
    socket.once('connect', () => {
      if (this.#role.is !== 'connecting') return
      socket.off('error', refused)
      this.#role = { is: 'connected', pump: streamPump, stream: socket }
      this.#applyAll(socket)
      streamPump.start(socket, { readsIntoRing: true })
      const peer = to.family === 'unix' ? { peer: to } : {}
      this.#pump.report({ is: 'done', id: this.#id, ...this.#namesOf(socket), ...peer })
    })
    socket.connect(connectOptions(to, from))
  }

  #applyAll(socket: net.Socket): void {
    for (const option of ['noDelay', 'keepAlive'] as const) if (this.#options[option]) this.#apply(socket, option)
  }

  #apply(stream: Duplex, option: string): void {
    if (!(stream instanceof net.Socket)) return
    const { noDelay, keepAlive, keepIdle, keepInterval, keepCount } = this.#options
    if (option === 'noDelay') stream.setNoDelay(noDelay)
    // Node 20 takes the first two; what the guest may set is decided where it asks.
    const set: (...args: unknown[]) => void = stream.setKeepAlive.bind(stream) as never
    if (option.startsWith('keep')) set(keepAlive, keepIdle * 1000, keepInterval * 1000, keepCount)
  }

  #namesOf(socket: net.Socket): { local: Address; peer: Address } {
    const { localAddress, localPort, remoteAddress, remotePort } = socket
    if (this.#family === 'unix' || localAddress === undefined)
      return { local: { family: 'unix', path: '' }, peer: { family: 'unix', path: '' } }
    return {
      local: addressFromNode(localAddress, localPort ?? 0),
      peer: addressFromNode(remoteAddress ?? localAddress, remotePort ?? 0),
    }
  }
}

function connectOptions(to: Address, { connect }: DialOptions): net.SocketConnectOpts {
  if (to.family === 'unix') return { path: to.path }
  const lookup = lookupNumeric as net.LookupFunction
  return { ...connect, host: hostForNode(to), port: to.port, autoSelectFamily: false, lookup }
}

/** True when connecting to `to` leads to what is bound at `address`. */
function reaches(to: Address, address: Address): boolean {
  if (to.family === 'unix' || address.family === 'unix')
    return to.family === 'unix' && address.family === 'unix' && to.path === address.path
  return to.port === address.port && (isWildcard(address.host) || isWildcard(to.host) || to.host === address.host)
}

function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::'
}
