import type { Address, Family, UnixAddress } from '../posix/address.js'
import { type EaiName, POLLIN, POLLOUT } from '../posix/constants.js'
import type { Errno } from '../posix/errno.js'
import type { MaybePromise } from './when-done.js'

/**
 * The waist: one function over a closed set of operations that are data. Every operation answers at once, with a result,
 * with `AGAIN`, or by throwing a `SysError`; only `wait` takes time. An operation that answered `AGAIN` is asked again, with
 * the same input, once `wait` has reported its handle.
 */
export type Network = <K extends Operation>(name: K, input: Input<K>) => Output<K>

export type Operation = keyof Operations
export type Input<K extends Operation> = Operations[K]['input']
export type Output<K extends Operation> = Operations[K]['output']

/** Not now: `EAGAIN` as a value. */
export const AGAIN = 'EAGAIN'
export type Again = typeof AGAIN

/** A socket, an end of a pipe, or a name look-up, of one network. */
export type Handle = number

export type SocketType = 'stream' | 'dgram'

/** Conditions to wait for, and found: POLLIN, POLLOUT, POLLERR, POLLHUP, POLLRDHUP of poll(2), and DONE. */
export type Events = number
/** A `bind`, `listen` or look-up that answered AGAIN can be asked again. Outside poll(2)'s bits. */
export const DONE = 0x10000
/** All that was sent is with the system, or never will be. */
export const DRAINED = 0x20000

export interface Interest {
  readonly handle: Handle
  readonly events: Events
  /** For what is new, not for what is so: conditions count only if something has come since. What is found has the next mark. */
  readonly since?: Mark | undefined
  /** Comes back with what is found. */
  readonly tag?: number | undefined
}

/** A moment in a handle's life. It differs from an earlier one when something has come in between that lets receive, or lets send. */
export interface Mark {
  readonly receiving: number
  readonly sending: number
}
/** Before everything. */
export const beginning: Mark = { receiving: -1, sending: -1 }

/** Whether anything has happened since that an interest in `events` minds. */
export function isNews(events: Events, since: Mark, { receiving, sending }: Mark): boolean {
  if ((events & POLLOUT) !== 0 && sending !== since.sending) return true
  const mindsReceiving = (events & POLLIN) !== 0 || (events & POLLOUT) === 0
  return mindsReceiving && receiving !== since.receiving
}

/** A network interface, as if_nametoindex(3) and getifaddrs(3) report it. */
export interface NetworkInterface {
  readonly name: string
  readonly index: number
  /** Linux's IFF_ bits. Default: 0. */
  readonly flags?: number
  /** Default: none. */
  readonly addresses?: readonly InterfaceAddress[]
}

export interface InterfaceAddress {
  readonly family: 'inet' | 'inet6'
  readonly host: string
  /** The bits of the address that its network has in common. */
  readonly prefix: number
}

/** What can be set on a socket, with the value's type. Times are in seconds. */
export interface Options {
  reuseAddress: boolean
  broadcast: boolean
  keepAlive: boolean
  keepIdle: number
  keepInterval: number
  keepCount: number
  noDelay: boolean
  v6Only: boolean
  ttl: number
  multicastTtl: number
  multicastLoop: boolean
  /** The address of the interface that multicast leaves by. */
  multicastInterface: string
  join: Membership
  leave: Membership
  /** Bytes that were sent and have not reached the peer, as far as the network knows. */
  unsent: number
  /** Whether urgent data come next, as sockatmark(3) has it. */
  atMark: boolean
}

/** What only a system can set; a network that is made of something else answers `ENOPROTOOPT`. */
export interface SystemOptions {
  sendBuffer: number
  receiveBuffer: number
  receiveLowWater: number
  reusePort: boolean
  urgentInline: boolean
  dontRoute: boolean
  priority: number
  mark: number
  /** The name of the interface that the socket keeps to; empty for any. */
  device: string
  typeOfService: number
  trafficClass: number
  mtuDiscovery: number
  /** The TTL of a stream, or its hop limit. */
  streamTtl: number
  maxSegment: number
  cork: boolean
  quickAck: boolean
  fastOpen: number
  fastOpenConnect: boolean
  userTimeout: number
  deferAccept: number
  congestion: string
  /** `struct tcp_info`, as the system has it. It can only be read. */
  tcpInfo: Uint8Array
}

