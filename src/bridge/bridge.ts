import type { Duplex } from 'node:stream'
import type { Worker } from 'node:worker_threads'
import {
  type Handle,
  type Interest,
  type Network,
  type NetworkDriver,
  type NetworkInterface,
  unnamed,
} from '../network/network.js'
import { Pipe } from '../network/pipe.js'
import type { Transport } from '../network/transport.js'
import type { MaybePromise } from '../network/when-done.js'
import type { Address, Family } from '../posix/address.js'
import { SysError } from '../posix/errno.js'
import type { World } from '../posix/world.js'
import { Arena, type Place } from './arena.js'
import { GuestChannel, inBytesWithin } from './channel.js'
import { DirectLink } from './direct-link.js'
import { Bell, bellMemory, MOST_HANDLES } from './doorbell.js'
import {
  blankSocket,
  type Endpoint,
  type LookupEndpoint,
  type PipeEndpoint,
  type SocketEndpoint,
  type Waiting,
} from './endpoints.js'
import { helperGone, type Link, type LinkEnd, linkEnds, startHelper, ThreadLink } from './link.js'
import { LocalEnd } from './local-pair.js'
import { holding } from './marks.js'
import { OFFERED, type Report } from './messages.js'
import { bridgeOperations } from './operations.js'
import type { GuestPresence } from './presence.js'
import { Pump } from './pump.js'
import { startPumpHere } from './pump-here.js'
import { pumpGone, Sleeper } from './sleeper.js'
import { after } from './timer.js'
import { tlsStateOf } from './tls-operations.js'
import { grantOf, type TlsGrant, type TlsSettings } from './tls-settings.js'
import { type Patience, Waiters } from './waiters.js'

export interface BridgeOptions {
  readonly world: World
  /** True where a second processor is free for the helper: then the guest spins a little before it sleeps. */
  readonly maySpin: boolean
  /** The name that gethostname answers. */
  readonly hostname: string
  /** The network interfaces that if_nametoindex knows. */
  readonly interfaces: () => readonly NetworkInterface[]
  /** The most received bytes that a socket holds, as far as that can be: 32 KiB at least, datagrams 128. Default: 512 KiB. */
  readonly ringBytes?: number | undefined
  /** How long a helper may stay silent before the guest's calls fail, in ms. */
  readonly patienceMs?: number
  /** For the pumps that the bridge starts. */
  readonly tls?: TlsSettings | undefined
  /** What the guest may do of its own accord. Default: what `tls` says. */
  readonly tlsGrant?: TlsGrant | undefined
  /** What the guest is woken by, where it sleeps elsewhere too. */
  readonly bell?: SharedArrayBuffer
  /** Asked before a guest is suspended; it may throw. For a pump on this thread. */
  readonly beforeWaiting?: (() => void) | undefined
  /** Timers, where the world's clock is not the machine's. For a pump on this thread. */
  readonly after?: ((ms: number, then: () => void) => () => void) | undefined
  /** Tells a network with a clock of its own when the guest sleeps. */
  readonly presence?: GuestPresence | undefined
  /** Where the sockets of the pumps that the bridge starts are. Default: this machine's network. */
  readonly transport?: Transport | undefined
}

/** A pump that somebody else has started, and perhaps one of the host's thread; or one on this very thread, where waits are promises. */
export type GivenPump = { bell: SharedArrayBuffer; helper: LinkEnd; host?: LinkEnd } | 'here'

/** Where a guest waits: answers what `look` finds, at once or later, or `otherwise` after `timeoutMs`. */
interface Waits {
  until<T>(look: () => T | undefined, announce: (isWaiting: boolean) => void, patience: Patience<T>): MaybePromise<T>
}

/** The guest's half of a bridge: a `Network` whose sockets live in pumps, in other threads or on this one. */
export class Bridge implements NetworkDriver {
  readonly network: Network
  readonly options: BridgeOptions
  readonly tlsGrant: TlsGrant
  /** Called with the number of each connection that the host offers from another thread; `adoptOffered` makes it a socket. */
  onOffer: ((connection: number) => void) | undefined
  readonly #bell: SharedArrayBuffer = bellMemory()
  readonly #helper: { link: Link; worker: Worker | undefined }
  readonly #hostLink: Link | undefined
  readonly #links: Link[] = []
  readonly #arenas = new Map<Link, Arena>()
  readonly #endpoints: (Endpoint | undefined)[] = [undefined]
  readonly #free: number[] = []
  /** What to do once the pump has let go of a socket, by its handle. */
  readonly #closing = new Map<number, () => void>()
  readonly #waits: Waits
  #local: { link: Link; pump: Pump } | undefined

