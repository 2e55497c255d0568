import { formatAddress } from '../../posix/address.js'
import { type Errno, SysError } from '../../posix/errno.js'
import {
  AGAIN,
  type Again,
  type Handle,
  type Input,
  type Network,
  type Operation,
  type Output,
  type TlsState,
} from '../network.js'
import { ipOf } from './hosts.js'
import { canonicalName } from './names.js'
import type { Demand, Referee } from './referee.js'
import type { PeerName } from './verdict.js'

type Guards = { [K in Operation]?: (input: Input<K>) => Output<K> }

/** A stream that rules let pass with TLS alone. `secured` is forgotten: nothing leads back to plain text. */
interface Mute {
  readonly demand: Demand
  /** TLS was begun as it is demanded. */
  hasBegun: boolean
}

/** What a TLS record begins with that a handshake begins with: its type, and the version's first byte. */
const HANDSHAKE = [22, 3]
/** What connect(2) says of a connection that is there, or on its way. */
const stays: ReadonlySet<Errno> = new Set(['EISCONN', 'EALREADY', 'EINPROGRESS'])

/**
 * Keeps streams mute that rules let pass with TLS alone: until it has begun, with verification and with a peer that the rule covers,
 * sending and receiving are `EACCES`.
 */
export class TlsDemands {
  readonly #network: Network
  readonly #isAny: boolean
  readonly #referee: Referee
  readonly #mute = new Map<Handle, Mute>()
  /** Sockets that are connecting, or connected: another connect changes nothing of where they lead. */
  readonly #leading = new Set<Handle>()

  /** `isAny` says whether any rule demands TLS: without one it is not there. */
  constructor(network: Network, referee: Referee, isAny: boolean) {
    this.#network = network
    this.#referee = referee
    this.#isAny = isAny
  }

  guards(): Guards {
    const network = this.#network
    if (!this.#isAny) return {}
    return {
      send: (input) => {
        const mute = this.#mute.get(input.handle)
        return mute !== undefined && this.#isSilent(input.handle, mute, 'send') ? AGAIN : network('send', input)
      },
      receive: (input) => {
        const mute = this.#mute.get(input.handle)
        return mute === undefined ? network('receive', input) : this.#receive(input, mute)
      },
      startTls: (input) => {
        const mute = this.#mute.get(input.handle)
        return mute === undefined ? network('startTls', input) : this.#startTls(input, mute)
      },
      takeError: (input) => {
        const errno = network('takeError', input)
        if (errno !== undefined) this.#leading.delete(input.handle)
        return errno
      },
      close: (input) => {
        this.#leading.delete(input.handle)
        this.#mute.delete(input.handle)
        return network('close', input)
      },
    }
  }

  /** A connect of a stream to where this is demanded. It counts from the moment when the connection is begun. */
  connect(input: Input<'connect'>, demand: Demand | undefined): true | Again {
    if (!this.#isAny) return this.#network('connect', input)
    const { handle } = input
    if (!this.#leading.has(handle)) this.#demand(handle, demand)
    this.#leading.add(handle)
    try {
      return this.#network('connect', input)
    } catch (error) {
      if (!(error instanceof SysError && stays.has(error.errno))) this.#leading.delete(handle)
      throw error
    }
  }

  /** An accept at a listener of which this is demanded. */
  accept(input: Input<'accept'>, demand: Demand | undefined): Output<'accept'> {
    const accepted = this.#network('accept', input)
    if (accepted === AGAIN || demand === undefined) return accepted
    const { handle, peer } = accepted
    this.#leading.add(handle)
    this.#demand(handle, { ...demand, place: { ...demand.place, target: formatAddress(peer) } })
    return accepted
  }

  #demand(handle: Handle, demand: Demand | undefined): void {
    if (demand === undefined) this.#mute.delete(handle)
    else this.#mute.set(handle, { demand, hasBegun: false })
  }

  /** True while TLS is beginning. In plain text it throws; once TLS has begun or failed, it is the network's to answer. */
  #isSilent(handle: Handle, mute: Mute, operation: 'send' | 'receive'): boolean {
    const state = this.#network('tlsState', { handle })
    if (!mute.hasBegun || state.is === 'none') {
      const deed = operation === 'send' ? 'plain text to' : 'plain text from'
      return this.#referee.refuseLack(mute.demand, operation, { deed, rule: 'demands TLS' })
    }
    if (state.is === 'secured') this.#noteSecured(handle, mute, state)
    return state.is === 'handshaking'
  }

  #receive(input: Input<'receive'>, mute: Mute): number | Again {
    if (mute.hasBegun || !input.peek || input.into.length > HANDSHAKE.length)
      return this.#isSilent(input.handle, mute, 'receive') ? AGAIN : this.#network('receive', input)
    return this.#look(input, mute)
  }