export interface Options extends SystemOptions {}
export type Option = keyof Options
/** What can only be read. */
export type StatusOption = 'unsent' | 'atMark'
export type SettableOption = Exclude<Option, StatusOption>
export type OptionSetting = {
  [K in SettableOption]: { readonly option: K; readonly value: Options[K] }
}[SettableOption]

const systemOptionNames: { readonly [K in keyof SystemOptions]: true } = {
  ...{ sendBuffer: true, receiveBuffer: true, receiveLowWater: true, reusePort: true, urgentInline: true },
  ...{ dontRoute: true, priority: true, mark: true, device: true, typeOfService: true, trafficClass: true },
  ...{ mtuDiscovery: true, streamTtl: true, maxSegment: true, cork: true, quickAck: true, fastOpen: true },
  ...{ fastOpenConnect: true, userTimeout: true, deferAccept: true, congestion: true, tcpInfo: true },
}
/** The names of `SystemOptions`. */
export const systemOptions: ReadonlySet<string> = new Set(Object.keys(systemOptionNames))

/** Options of which the system says whether they can be set. */
export const confirmedOptions: ReadonlySet<Option> = new Set(['join', 'leave', 'multicastInterface'])

export interface Membership {
  readonly group: string
  /** The address of the interface, for IPv6 with `%index`; empty leaves the choice to the system. */
  readonly via: string
}

/** How TLS is to begin: who is the server, and what a client expects of it. */
export interface TlsRequest {
  readonly role: 'client' | 'server'
  /** The name that the peer's certificate must have, and that it is told; empty for the address that the connection leads to. */
  readonly hostname: string
  /** Protocols for ALPN, the best first; none leaves them to the host. */
  readonly protocols: readonly string[]
  /** Whether the peer's certificate is checked. False is `EPERM` where the host has not allowed it. */
  readonly verifies: boolean
}

/** How a socket stands with TLS. */
export type TlsState =
  | { readonly is: 'none' }
  | { readonly is: 'handshaking' }
  | ({ readonly is: 'secured' } & TlsInfo)
  | { readonly is: 'failed'; readonly reason: string }

/** What two peers have agreed on, and who the other one is. */
export interface TlsInfo {
  /** As `TLSv1.3`. */
  readonly version: string
  readonly cipher: string
  /** What ALPN chose; empty for none. */
  readonly protocol: string
  /** The name that a client asked for; empty for none. */
  readonly serverName: string
  /** Why the peer's certificate is not to be trusted; undefined where it is, and on a server that asks for none. */
  readonly doubt: string | undefined
  readonly peer: TlsPeer | undefined
}

/** Of a peer's certificate, as text. */
export interface TlsPeer {
  readonly subject: string
  readonly issuer: string
  readonly names: string
  readonly validTo: string
  /** SHA-256. */
  readonly fingerprint: string
}

export type Resolution =
  | { readonly is: 'found'; readonly hosts: readonly { host: string; family: 'inet' | 'inet6' }[] }
  | { readonly is: 'named'; readonly name: string }
  | { readonly is: 'failed'; readonly reason: EaiName }

