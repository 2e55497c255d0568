import type { Events, Handle, SocketType } from '../network/network.js'
import type { Address, Family } from '../posix/address.js'
import { MSG_DONTWAIT } from '../posix/constants.js'
import type { Patience } from './blocking.js'
import type { Description } from './fd-table.js'
import type { Ground } from './ground.js'

/** What a socket has become. A datagram socket is `fresh`, `bound` or `connected`. */
export type SocketState = 'fresh' | 'bound' | 'listening' | 'connecting' | 'connected'

export interface Linger {
  readonly on: boolean
  readonly seconds: number
}

const noLinger: Linger = { on: false, seconds: 0 }

/** A datagram that is not whole yet. It goes where its first part was to go. */
export interface Corked {
  readonly data: Uint8Array
  readonly to: Address | undefined
}

/** An open socket: what POSIX calls its open file description. */
export interface OpenSocket extends Description {
  readonly is: 'socket'
  handle: Handle
  readonly family: Family
  readonly type: SocketType
  state: SocketState
  nonBlocking: boolean
  writeShut: boolean
  readShut: boolean
  /** The peer has ended its stream and the guest has seen that. */
  sawEnd: boolean
  /** Whether the guest has started TLS, and has been told that it has begun. */
  tls: 'none' | 'begun' | 'secured'
  /** SO_RCVTIMEO and SO_SNDTIMEO; Infinity when not set. */
  receiveTimeoutMs: number
  sendTimeoutMs: number
  /** SO_LINGER. */
  linger: Linger
  /** Parts of a datagram that wait for the one without MSG_MORE. */
  corked: Corked | undefined
  /** Where a datagram has gone without an error. */
  reached: Set<string> | undefined
}

export function openSocket(handle: Handle, family: Family, type: SocketType): OpenSocket {
  return {
    is: 'socket',
    references: 0,
    handle,
    family,
    type,
    state: 'fresh',
    nonBlocking: false,
    writeShut: false,
    readShut: false,
    sawEnd: false,
    tls: 'none',
    receiveTimeoutMs: Number.POSITIVE_INFINITY,
    sendTimeoutMs: Number.POSITIVE_INFINITY,
    linger: noLinger,
    corked: undefined,
    reached: undefined,
  }
}

/** What Linux has a connection take over from its listener, and the network does not know of. */
export function inherit(accepted: OpenSocket, { receiveTimeoutMs, sendTimeoutMs, linger }: OpenSocket): void {
  Object.assign(accepted, { receiveTimeoutMs, sendTimeoutMs, linger })
}

/** Whether a close waits until what was sent is out. */
export function lingers({ linger, state }: OpenSocket): boolean {
  return linger.on && linger.seconds !== 0 && state === 'connected'
}

/** As long as it takes, whether the socket blocks or not: for what never says EAGAIN to a guest. */
export function alwaysPatient({ now }: Ground, socket: OpenSocket, events: Events): Patience {
  return { handle: socket.handle, events, timeoutMs: Number.POSITIVE_INFINITY, now, socket }
}

/** As long as a call that receives may wait. Linux: `EPIPE` where another call disconnects the socket meanwhile. */
export function receivePatience({ now }: Ground, socket: OpenSocket, events: Events, flags = 0): Patience {
  const timeoutMs = patienceMs(socket, flags, socket.receiveTimeoutMs)
  return { handle: socket.handle, events, timeoutMs, now, socket, lost: 'EPIPE' }
}

/** The same for accept: `EINVAL` where the socket stops listening. */
export function acceptPatience({ now }: Ground, socket: OpenSocket, events: Events): Patience {
  const timeoutMs = patienceMs(socket, 0, socket.receiveTimeoutMs)
  return { handle: socket.handle, events, timeoutMs, now, socket, lost: 'EINVAL' }
}

/** As long as a call that sends may wait. */
export function sendPatience({ now }: Ground, socket: OpenSocket, events: Events, flags = 0): Patience {
  const timeoutMs = patienceMs(socket, flags, socket.sendTimeoutMs)
  return { handle: socket.handle, events, timeoutMs, now, socket, lost: 'ECONNRESET' }
}

/** Linux counts these times in ticks of up to 10 ms, and no less than one: time enough to connect to this machine. */
const TICK_MS = 10

function patienceMs({ nonBlocking }: OpenSocket, flags: number, timeoutMs: number): number {
  if (nonBlocking || (flags & MSG_DONTWAIT) !== 0) return 0
  return Math.max(timeoutMs, TICK_MS)
}