  /** Without a pump that is given a helper worker is started. */
  constructor(options: BridgeOptions, given?: GivenPump) {
    this.options = options
    this.tlsGrant = options.tlsGrant ?? grantOf(options.tls ?? {})
    const operations = bridgeOperations(this)
    this.network = (name, input) => operations[name](input)
    if (given === 'here') {
      const waiters = new Waiters(options)
      this.#waits = waiters
      this.#local = this.#startHere(waiters)
      this.#helper = { link: this.#local.link, worker: undefined }
      return
    }
    this.#bell = given?.bell ?? options.bell ?? bellMemory()
    this.#waits = new Sleeper(new Bell(this.#bell), this.#links, options)
    const helper = given === undefined ? startHelper(this.#bell, options.tls) : { end: given.helper, worker: undefined }
    this.#helper = { link: this.#join(new ThreadLink(helper.end)), worker: helper.worker }
    this.#hostLink = given?.host && this.#join(new ThreadLink(given.host))
  }

  /** The socket of a handle; `EBADF` when there is none. */
  socket(handle: Handle): SocketEndpoint {
    const endpoint = this.#endpoints[handle]
    if (endpoint?.is !== 'socket') throw new SysError('EBADF')
    return endpoint
  }

  /** The socket, or the end of a pipe. */
  channelled(handle: Handle): SocketEndpoint | PipeEndpoint {
    const endpoint = this.#endpoints[handle]
    return endpoint?.is === 'pipe' ? endpoint : this.socket(handle)
  }

  lookup(handle: Handle): LookupEndpoint {
    const endpoint = this.#endpoints[handle]
    if (endpoint?.is !== 'lookup') throw new SysError('EBADF')
    return endpoint
  }

  /** A new socket, of which the pump knows by the command that the caller posts. */
  addSocket(family: Family, type: SocketEndpoint['type'], link = this.#helper.link): SocketEndpoint & { place: Place } {
    const { place, memory } = (this.#arenas.get(link) as Arena).take()
    const channel = new GuestChannel(memory, place.at, inBytesWithin(this.options.ringBytes, type))
    return this.#add((id) => ({ ...blankSocket(id, link, family, type), place, channel }))
  }

  addPair(type: SocketEndpoint['type']): [SocketEndpoint, SocketEndpoint] {
    const ends = LocalEnd.pair()
    const link = this.#helper.link
    const one = (channel: LocalEnd) =>
      this.#add((id) => ({
        ...blankSocket(id, link, 'unix', type),
        place: undefined,
        channel,
        phase: 'connected',
        peer: unnamed,
      }))
    return [one(ends[0]), one(ends[1])]
  }

  addPipe(): [PipeEndpoint, PipeEndpoint] {
    const pipe = new Pipe()
    const one = (end: PipeEndpoint['end']) => this.#add<PipeEndpoint>((id) => ({ is: 'pipe', id, pipe, end }))
    return [one('read'), one('write')]
  }

  addLookup(): LookupEndpoint {
    return this.#add((id) => ({ is: 'lookup', id, link: this.#helper.link, resolution: undefined }))
  }

  /** Makes a waiting connection a socket of the guest's. */
  adopt({ connection, local, peer }: Waiting, link: Link): SocketEndpoint {
    const socket = this.addSocket(local.family, 'stream', link)
    Object.assign(socket, { phase: 'connected', local, peer })
    link.post({ do: 'adopt', id: socket.id, place: socket.place, connection })
    return socket
  }

  /** Hands a connection of the system's own to the helper; answers its handle here. */
  takeOver(fd: number, openFds: SharedArrayBuffer, { local, peer }: { local: Address; peer: Address }): Handle {
    const socket = this.addSocket(local.family, 'stream')
    Object.assign(socket, { phase: 'connected', local, peer })
    socket.link.post({ do: 'takeOver', id: socket.id, place: socket.place, fd, openFds })
    return socket.id
  }

  /** Takes up a connection that the host keeps in another thread. */
  adoptOffered(connection: number): Handle {
    if (this.#hostLink === undefined) throw new Error('no host in another thread')
    return this.adopt({ connection, local: unnamed, peer: unnamed }, this.#hostLink).id
  }

  /** Forgets an endpoint whose number the pump has freed, or never knew. */
  remove(endpoint: Endpoint): void {
    this.#endpoints[endpoint.id] = undefined
    this.#free.push(endpoint.id)
  }

  /** Waits until one of the conditions holds or time has run out. */
  wait(on: readonly Interest[], timeoutMs: number): MaybePromise<readonly Interest[]> {
    const look = () => {
      const found = this.look(on)
      return found.length > 0 ? found : undefined
    }
    const announce = (isWaiting: boolean) => this.announce(on, isWaiting)
    return this.#waits.until(look, announce, { timeoutMs, otherwise: nothing })
  }

  /** What of the conditions holds now. */
  look(on: readonly Interest[]): readonly Interest[] {
    this.catchUp()
    const found: Interest[] = []
    for (const interest of on) {
      const one = holding(this.#endpoints[interest.handle], interest)
      if (one !== undefined) found.push(one)
    }
    return found
  }

  /** `EIO` when a pump has ended: for those who wait otherwise than by `wait`. */
  ensureAlive(): void {
    if (this.#links.some((link) => link.doorbell.isGone)) throw pumpGone()
  }

  /** Tells the pumps what to ring for; whoever waits looks once more after that. */
  announce(on: readonly Interest[], isWaiting: boolean): void {
    for (const { handle, events } of on) {
      const endpoint = this.#endpoints[handle]
      if (endpoint?.is !== 'socket') continue
      if (isWaiting) endpoint.channel.want(events)
      else endpoint.channel.wantNothing()
    }
  }

  /** Ends the waits of calls that are suspended with an error. */
  interrupt(error: unknown): void {
    if (this.#waits instanceof Waiters) this.#waits.interrupt(error)
  }

  attach(stream: Duplex, names: { local?: Address; peer?: Address } = {}): Handle {
    this.#local ??= this.#startLocal()
    const { local = unnamed, peer = unnamed } = names
    const connection = this.#local.pump.offerFromHost(stream, { local, peer })
    return this.adopt({ connection, local, peer }, this.#local.link).id
  }

  /** Turns away a connection that the host has offered. */
  declineOffered(connection: number): void {
    this.#hostLink?.post({ do: 'decline', connection })
  }

  async close(lingerMs = 5000): Promise<void> {
    if (this.#waits instanceof Waiters) this.#waits.close()
    for (const link of this.#links) if (!link.doorbell.isGone) link.post({ do: 'finish' })
    const { worker } = this.#helper
    const local = this.#local?.pump
    if (worker === undefined && local === undefined) return
    worker?.ref()
    const callOff = after(lingerMs, () => local?.stop())
    await Promise.all([worker && helperGone(worker, lingerMs), local?.stopped])
    callOff()
    for (const link of this.#links) link.close()
  }

  #startLocal(): { link: Link; pump: Pump } {
    const { guest, pump } = linkEnds(this.#bell, { mayBeBusy: true })
    return { link: this.#join(new ThreadLink(guest)), pump: startPumpHere(pump, this.options) }
  }

  #startHere(waiters: Waiters): { link: Link; pump: Pump } {
    const link = new DirectLink(() => waiters.ring())
    this.#join(link)
    return { link, pump: new Pump(link.pumpPort, link.pumpBell, this.options) }
  }

  #join(link: Link): Link {
    this.#links.push(link)
    this.#arenas.set(link, new Arena((slab) => link.post({ do: 'slab', slab })))
    return link
  }

  #add<E extends Endpoint>(make: (id: number) => E): E {
    if (this.#free.length === 0) this.catchUp()
    const id = this.#free.pop() ?? this.#endpoints.length
    if (id >= MOST_HANDLES) throw new SysError('ENFILE')
    const endpoint = make(id)
    this.#endpoints[id] = endpoint
    return endpoint
  }

  /** Takes note of what the pumps have reported. */
  catchUp(): void {
    for (const link of this.#links) for (const report of link.reports()) this.#note(report, link)
  }

  #note(report: Report, link: Link): void {
    if (report.is === 'connection' && report.id === OFFERED) {
      if (link === this.#hostLink) this.onOffer?.(report.connection)
      return
    }
    const endpoint = this.#endpoints[report.id]
    if (report.is === 'closed') return this.#noteClosed(report.id)
    if (endpoint === undefined) return
    if (endpoint.is !== 'socket') {
      if (endpoint.is === 'lookup' && report.is === 'resolved') endpoint.resolution = report.resolution
      return
    }
    if (report.is === 'connection') {
      if (endpoint.phase !== 'listening') return
      endpoint.waiting.push(report)
      endpoint.arrived++
    } else if (report.is === 'secured' || report.is === 'notSecured') endpoint.tls = tlsStateOf(report)
    else if (endpoint.outcome.is === 'asked' || endpoint.phase === 'connecting') noteOutcome(endpoint, report)
  }

  /** Frees a socket's number and memory once the pump has let go of them. */
  forget(endpoint: SocketEndpoint): void {
    const { id, place, link } = endpoint
    this.#endpoints[id] = undefined
    if (place === undefined) this.#free.push(id)
    else
      this.#closing.set(id, () => {
        this.#free.push(id)
        ;(this.#arenas.get(link) as Arena).give(place)
      })
  }

  #noteClosed(id: number): void {
    this.#closing.get(id)?.()
    this.#closing.delete(id)
  }
}

const nothing: readonly Interest[] = []

/** What came of a command that the guest has asked for. */
function noteOutcome(endpoint: SocketEndpoint, report: Report): void {
  const isConnecting = endpoint.phase === 'connecting'
  if (report.is === 'done') {
    endpoint.outcome = { is: 'done' }
    if (report.local !== undefined) endpoint.local = report.local
    if (report.peer !== undefined) endpoint.peer = report.peer
    if (isConnecting) endpoint.phase = 'connected'
  } else if (report.is === 'failed') {
    endpoint.outcome = { is: 'failed', errno: report.errno }
    if (isConnecting) endpoint.phase = 'failed'
  }
}
