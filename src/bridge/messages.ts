import type { OptionSetting, Resolution, SocketType, TlsInfo, TlsRequest } from '../network/network.js'
import type { Address, Family } from '../posix/address.js'
import type { Errno } from '../posix/errno.js'
import type { Place } from './arena.js'

/** What a guest asks of a pump. `id` is the handle; commands for one handle are carried out in order. */
export type Command =
  | { do: 'slab'; slab: SharedArrayBuffer }
  | { do: 'open'; id: number; place: Place; family: Family; type: SocketType }
  | { do: 'bind'; id: number; to: Address }
  | { do: 'listen'; id: number; backlog: number }
  | { do: 'connect'; id: number; to: Address | undefined }
  | { do: 'adopt'; id: number; place: Place; connection: number }
  | { do: 'decline'; connection: number }
  /** Takes over a connection of the system's own; from then on its descriptor is the pump's to close. */
  | { do: 'takeOver'; id: number; place: Place; fd: number; openFds: SharedArrayBuffer }
  | { do: 'set'; id: number; setting: OptionSetting }
  | { do: 'startTls'; id: number; request: TlsRequest }
  | { do: 'close'; id: number; abort: boolean }
  | { do: 'resolve'; id: number; host: string; family: 'inet' | 'inet6' | undefined }
  | { do: 'resolveBack'; id: number; host: string }
  | { do: 'finish' }

/** What a pump tells a guest. */
export type Report =
  /** A bind, listen, connect or setting succeeded. */
  | { is: 'done'; id: number; local?: Address; peer?: Address }
  | { is: 'failed'; id: number; errno: Errno }
  /** A connection waits to be adopted: by a listener's accept, or with id -1 one that the host offers. */
  | { is: 'connection'; id: number; connection: number; local: Address; peer: Address }
  /** TLS has begun, or it has not, and the connection is gone. */
  | { is: 'secured'; id: number; info: TlsInfo }
  | { is: 'notSecured'; id: number; reason: string }
  | { is: 'resolved'; id: number; resolution: Resolution }
  /** The handle's number and memory may be used again. */
  | { is: 'closed'; id: number }

/** The id of a connection that no listener accepted, but the host offers. */
export const OFFERED = -1
