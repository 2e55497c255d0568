import type { Options, Resolution, SocketType, TlsState } from '../network/network.js'
import type { Pipe } from '../network/pipe.js'
import { type Address, anyAddress, type Family } from '../posix/address.js'
import type { Errno } from '../posix/errno.js'
import type { Place } from './arena.js'
import type { GuestChannel } from './channel.js'
import type { Link } from './link.js'
import type { LocalEnd } from './local-pair.js'

/** A connection that a pump keeps until it is accepted. */
export interface Waiting {
  readonly connection: number
  readonly local: Address
  readonly peer: Address
}

/** What a command to the pump has come to. */
export type Outcome = { is: 'none' } | { is: 'asked' } | { is: 'done' } | { is: 'failed'; errno: Errno }

export type Phase = 'fresh' | 'listening' | 'connecting' | 'connected' | 'failed'

/** What the guest's side knows of one socket. */
export interface SocketEndpoint {
  readonly is: 'socket'
  readonly id: number
  readonly link: Link
  readonly place: Place | undefined
  readonly family: Family
  readonly type: SocketType
  readonly channel: GuestChannel | LocalEnd
  /** The other end of a local pair. */
  readonly other: number | undefined
  readonly options: Partial<Options>
  readonly waiting: Waiting[]
  /** How many connections have come to it. */
  arrived: number
  /** A send found no room, and how often there was room again. */
  isFull: boolean
  reliefs: number
  phase: Phase
  outcome: Outcome
  local: Address
  peer: Address | undefined
  /** What the guest has shut down. */
  readShut: boolean
  writeShut: boolean
  tls: TlsState
}

/** A look-up of a name. */
export interface LookupEndpoint {
  readonly is: 'lookup'
  readonly id: number
  readonly link: Link
  resolution: Resolution | undefined
}

/** One end of a pipe. */
export interface PipeEndpoint {
  readonly is: 'pipe'
  readonly id: number
  readonly pipe: Pipe
  readonly other: number
  readonly end: 'read' | 'write'
}

export type Endpoint = SocketEndpoint | LookupEndpoint | PipeEndpoint

/** A socket of which nothing is known yet but what it is for. All have the same shape: what is done with them is done very often. */
export function blankSocket(
  known: Pick<SocketEndpoint, 'id' | 'link' | 'family' | 'type' | 'place' | 'channel'> & { other?: number },
): SocketEndpoint {
  const { id, link, family, type, place, channel, other } = known
  return {
    is: 'socket',
    id,
    link,
    place,
    family,
    type,
    channel,
    other,
    options: {},
    waiting: [],
    arrived: 0,
    isFull: false,
    reliefs: 0,
    phase: 'fresh',
    outcome: { is: 'none' },
    local: anyAddress(family),
    peer: undefined,
    readShut: false,
    writeShut: false,
    tls: { is: 'none' },
  }
}
