import type { Duplex } from 'node:stream'
import type { Address, Family, InetAddress } from '../posix/address.js'
import type { Errno } from '../posix/errno.js'
import type { World } from '../posix/world.js'
import type { NetworkDriver, NetworkInterface, OptionSetting, Options, Resolution } from './network.js'

/**
 * Sockets as an event loop has them: what the pump of a bridge makes its guest's sockets of. What comes of a request is told later,
 * but for what is refused at once and changes nothing: that is thrown.
 */
export interface Transport {
  /** How many connections wait for a listener that asks for a backlog: POSIX calls the number a hint. */
  waitingFor(backlog: number): number
  /** Gives a stream socket its address; it may then listen or dial. */
  bind(terms: BindTerms, done: { bound(bound: BoundStream): void; failed(errno: Errno): void }): void
  /** Dials, from an address of the transport's choice. Answers how to hang up before somebody has answered. */
  dial(to: Address, call: Call): () => void
  /** Sets on a connected stream what the guest has set on its socket. */
  set(stream: Duplex, option: StreamOption, options: StreamOptions): void
  /** A UDP socket, not bound yet. */
  datagrams(family: Family, told: DatagramsTold): DatagramPort
  lookUp(asked: { host: string; family: 'inet' | 'inet6' | undefined }, done: (found: Resolution) => void): void
  lookUpBack(host: string, done: (found: Resolution) => void): void
}

export interface BindTerms {
  readonly to: Address
  readonly v6Only: boolean
  /** SO_REUSEADDR. */
  readonly reuse: boolean
}

/** A stream socket that has its address. */
export interface BoundStream {
  readonly local: Address
  /** Takes connections from now on. Who comes while there is no room is not answered, or is reset. */
  listen(door: Door): void
  dial(to: Address, call: Call): () => void
  close(closed: () => void): void
}

export interface Door {
  hasRoom(): boolean
  /** Called with each connection: a stream that is not read from yet. */
  welcome(stream: Duplex, names: Names): void
}

/** What becomes of a stream that was dialled: one of the two is called, once, unless it was hung up. */
export interface Call {
  /** Where the transport can, it reads straight into this memory, and gives no `data`. */
  readonly into: ReadInto
  connected(stream: Duplex, how: { names: Names; readsInto: boolean }): void
  failed(errno: Errno): void
}

/** As `onread` of Node's sockets: `buffer` is asked where to read to, `callback` is told how much has come, and says whether to go on. */
export interface ReadInto {
  buffer(): Uint8Array
  callback(count: number): boolean
}

/** The two ends of a connection. */
export interface Names {
  readonly local: Address
  readonly peer: Address
}

export type StreamOption = 'noDelay' | 'keepAlive' | 'keepIdle' | 'keepInterval' | 'keepCount'
export type StreamOptions = Pick<Options, StreamOption>

export interface DatagramsTold {
  /** A datagram has come. */
  received(data: Uint8Array, from: InetAddress): void
  /** Something sent has failed, or is not wanted. */
  error(errno: Errno): void
}

type Done = (errno?: Errno) => void

export interface DatagramPort {
  readonly local: Address
  bind(to: InetAddress, done: Done): void
  /** Sets the one peer, or with undefined none; binds too when nobody has. */
  connect(to: InetAddress | undefined, done: Done): void
  set(setting: OptionSetting): void
  /** `done` is called when the transport has taken it, or refused it. Only for a port that is bound. */
  send(data: Uint8Array, to: InetAddress | undefined, done: Done): void
  close(closed: () => void): void
}

/** A network that exists in one thread, for guests in this and others: their sockets, and the time that passes in it. */
export interface ThreadedNetwork {
  /** What the guests' host is called. */
  readonly name: string
  readonly interfaces: readonly NetworkInterface[]
  readonly transport: Transport
  readonly time: Time
  /** For a guest that blocks this very thread. */
  driver(): NetworkDriver
  /** Calls `fail` with what a function throws that the network calls for its owner. Returns how to call that off. */
  onFailure?(fail: (reason: unknown) => void): () => void
}

/** The clock of such a network, and who it minds. */
export interface Time {
  /** The clocks and the randomness of guests in this thread. */
  readonly world: World
  /** What the time was at its beginning, in ms since 1970. */
  readonly startsAtMs: number
  /** A timer; answers how to call it off. */
  after(ms: number, then: () => void): () => void
  /** Another number each time, from the network's own seed: for a guest's randomness. */
  seed(): number
  /** Lets the clock stand still until the answer is called. */
  hold(): () => void
  /** Minds somebody in another thread; answers how to leave. */
  join(party: Party): () => void
}

/** Somebody in another thread, whose clock is the machine's, and as much ahead of it as it is told. */
export interface Party {
  /** It has seen all that has happened so far, and waits for more. */
  readonly isWaiting: boolean
  /** Until when it waits, by the network's clock. */
  readonly untilMs: number
  /** To be called when it has begun to wait. */
  onWaiting: () => void
  /** The machine's clock, in ms. */
  now(): number
  /** Says how much ahead the network's clock is, in ms; wakes it if it has waited for long enough. */
  clockIs(aheadMs: number): void
}
