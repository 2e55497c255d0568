import { takeFields } from '../../embedder/fields.js'
import { OptionError } from '../../embedder/option-error.js'
import { oneOf, ms as takeMs } from '../../embedder/take.js'
import type { World } from '../../posix/world.js'
import type { ThreadedNetwork } from '../transport.js'
import { plainHost } from './addresses.js'
import { call, type StreamApp, serve } from './app.js'
import type { AppStream } from './app-stream.js'
import { Chance } from './chance.js'
import { VirtualClock } from './clock.js'
import { type RemoteInfo, VirtualDatagrams } from './datagrams.js'
import { connecting } from './dialling.js'
import { VirtualDriver } from './driver.js'
import { VirtualHost } from './host.js'
import { interfacesOf } from './interfaces.js'
import { type LinkOptions, Links } from './links.js'
import { networkTable, takeAddresses, takeName, takePort } from './options.js'
import { Player } from './player.js'
import { type ServerOptions, VirtualServer } from './server.js'
import type { VirtualSocket } from './socket.js'
import { type Program, together } from './together.js'
import { virtualTransport } from './transport.js'
import { WatchedTrace } from './watched-trace.js'
import { type PacketEvent, Wire } from './wire.js'

export interface VirtualNetworkOptions {
  /** Decides all that is left to chance. Same seed, same run. Default 1. */
  readonly seed?: number
  /** What the world's `time` says at the beginning, in ms since 1970. Default: the year 2000. */
  readonly startsAtMs?: number
  /** Told of each packet that is sent. */
  readonly trace?: (event: PacketEvent) => void
}

/** A host of a network in memory, for guests and for the app. Guests in threads of their own are given the host itself. */
export interface NetworkHost extends ThreadedNetwork {
  /** A network for a guest on this thread. */
  driver(): VirtualDriver
  /** Connects to a port of a name or an address, as `net.connect` does. */
  connect(port: number, name?: string): VirtualSocket
  connect(to: { readonly port: number; readonly host?: string; readonly allowHalfOpen?: boolean }): VirtualSocket
  /** A server of streams, as `net.createServer` makes one. */
  createServer(welcome?: (socket: VirtualSocket) => void): VirtualServer
  createServer(options: ServerOptions, welcome?: (socket: VirtualSocket) => void): VirtualServer
  /** A socket for datagrams, as `dgram.createSocket` makes one. */
  createSocket(type: 'udp4' | 'udp6', heard?: (data: Buffer, from: RemoteInfo) => void): VirtualDatagrams
  /** Serves on a port within the simulation, on all addresses; 0 chooses one. */
  serve(port: number, app: StreamApp): { readonly port: number; close(): void }
  /** Connects to a name or an address within the simulation. */
  call(name: string, port: number, app: StreamApp): AppStream
}

const YEAR_2000_MS = Date.UTC(2000, 0)

/** A network of hosts that exists in this thread, with a clock of its own. */
export class VirtualNetwork {
  /** For guests: the virtual clock, and randomness from the seed. Each look at the clock takes a microsecond. */
  readonly world: World
  readonly #clock = new VirtualClock()
  readonly #links: Links
  readonly #turns: Chance
  readonly #wire: Wire
  readonly #trace: WatchedTrace<PacketEvent> | undefined
  readonly #hostChance: Chance
  readonly #player: Player
  readonly #hosts = new Map<string, VirtualHost>()
  readonly #byAddress = new Map<string, VirtualHost>()
  readonly #known = new WeakMap<NetworkHost, VirtualHost>()

  constructor(given: VirtualNetworkOptions = {}) {
    const words = { whole: 'the options', field: 'option' }
    const { seed = 1, startsAtMs = YEAR_2000_MS, trace } = takeFields(given, networkTable, words)
    const chance = (purpose: number) => new Chance(seed, purpose)
    const clock = this.#clock
    this.#links = new Links(chance(1))
    this.#trace = trace && new WatchedTrace(trace)
    this.#wire = new Wire({ clock, links: this.#links, chance: chance(2), trace: this.#trace?.call })
    this.#turns = chance(3)
    this.#hostChance = chance(4)
    const forGuests = chance(5)
    const forThreads = chance(6)
    const now = () => {
      clock.tick()
      return clock.nowMs
    }
    this.world = {
      now,
      time: () => startsAtMs + now(),
      random: (bytes) => forGuests.fill(bytes),
      watch: () => clock.nowMs,
    }
    const seeds = () => forThreads.below(2 ** 32)
    this.#player = new Player(clock, { world: this.world, startsAtMs, seeds })
  }

  /** Milliseconds since the beginning. */
  get nowMs(): number {
    return this.#clock.nowMs
  }

