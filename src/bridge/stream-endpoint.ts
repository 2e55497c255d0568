import type { Duplex } from 'node:stream'
import { guardFor } from '../network/guard.js'
import type { OptionSetting, TlsRequest } from '../network/network.js'
import type { BoundStream, Call, Names, StreamOption, StreamOptions } from '../network/transport.js'
import { type Address, anyAddress, type Family } from '../posix/address.js'
import { type Errno, SysError } from '../posix/errno.js'
import { type PumpChannel, STATE_BROKEN } from './channel.js'
import { errnoFromNode } from './from-node.js'
import type { Endpoint, PumpSide } from './pump.js'
import { reset } from './reset.js'
import { StreamPump } from './stream-pump.js'
import { endedEarly, type Secured, type TlsFailure } from './tls.js'

/** Linux's somaxconn. */
const MOST_BACKLOG = 4096

/** What a stream socket has become. */
type Role =
  | { is: 'fresh' }
  | { is: 'bound'; bound: BoundStream }
  | { is: 'listening'; bound: BoundStream; backlog: number }
  | { is: 'connecting'; hangUp: () => void }
  | { is: 'connected'; pump: StreamPump; stream: Duplex }
  | { is: 'closed'; pump?: StreamPump }

const streamDefaults: StreamOptions = {
  ...{ noDelay: false, keepAlive: false },
  ...{ keepIdle: 7200, keepInterval: 75, keepCount: 9 },
}

/** A stream socket of the guest's: TCP, or a local one. */
export class StreamEndpoint implements Endpoint {
  readonly #id: number
  readonly #channel: PumpChannel
  readonly #pump: PumpSide
  readonly #family: Family
  readonly #guard = guardFor((error) => this.fail(errnoFromNode(error)))
  readonly #options: StreamOptions = { ...streamDefaults }
  readonly #terms = { v6Only: false, reuseAddress: false }
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
    const streamPump = new StreamPump(channel)
    endpoint.#role = { is: 'connected', pump: streamPump, stream }
    streamPump.start(stream, { readsIntoRing: false })
    return endpoint
  }

  service(): void {
    if (this.#role.is === 'connected') this.#role.pump.service()
    else this.#channel.unmarkQueued()
  }

  bind(to: Address): void {
    this.#ensureUnbound(to)
    this.#bindThen(to, (bound) => {
      this.#role = { is: 'bound', bound }
      this.#pump.report({ is: 'done', id: this.#id, local: bound.local })
    })
  }

  listen(backlog: number): void {
    const most = this.#pump.transport.waitingFor(Math.min(MOST_BACKLOG, backlog))
    const role = this.#role
    if (role.is === 'fresh') return this.#bindThen(anyAddress(this.#family), (bound) => this.#listenAt(bound, most))
    if (role.is === 'bound') return this.#listenAt(role.bound, most)
    if (role.is === 'listening') role.backlog = most
    this.#pump.report({ is: 'done', id: this.#id })
  }

  connect(to: Address | undefined): void {
    const role = this.#role
    if (to === undefined || (role.is !== 'fresh' && role.is !== 'bound')) return
    const dialler = role.is === 'bound' ? role.bound : this.#pump.transport
    this.#role = { is: 'connecting', hangUp: dialler.dial(to, this.#call()) }
  }

  set({ option, value }: OptionSetting): void {
    if (option in this.#terms) Object.assign(this.#terms, { [option]: value })
    if (!(option in this.#options)) return
    Object.assign(this.#options, { [option]: value })
    if (this.#role.is === 'connected') this.#apply(this.#role.stream, option as StreamOption)
  }

  startTls(request: TlsRequest): void {
    const role = this.#role
    if (role.is !== 'connected') return this.#notSecured('the connection is gone')
    const settled = this.#guard((secured: Secured) => {
      if (secured.is === 'failed') return this.#giveUp(role.pump, secured)
      role.pump.startOver(secured.stream)
      if (this.#role === role) this.#pump.report({ is: 'secured', id: this.#id, info: secured.info })
    })
    const given = this.#guard((stream: Duplex | undefined) => {
      if (stream === undefined) this.#giveUp(role.pump, endedEarly)
      else this.#pump.tls.secure(stream, request, settled)
    })
    role.pump.giveAway(given)
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
    else if (role.is === 'bound' || role.is === 'listening') role.bound.close(closed)
    else closed()
    if (role.is === 'connecting') role.hangUp()
  }

  /** Ends it with an error, and whatever the guest has asked for and not heard of. */
  fail(errno: Errno): void {
    const role = this.#role
    this.#channel.fail(errno)
    this.#channel.addState(STATE_BROKEN)
    this.#channel.tellAll()
    this.#pump.report({ is: 'failed', id: this.#id, errno })
    this.#notSecured(errno)
    if (role.is === 'connected' || role.is === 'closed') role.pump?.abort()
  }

  /** bind(2) of a local socket that has a name: what is at that path is told first. */
  #ensureUnbound(to: Address): void {
    const role = this.#role
    if (role.is === 'fresh') return
    const own = role.is === 'bound' || role.is === 'listening' ? role.bound.local : undefined
    const isThere = own?.family === 'unix' && to.family === 'unix' && own.path === to.path
    throw new SysError(isThere ? 'EADDRINUSE' : 'EINVAL')
  }

  #bindThen(to: Address, then: (bound: BoundStream) => void): void {
    const { v6Only, reuseAddress: reuse } = this.#terms
    this.#pump.transport.bind(
      { to, v6Only, reuse },
      {
        bound: this.#guard((bound) => (this.#role.is === 'closed' ? bound.close(() => {}) : then(bound))),
        failed: this.#guard((errno) => this.#pump.report({ is: 'failed', id: this.#id, errno })),
      },
    )
  }

  #listenAt(bound: BoundStream, backlog: number): void {
    const hasRoom = this.#guard(() => this.#role.is === 'listening' && this.#waiting < this.#role.backlog)
    bound.listen({
      hasRoom: () => hasRoom() ?? false,
      welcome: (stream, names) => {
        const guard = guardFor(() => reset(stream)) // what is wrong with one caller is not the listener's
        guard(() => this.#welcome(stream, names))()
      },
    })
    this.#role = { is: 'listening', bound, backlog }
    this.#pump.report({ is: 'done', id: this.#id, local: bound.local })
  }

  #welcome(stream: Duplex, names: Names): void {
    stream.on('error', () => {}) // until it is adopted; the guest finds out when it reads
    this.#applyAll(stream)
    this.#waiting++
    this.#pump.offer(this.#id, stream, names, () => this.#waiting--)
  }

  #call(): Call {
    const streamPump = new StreamPump(this.#channel)
    return {
      into: streamPump.onread,
      connected: this.#guard((stream, { names, readsInto }) => {
        this.#role = { is: 'connected', pump: streamPump, stream }
        this.#applyAll(stream)
        streamPump.start(stream, { readsIntoRing: readsInto })
        this.#pump.report({ is: 'done', id: this.#id, ...names })
      }),
      failed: this.#guard((errno) => {
        this.#role = { is: 'fresh' }
        this.#pump.report({ is: 'failed', id: this.#id, errno })
      }),
    }
  }

  #applyAll(stream: Duplex): void {
    for (const option of ['noDelay', 'keepAlive'] as const) if (this.#options[option]) this.#apply(stream, option)
  }

  #apply(stream: Duplex, option: StreamOption): void {
    this.#pump.transport.set(stream, option, this.#options)
  }
}