export interface Operations {
  /** A new socket. */
  open: { input: { family: Family; type: SocketType }; output: Handle }
  /** Two connected local stream sockets. */
  pair: { input: { type: SocketType }; output: readonly [Handle, Handle] }
  /** A pipe of 64 KiB: the end to receive from, and the end to send to. It takes 4096 bytes or fewer as a whole or not at all. */
  pipe: { input: Record<never, never>; output: readonly [Handle, Handle] }
  bind: { input: { handle: Handle; to: Address }; output: true | Again }
  /** Binds too when nobody has. */
  listen: { input: { handle: Handle; backlog: number }; output: true | Again }
  /** The oldest connection waiting. */
  accept: { input: { handle: Handle }; output: { handle: Handle; peer: Address } | Again }
  /**
   * Starts connecting a stream, and tells how it went when asked again; throws `EAGAIN` where the queue of a local listener is full. A
   * datagram socket gets its one peer, or with `undefined` none.
   */
  connect: { input: { handle: Handle; to: Address | undefined }; output: true | Again }
  /**
   * Takes as many bytes of a stream as there is room for; of a datagram all. `to` is for datagrams. `urgent` is out-of-band data of TCP,
   * which only a system has: elsewhere it is `EOPNOTSUPP`.
   */
  send: { input: { handle: Handle; data: Uint8Array; to?: Address | undefined; urgent?: true }; output: number | Again }
  /** Fills `into` from a stream; 0 is its end. What is `urgent` is beside it; `EINVAL` where there is none. */
  receive: { input: { handle: Handle; into: Uint8Array; peek: boolean; urgent?: true }; output: number | Again }
  /** Fills `into` with the next datagram; `length` is its true length, of which `into` may hold a part. */
  receiveFrom: {
    input: { handle: Handle; into: Uint8Array; peek: boolean }
    output: { length: number; from: Address } | Again
  }
  /**
   * Starts TLS on a connected stream, after what was sent and with what was not received yet, and tells how it went when asked again.
   * Until then nothing is sent or received. Told by POLLOUT; a failure ends the connection.
   */
  startTls: { input: { handle: Handle } & TlsRequest; output: true | Again }
  tlsState: { input: { handle: Handle }; output: TlsState }
  /** Ends what is sent, after all that was sent before; or what is received, as far as the guest's own calls go. */
  shutdown: { input: { handle: Handle; end: 'read' | 'write' }; output: true }
  /** `abort` resets a stream, as received bytes do that nobody has read; otherwise what was sent still goes out. The handle is gone at once. */
  close: { input: { handle: Handle; abort: boolean }; output: true }
  /** Bytes that `receive` would give, or the length of the next datagram. */
  available: { input: { handle: Handle }; output: number }
  localName: { input: { handle: Handle }; output: Address }
  peerName: { input: { handle: Handle }; output: Address }
  /** Takes the error that is pending on a socket, as SO_ERROR does. */
  takeError: { input: { handle: Handle }; output: Errno | undefined }
  setOption: { input: { handle: Handle } & OptionSetting; output: true | Again }
  getOption: { input: { handle: Handle; option: Option }; output: Options[Option] }
  /** Starts a look-up of a name; its handle is gone with the answer. */
  resolve: { input: { host: string; family: 'inet' | 'inet6' | undefined }; output: Handle }
  /** Starts a look-up of an address's name. */
  resolveBack: { input: { host: string }; output: Handle }
  answer: { input: { handle: Handle }; output: Resolution | Again }
  hostname: { input: Record<never, never>; output: string }
  interfaces: { input: Record<never, never>; output: readonly NetworkInterface[] }
  /**
   * Blocks until one of the conditions holds, at most so long; answers what holds, in the order asked, nothing when time ran out.
   * POLLERR and POLLHUP are always waited for. One handle may be asked about more than once. Where a guest is suspended instead of
   * its thread blocked, the answer may be a promise, of what held when it was found; with `timeoutMs` 0 it never is.
   */
  wait: { input: { on: readonly Interest[]; timeoutMs: number }; output: MaybePromise<readonly Interest[]> }
}

/** What of the conditions holds now. */
export function look(network: Network, on: readonly Interest[]): readonly Interest[] {
  const found = network('wait', { on, timeoutMs: 0 })
  if (found instanceof Promise) throw new TypeError('a look at what holds is answered at once')
  return found
}

/** A network with its resources. */
export interface NetworkDriver {
  readonly network: Network
  /** Makes a connection of the host's own one of the network's; answers its handle. */
  attach(stream: import('node:stream').Duplex, names?: { local?: Address; peer?: Address }): Handle
  /** Closes every socket; resolves when all that was sent is out, or after `lingerMs`. */
  close(lingerMs?: number): Promise<void>
}

/** The address of a socket without a name. */
export const unnamed: UnixAddress = { family: 'unix', path: '' }