  /** Adds a host. Its name resolves to its addresses on all others. */
  host(givenName: string, given: readonly string[]): NetworkHost {
    const name = takeName(givenName, "the host's name")
    const addresses = takeAddresses(given, `${name}: addresses`)
    const hosts = this.#hosts
    const around = {
      ...{ wire: this.#wire, chance: this.#hostChance },
      hosts: { [Symbol.iterator]: () => hosts.values() },
      hostAt: (plain: string) => this.#byAddress.get(plain),
      hostNamed: (other: string) => hosts.get(other),
    }
    const key = name.toLowerCase()
    const taken = addresses.find((each) => this.#byAddress.has(plainHost(each)))
    if (taken !== undefined) throw new OptionError(`${taken} is the address of another host`)
    if (hosts.has(key) || key === 'localhost') throw new OptionError(`a host is called ${name} already`)
    const host = new VirtualHost(name, addresses, around)
    hosts.set(key, host)
    for (const address of host.addresses) this.#byAddress.set(address, host)
    return this.#outside(host)
  }

  /** Changes how it is between two hosts, from now on; what is not given stays as it is. */
  link(one: NetworkHost, other: NetworkHost, options: LinkOptions): void {
    this.#links.set(this.#inside(one), this.#inside(other), options)
  }

  /** Drops everything between two hosts, what is under way too, until `heal`. */
  partition(one: NetworkHost, other: NetworkHost): void {
    this.#links.between(this.#inside(one), this.#inside(other)).isCut = true
  }

  heal(one: NetworkHost, other: NetworkHost): void {
    this.#links.between(this.#inside(one), this.#inside(other)).isCut = false
  }

  /** Lets so much time pass, with all that happens in it. */
  advance(ms: number): void {
    const untilMs = this.#clock.in(takeMs(ms, 'the time to advance'))
    while (this.#clock.step(untilMs));
  }

  /** Lets time pass until nothing is on its way any more. */
  run(): void {
    while (this.#clock.step(Number.POSITIVE_INFINITY));
  }

  /** Runs programs in turns until all have ended; answers what each has returned. */
  together<T>(programs: readonly Program<T>[]): T[] {
    return together(programs, { clock: this.#clock, chance: this.#turns })
  }

  /** Lets the clock go on by itself from now on, whenever the event loop has nothing else to do. Sockets and servers of the app's do so too. */
  play(): void {
    this.#player.play()
  }

  /** Lets the clock stand still, as far as it goes on by itself, until the answer is called: while the app does what is not of the network. */
  hold(): () => void {
    return this.#player.hold()
  }

  /** Resolves when so much time has passed, and lets the clock go on by itself. */
  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#player.after(takeMs(ms, 'the time to sleep'), resolve))
  }

  /** Connects to a port of the host of this name, as a program on it would. */
  connect(name: string, port: number): VirtualSocket {
    const host = this.#hosts.get(name.toLowerCase())
    if (host === undefined) throw new OptionError(`no host is called ${name}`)
    const to = { host: host.addresses[0] ?? '127.0.0.1', port: takePort(port, 'port') }
    this.play()
    return connecting(host, to)
  }

  #outside(host: VirtualHost): NetworkHost {
    const playing = <T>(made: T) => {
      this.play()
      return made
    }
    const outside: NetworkHost = {
      name: host.name,
      interfaces: interfacesOf(host),
      transport: virtualTransport(host, () => this.play()),
      time: this.#player,
      driver: () => new VirtualDriver(host),
      onFailure: (fail) => this.#trace?.onFailure(fail) ?? (() => {}),
      connect: (to: number | ConnectOptions, name?: string) => {
        const { port, host: called = 'localhost', ...options } = typeof to === 'number' ? { port: to, host: name } : to
        return playing(connecting(host, { host: called, port: takePort(port, 'port') }, options))
      },
      createServer: (first?: ServerOptions | Welcome, second?: Welcome) => {
        const [options, welcome] = typeof first === 'function' ? [{}, first] : [first, second]
        const server = new VirtualServer(host, options)
        return playing(welcome === undefined ? server : server.on('connection', welcome))
      },
      createSocket: (type, heard) => {
        const socket = new VirtualDatagrams(host, oneOf('udp4', 'udp6')(type, 'the type of a socket'))
        return playing(heard === undefined ? socket : socket.on('message', heard))
      },
      serve: (port, app) => serve(host, takePort(port, 'port'), app),
      call: (name, port, app) => call(host, { name, port: takePort(port, 'port') }, app),
    }
    this.#known.set(outside, host)
    return outside
  }

  #inside(host: NetworkHost): VirtualHost {
    const inside = this.#known.get(host)
    if (inside === undefined) throw new OptionError(`${host.name} is a host of another network`)
    return inside
  }
}

type Welcome = (socket: VirtualSocket) => void
interface ConnectOptions {
  readonly port: number
  readonly host?: string | undefined
  readonly allowHalfOpen?: boolean
}

/** A new network in memory. */
export function virtualNetwork(options: VirtualNetworkOptions = {}): VirtualNetwork {
  return new VirtualNetwork(options)
}
