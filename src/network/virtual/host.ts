import { SysError } from '../../posix/errno.js'
import { familyOf, isBroadcast, isLoopback, isWildcard, type Place, plainHost } from './addresses.js'
import type { Connection } from './connection.js'
import type { DatagramBinding } from './datagram-socket.js'
import { type Binding, Ports } from './ports.js'
import type { Surroundings } from './surroundings.js'

/** A client that wants to be connected. */
export interface Call {
  readonly client: Connection
  readonly from: Place
  readonly to: Place
}

/** Takes a call; undefined where the queue is full, and the client will call again. */
export type Listener = (call: Call) => Connection | undefined

export interface StreamBinding extends Binding {
  listener: Listener | undefined
}

/** Where a packet leaves, and whom it reaches. */
export interface Route {
  readonly source: string
  readonly host: VirtualHost
  readonly to: string
}

/** A machine in the network: its names, its addresses, its ports. */
export class VirtualHost {
  readonly name: string
  readonly addresses: readonly string[]
  readonly around: Surroundings
  readonly streams: Ports<StreamBinding>
  readonly datagrams: Ports<DatagramBinding>
  /** Local sockets that listen, by their path; undefined before they do. */
  readonly paths = new Map<string, Listener | undefined>()

  constructor(name: string, addresses: readonly string[], around: Surroundings) {
    this.name = name
    this.addresses = addresses.map(plainHost)
    this.around = around
    this.streams = new Ports((other) => other.listener === undefined, around.chance.below(0x7fff))
    this.datagrams = new Ports(() => true, around.chance.below(0x7fff))
  }

  /** True for the loopback and its own addresses. */
  has(plain: string): boolean {
    return isLoopback(plain) || this.addresses.includes(plain)
  }

  /** `EADDRNOTAVAIL` unless one can bind to it here. */
  ensureOwn(plain: string): void {
    if (!isWildcard(plain) && !this.has(plain)) throw new SysError('EADDRNOTAVAIL')
  }

  /** The way to an address, from `bound` if that is one. `ENETUNREACH` where no host has it, or this one has none of its family. */
  route(to: string, bound: string): Route {
    const real = isWildcard(to) ? loopbackLike(to) : to
    const host = this.has(real) ? this : this.around.hostAt(real)
    const own = host === this ? real : this.addresses.find((each) => familyOf(each) === familyOf(real))
    if (host === undefined || own === undefined || isBroadcast(real)) throw new SysError('ENETUNREACH')
    if (isWildcard(bound)) return { host, to: real, source: own }
    if (isLoopback(bound) && host !== this) throw new SysError('EINVAL') // as Linux has it
    return { host, to: real, source: bound }
  }
}

/** Linux: who connects to the wildcard means this machine. */
function loopbackLike(wildcard: string): string {
  return familyOf(wildcard) === 'inet' ? '127.0.0.1' : '::1'
}
