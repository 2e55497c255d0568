import type { Address, Family } from '../../posix/address.js'
import type { Errno } from '../../posix/errno.js'
import type { Handle, Operation, SocketType } from '../network.js'

/** What a guest has done with its network so far: plain data, which a message can carry to another thread. Its size does not grow with time. */
export interface Figures extends Traffic {
  readonly operations: { readonly [K in Operation]?: OperationFigures }
  /** Operations that answered "not now". */
  readonly retries: number
  /** Operations that failed, and errors that a socket told when asked for them. */
  readonly errors: { readonly [K in Errno]?: number }
  /** Waits that were given time. */
  readonly waits: number
  /** The time spent in them; with one that is under way. */
  readonly blockedMs: number
  readonly connections: ConnectionFigures
  readonly lookups: { readonly asked: number; readonly failed: number }
  /** All that has a handle, but for look-ups: sockets, ends of pipes, streams of the host's. */
  readonly sockets: {
    readonly opened: number
    readonly closed: number
    readonly open: number
    readonly mostOpen: number
  }
  readonly transports: Readonly<Record<Transport, TransportFigures>>
  /** Those that are open now. */
  readonly open: readonly SocketFigures[]
}

/** What went over a socket. Of a datagram that was cut, its true length counts. What is only peeked at does not count. */
export interface Traffic {
  readonly bytesSent: number
  readonly bytesReceived: number
  readonly datagramsSent: number
  readonly datagramsReceived: number
}

export interface OperationFigures {
  readonly calls: number
  readonly retries: number
  readonly errors: number
}

/** Connections of streams. Refused by the peer, or failed for any other reason. */
export interface ConnectionFigures {
  readonly made: number
  readonly accepted: number
  readonly refused: number
  readonly failed: number
}

/** `host`: a stream of the host's own that it has given to the guest, as its standard input. */
export type Transport = 'tcp' | 'udp' | 'unix' | 'pipe' | 'host'

export interface TransportFigures extends Traffic {
  readonly opened: number
  readonly open: number
}

export interface SocketFigures extends Traffic {
  readonly handle: Handle
  readonly origin: 'opened' | 'accepted' | 'pair' | 'pipe' | 'given'
  /** Undefined for what is no socket of the guest's making. */
  readonly family: Family | undefined
  readonly type: SocketType | 'pipe'
  /** As far as the operations show it: a connection may have broken since. */
  readonly state: 'fresh' | 'bound' | 'listening' | 'connecting' | 'connected' | 'failed'
  /** Nothing more is received, or sent. */
  readonly readEnded: boolean
  readonly writeEnded: boolean
  /** Undefined until the guest has named or asked for it. */
  readonly local: Address | undefined
  readonly peer: Address | undefined
  /** Moments, in ms of `now`: when it was opened, and when the guest began to connect it. */
  readonly openedAt: number
  readonly connectingAt: number | undefined
  readonly operations: number
  readonly retries: number
  readonly errors: number
  /** Waits for this socket alone, and the time spent in them. */
  readonly waits: number
  readonly blockedMs: number
}

/** The end of a socket, or of an attempt to connect it. Plain data. `at` is in ms of `now`. */
export type SocketEvent =
  | { readonly is: 'closed'; readonly at: number; readonly socket: SocketFigures }
  | { readonly is: 'failed'; readonly at: number; readonly socket: SocketFigures; readonly errno: Errno }

/** What carries a socket's bytes. */
export function transportOf({ origin, family, type }: Pick<SocketFigures, 'origin' | 'family' | 'type'>): Transport {
  if (type === 'pipe') return 'pipe'
  if (origin === 'given') return 'host'
  if (family === 'unix') return 'unix'
  return type === 'dgram' ? 'udp' : 'tcp'
}