  /** Whether a handshake lies there may be asked: TLS is begun so. What is none is plain text. */
  #look({ handle, into }: Input<'receive'>, mute: Mute): number | Again {
    const seen = new Uint8Array(into.length)
    const count = this.#network('receive', { handle, into: seen, peek: true })
    if (count === AGAIN) return AGAIN
    if (seen.subarray(0, count).some((byte, index) => byte !== HANDSHAKE[index]))
      return this.#referee.refuseLack(mute.demand, 'receive', { deed: 'plain text from', rule: 'demands TLS' })
    into.set(seen)
    return count
  }

  #startTls(input: Input<'startTls'>, mute: Mute): true | Again {
    const { handle } = input
    const hostname = this.#ensureRequest(input, mute.demand)
    const answer = this.#network('startTls', { ...input, hostname })
    mute.hasBegun = true
    const state = answer === true ? this.#network('tlsState', { handle }) : undefined
    if (state?.is === 'secured') this.#noteSecured(handle, mute, state)
    return answer
  }

  /** Throws unless TLS is begun as it is demanded. Answers the peer's name, as it was checked. */
  #ensureRequest({ role, hostname, verifies }: Input<'startTls'>, demand: Demand): string {
    const refuse = (deed: string, rule: string) => this.#referee.refuseLack(demand, 'startTls', { deed, rule })
    const own = demand.side === 'connect' ? 'client' : 'server'
    if (role !== own) return refuse(`TLS as a ${role} with`, `demands it as a ${own}`)
    if (role === 'server') return hostname
    if (!verifies) return refuse('TLS without verification with', 'demands verification')
    const peer = peerNamed(hostname, demand)
    if (peer === undefined || !this.#referee.isPeer(demand, peer)) {
      const deed = `TLS ${hostname === '' ? 'without a name' : `in the name of ${hostname}`} with`
      return this.#referee.refuseLack(demand, 'startTls', {
        ...{ deed, rule: 'does not cover it' },
        remedy: peer?.is === 'name' ? `tls:${peer.name}${portOf(demand)}` : undefined,
      })
    }
    if (hostname === '') return ''
    return peer.is === 'name' ? peer.name : peer.ip.toString()
  }

  /** A peer that the host lets pass unverified is none that the rule lets pass. */
  #noteSecured(handle: Handle, { demand }: Mute, { doubt }: Extract<TlsState, { is: 'secured' }>): void {
    if (doubt === undefined) this.#mute.delete(handle)
    else
      this.#referee.refuseLack(demand, 'startTls', {
        deed: `TLS that is not verified (${doubt}) with`,
        rule: 'demands verification',
      })
  }
}

/** `:443`, of the address that is dialled. */
function portOf({ place }: Demand): string {
  return /:\d+$/.exec(place.wanted)?.[0] ?? ''
}

/** Whose certificate a guest demands; the one of the address that is dialled where it names nobody. */
function peerNamed(hostname: string, { ip }: Demand): PeerName | undefined {
  if (hostname === '') return { is: 'address', ip }
  const address = ipOf(hostname)
  if (address !== undefined) return { is: 'address', ip: address }
  const name = canonicalName(hostname)
  return name === undefined ? undefined : { is: 'name', name }
}
