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
import { takeReport } from './take-report.js'
import { after } from './timer.js'
import { grantOf, type TlsGrant, type TlsSettings } from './tls-settings.js'
import { type Patience, Waiters } from './waiters.js'
import { type Awaited, Watches } from './watches.js'

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

/** A socket that a pump has a channel to. */
type PlacedSocket = SocketEndpoint & { readonly place: Place }

/** Where a guest waits: answers what a look finds, at once or later, or `otherwise` after `timeoutMs`. */
interface Waits {
  until<T>(awaited: Awaited<T>, patience: Patience<T>): MaybePromise<T>
  /** Ends the waits of calls that are suspended: where they block their thread there is nobody to ask for it. */
  interrupt?(error: unknown): void
  close?(): void
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
  readonly #watches = new Watches({
    catchUp: () => this.catchUp(),
    holding: (interest) => holding(this.#endpoints[interest.handle], interest),
    want: (handle, events) => {
      const endpoint = this.#endpoints[handle]
      if (endpoint?.is === 'socket') endpoint.channel.want(events)
    },
  })
  #local: { link: Link; pump: Pump } | undefined

  /** Without a pump that is given a helper worker is started. */
  constructor(options: BridgeOptions, given?: GivenPump) {
    this.options = options
    this.tlsGrant = options.tlsGrant ?? grantOf(options.tls ?? {})
    const operations = bridgeOperations(this)
    this.network = (name, input) => operations[name](input)
    if (given === 'here') {
      const waiters = new Waiters({ ...options, catchUp: () => this.catchUp() })
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

  /** The socket of a handle, with which the guest is about to do something; `EBADF` when there is none. */
  socket(handle: Handle): SocketEndpoint {
    const endpoint = this.#endpoints[handle]
    if (endpoint?.is !== 'socket') throw new SysError('EBADF')
    this.#noteUse(endpoint)
    return endpoint
  }

  /** The socket, or the end of a pipe. */
  channelled(handle: Handle): SocketEndpoint | PipeEndpoint {
    const endpoint = this.#endpoints[handle]
    if (endpoint?.is !== 'pipe') return this.socket(handle)
    this.#noteUse(endpoint)
    return endpoint
  }

  lookup(handle: Handle): LookupEndpoint {
    const endpoint = this.#endpoints[handle]
    if (endpoint?.is !== 'lookup') throw new SysError('EBADF')
    return endpoint
  }

  /** A new socket, of which the pump knows by the command that the caller posts. */
  addSocket(family: Family, type: SocketEndpoint['type'], link = this.#helper.link): PlacedSocket {
    const { place, memory } = (this.#arenas.get(link) as Arena).take()
    const channel = new GuestChannel(memory, place.at, inBytesWithin(this.options.ringBytes, type))
    return this.#add((id) => blankSocket({ id, link, family, type, place, channel }) as PlacedSocket)
  }

  addPair(type: SocketEndpoint['type']): [SocketEndpoint, SocketEndpoint] {
    const ends = LocalEnd.pair()
    const link = this.#helper.link
    return this.#addTwo((id, other, index) => {
      const socket = blankSocket({ id, link, family: 'unix', type, place: undefined, channel: ends[index], other })
      socket.phase = 'connected'
      socket.peer = unnamed
      return socket
    })
  }

  addPipe(): [PipeEndpoint, PipeEndpoint] {
    const pipe = new Pipe()
    return this.#addTwo((id, other, index) => ({ is: 'pipe', id, other, pipe, end: index === 0 ? 'read' : 'write' }))
  }

  addLookup(): LookupEndpoint {
    return this.#add((id) => ({ is: 'lookup', id, link: this.#helper.link, resolution: undefined }))
  }

  /** Makes a waiting connection a socket of the guest's. */
  adopt({ connection, ...names }: Waiting, link: Link): SocketEndpoint {
    const socket = this.#addConnected(names, link)
    link.post({ do: 'adopt', id: socket.id, place: socket.place, connection })
    return socket
  }

  /** Hands a connection of the system's own to the helper; answers its handle here. */
  takeOver(fd: number, openFds: SharedArrayBuffer, names: { local: Address; peer: Address }): Handle {
    const { link } = this.#helper
    const { id, place } = this.#addConnected(names, link)
    link.post({ do: 'takeOver', id, place, fd, openFds })
    return id
  }

  #addConnected({ local, peer }: { local: Address; peer: Address }, link: Link): PlacedSocket {
    const socket = this.addSocket(local.family, 'stream', link)
    socket.phase = 'connected'
    socket.local = local
    socket.peer = peer
    return socket
  }

  /** Takes up a connection that the host keeps in another thread. */
  adoptOffered(connection: number): Handle {
    if (this.#hostLink === undefined) throw new Error('no host in another thread')
    return this.adopt({ connection, local: unnamed, peer: unnamed }, this.#hostLink).id
  }

  /** Forgets an endpoint whose number the pump has freed, or never knew. */
  remove(endpoint: Endpoint): void {
    this.#endpoints[endpoint.id] = undefined
    this.#watches.lose(endpoint.id)
    this.#free.push(endpoint.id)
  }

  /** Waits until one of the conditions holds or time has run out. */
  wait(on: readonly Interest[], timeoutMs: number): MaybePromise<readonly Interest[]> {
    return this.#waits.until(this.#watches.awaiting(on), { timeoutMs, otherwise: nothing })
  }

  /** What of the conditions holds now. */
  look(on: readonly Interest[]): readonly Interest[] {
    return this.#watches.look(on)
  }

  /** `EIO` when a pump has ended: for those who wait otherwise than by `wait`. */
  ensureAlive(): void {
    if (this.#links.some((link) => link.doorbell.isGone)) throw pumpGone()
  }

  /** Tells the pumps what to ring for; whoever waits looks once more after that. */
  announce(on: readonly Interest[], isWaiting: boolean): void {
    this.#watches.announce(isWaiting ? on : nothing)
  }

  /** Ends the waits of calls that are suspended with an error. */
  interrupt(error: unknown): void {
    this.#waits.interrupt?.(error)
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
    this.#waits.close?.()
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

  /** Drops what has not left yet, as far as a pump on this thread has it: `close` waits no longer. */
  reset(): void {
    this.#local?.pump.stop()
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
    return this.#put(make(this.#nextId()))
  }

  /** Both ends of something that is the guest's alone. */
  #addTwo<E extends Endpoint>(make: (id: number, other: number, index: 0 | 1) => E): [E, E] {
    this.#ensureRoom(2)
    const one = this.#nextId()
    this.#endpoints[one] = undefined // it is taken
    const two = this.#nextId()
    return [this.#put(make(one, two, 0)), this.#put(make(two, one, 1))]
  }

  #nextId(): number {
    this.#ensureRoom(1)
    return this.#free.pop() ?? this.#endpoints.length
  }

  /** `ENFILE` where there are not so many numbers left. */
  #ensureRoom(count: number): void {
    if (this.#free.length < count) this.catchUp()
    if (this.#free.length + MOST_HANDLES - this.#endpoints.length < count) throw new SysError('ENFILE')
  }

  #put<E extends Endpoint>(endpoint: E): E {
    this.#endpoints[endpoint.id] = endpoint
    this.#watches.renew(endpoint.id)
    return endpoint
  }

  /**
   * Takes note of what the pumps have reported, and of which channels there is news. In this order: an id that a report sets free stands in
   * no queue any more when it is given again.
   */
  catchUp(): void {
    for (const link of this.#links) {
      for (const report of link.reports()) this.#note(report, link)
      for (let id = link.doorbell.nextNews(); id !== undefined; id = link.doorbell.nextNews()) this.#noteNews(id)
    }
  }

  #noteNews(id: number): void {
    const endpoint = this.#endpoints[id]
    if (endpoint?.is === 'socket') endpoint.channel.unmarkNews()
    this.#watches.note(id)
  }

  /** What the guest does at one end shows at the other too. */
  #noteUse({ id, other }: SocketEndpoint | PipeEndpoint): void {
    this.#watches.note(id)
    if (other !== undefined) this.#watches.note(other)
  }

  #note(report: Report, link: Link): void {
    if (report.is === 'connection' && report.id === OFFERED) {
      if (link === this.#hostLink) this.onOffer?.(report.connection)
      return
    }
    if (report.is === 'closed') return this.#noteClosed(report.id)
    const endpoint = this.#endpoints[report.id]
    if (endpoint !== undefined) takeReport(endpoint, report)
    this.#watches.note(report.id)
  }

  /** Frees a socket's number and memory once the pump has let go of them. */
  forget(endpoint: SocketEndpoint): void {
    const { id, place, link } = endpoint
    this.#endpoints[id] = undefined
    this.#watches.lose(id)
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
