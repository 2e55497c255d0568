import { type Address, anyAddress, type Family, formatAddress, type InetAddress } from '../../posix/address.js'
import { SysError } from '../../posix/errno.js'
import {
  AGAIN,
  type Again,
  type Handle,
  type Input,
  type Network,
  type Operation,
  type Output,
  type SocketType,
} from '../network.js'
import { dialledFrom, isSurelyOne, keepsToLink, mayLeadAnywhere, type Origin } from './dialled.js'
import { withoutAddresses } from './interfaces.js'
import { LocalSockets } from './local-sockets.js'
import { Lookups } from './lookups.js'
import { Pins } from './pins.js'
import { type Demand, type PolicyOptions, Referee } from './referee.js'
import { type NetworkRules, parseRules } from './rules.js'
import { TlsDemands } from './tls-demands.js'

/**
 * Lets a guest reach only what rules allow: all else is `EACCES`, and look-ups fail with `EAI_FAIL`. What was opened before, by way of
 * the network beneath, is not asked about. Throws a `RuleError`.
 */
export function policy(network: Network, rules: NetworkRules, options: PolicyOptions = {}): Network {
  const parsed = parseRules(rules)
  const pins = new Pins()
  const referee = new Referee(parsed, pins, options)
  const lookups = new Lookups({ network, referee, pins, isNamed: (name) => referee.isNamed(name) })
  const tls = new TlsDemands(network, referee, parsed.allow?.some(({ demandsTls }) => demandsTls) ?? false)
  const beneath = guardedBy(network, tls.guards())
  const sockets = new SocketRules(beneath, referee, tls)
  const interfaces = () => withoutAddresses(network('interfaces', {}))
  return guardedBy(beneath, { ...sockets.guards(), ...lookupGuards(lookups), interfaces })
}

function guardedBy(network: Network, guards: Guards): Network {
  return (name, input) => {
    const guard = guards[name]
    return guard === undefined ? network(name, input) : guard(input)
  }
}

/** Operations that rules have a say in. */
type Guards = { [K in Operation]?: (input: Input<K>) => Output<K> }

function lookupGuards(lookups: Lookups): Guards {
  return {
    resolve: (input) => lookups.resolve(input),
    resolveBack: (input) => lookups.resolveBack(input),
    answer: (input) => lookups.answer(input),
  }
}

/** Where a socket is bound. A datagram socket at a port of the system's choice needs no rule for that, and hears only whom it may send to. */
interface Place {
  readonly to: Address
  readonly byRule: boolean
  /** Of those who connect there. */
  readonly demand?: Demand | undefined
}

/** A socket that the guest has opened itself. */
interface GuestSocket {
  readonly family: Family
  readonly type: SocketType
  /** SO_BINDTODEVICE. */
  device: string
  /** The one peer of a datagram socket. */
  peer: Address | undefined
  place: Place | undefined
  /** Where bind was asked for, until it has answered. */
  pending: Place | undefined
  /** What is demanded of connections that are accepted. */
  demand: Demand | undefined
  /** With whom a datagram socket may talk: whom a rule allows, and who has written to a place that a rule allows. */
  readonly peers: Set<string>
}

/** How many addresses are remembered for a datagram socket; the oldest give way. */
const MOST_PEERS = 4096
const nothing = new Uint8Array(0)

class SocketRules {
  readonly #network: Network
  readonly #referee: Referee
  readonly #tls: TlsDemands
  readonly #local: LocalSockets
  readonly #sockets = new Map<Handle, GuestSocket>()

  constructor(network: Network, referee: Referee, tls: TlsDemands) {
    this.#network = network
    this.#referee = referee
    this.#tls = tls
    this.#local = new LocalSockets(network, referee)
  }

  guards(): Guards {
    const network = this.#network
    return {
      open: (input) => this.#open(input),
      bind: (input) => this.#bind(input),
      listen: (input) => this.#listen(input),
      accept: (input) => {
        const accepted = this.#tls.accept(input, this.#sockets.get(input.handle)?.demand)
        return this.#local.accept(input.handle, accepted)
      },
      connect: (input) => this.#connect(input),
      send: (input) => (input.to === undefined ? network('send', input) : this.#send(input, input.to)),
      receiveFrom: (input) => this.#receiveFrom(input),
      localName: (input) => this.#local.localName(input),
      peerName: (input) => this.#local.peerName(input),
      setOption: (input) => this.#setOption(input),
      close: (input) => {
        this.#sockets.delete(input.handle)
        const closed = network('close', input)
        this.#local.forget(input.handle)
        return closed
      },
    }
  }

  #open(input: Input<'open'>): Handle {
    const handle = this.#network('open', input)
    const none = { place: undefined, pending: undefined, demand: undefined, peer: undefined }
    this.#sockets.set(handle, { ...input, ...none, device: '', peers: new Set() })
    return handle
  }

  #bind(input: Input<'bind'>): true | Again {
    const { handle, to } = input
    const socket = this.#sockets.get(handle)
    if (socket?.place !== undefined && to.family !== 'unix') throw new SysError('EINVAL')
    const place = to.family === 'unix' ? { to, byRule: true } : this.#placeAt(socket, to)
    const ask = () => (to.family === 'unix' ? this.#local.bind(input, to) : this.#network('bind', input))
    if (socket === undefined) return ask()
    socket.pending ??= place
    const { pending } = socket
    socket.pending = undefined
    const answer = ask()
    if (answer === AGAIN) socket.pending = pending
    else socket.place = pending
    return answer
  }

  #placeAt(socket: GuestSocket | undefined, to: InetAddress): Place {
    if (socket?.type !== 'dgram') {
      const demand = this.#referee.ensureTake(to, { operation: 'bind', direction: 'listen' })
      return { to, byRule: true, demand }
    }
    const byRule = to.port !== 0 || this.#referee.mayTake(to, 'udp')
    if (to.port !== 0) this.#referee.ensureTake(to, { operation: 'bind', direction: 'udp' })
    return { to, byRule }
  }

  /** Of a socket that is bound, bind has been asked. Others would listen at every address. */
  #listen(input: Input<'listen'>): true | Again {
    const socket = this.#sockets.get(input.handle)
    if (socket !== undefined)
      socket.demand = socket.place === undefined ? this.#demandAnywhere(socket) : socket.place.demand
    return this.#network('listen', input)
  }

  /** A local socket without a name cannot listen: the network says so. */
  #demandAnywhere({ family }: GuestSocket): Demand | undefined {
    const anywhere = anyAddress(family)
    if (anywhere.family === 'unix') return undefined
    return this.#referee.ensureTake(anywhere, { operation: 'listen', direction: 'listen' })
  }

  #connect(input: Input<'connect'>): true | Again {
    const { handle, to } = input
    const socket = this.#sockets.get(handle)
    if (to?.family === 'unix')
      return this.#local.connect(handle, to, (to) => this.#tls.connect({ handle, to }, undefined))
    if (socket?.type === 'dgram') return this.#connectDatagrams(handle, socket, to)
    if (to === undefined) return this.#network('connect', input)
    const { dialled, ...dialling } = this.#dialling(socket, to)
    const demand = this.#referee.ensureReach(dialled, { operation: 'connect', direction: 'connect', ...dialling })
    if (socket !== undefined) socket.place = undefined // if it fails, the socket is bound no more
    return this.#tls.connect({ handle, to: dialled }, demand)
  }

  #connectDatagrams(handle: Handle, socket: GuestSocket, to: InetAddress | undefined): true | Again {
    const peer = to && this.#ensurePeer(socket, to, 'connect')
    const answer = this.#network('connect', { handle, to: peer })
    if (answer === true) socket.peer = peer
    if (keepsToLink(peer)) socket.peers.clear() // the loopback is elsewhere from now on
    return answer
  }

  #send(input: Input<'send'>, to: Address): number | Again {
    if (to.family === 'unix') return this.#local.send(input, to)
    const socket = this.#sockets.get(input.handle)
    if (socket?.peers.has(formatAddress(to)) && isSurelyOne(to.host)) return this.#network('send', input)
    if (socket !== undefined) return this.#network('send', { ...input, to: this.#ensurePeer(socket, to, 'send') })
    const { dialled, ...dialling } = this.#dialling(socket, to)
    this.#referee.ensureReach(dialled, { operation: 'send', direction: 'udp', ...dialling })
    return this.#network('send', { ...input, to: dialled })
  }

  /** Throws unless a datagram may go there. Answers the address to send it to. */
  #ensurePeer(socket: GuestSocket, to: InetAddress, operation: 'connect' | 'send'): InetAddress {
    const { dialled, ...dialling } = this.#dialling(socket, to)
    const key = formatAddress(dialled)
    if (socket.peers.has(key)) return dialled
    this.#referee.ensureReach(dialled, { operation, direction: 'udp', ...dialling })
    if (socket.place !== undefined && !dialling.mayBeAny) remember(socket.peers, key)
    return dialled
  }

  /** What is dialled for an address, and how it is to be judged. */
  #dialling(socket: GuestSocket | undefined, to: InetAddress) {
    const origin: Origin = { device: socket?.device ?? '', local: socket?.place?.to, peer: socket?.peer }
    const mayBeAny = mayLeadAnywhere(to, origin)
    return { given: to, mayBeAny, dialled: mayBeAny ? to : dialledFrom(to, origin) }
  }

  #setOption(input: Input<'setOption'>): true | Again {
    if (input.option === 'join') this.#referee.ensureJoin(input.value.group)
    const answer = this.#network('setOption', input)
    const socket = this.#sockets.get(input.handle)
    if (socket === undefined || input.option !== 'device') return answer
    socket.device = input.value.replace(/\0.*$/s, '')
    socket.peers.clear()
    return answer
  }

  /** Datagrams of those whom the guest may not hear are dropped before it can see them. */
  #receiveFrom(input: Input<'receiveFrom'>): Output<'receiveFrom'> {
    const { handle } = input
    const socket = this.#sockets.get(handle)
    for (;;) {
      if (socket === undefined) return this.#network('receiveFrom', input)
      const next = this.#network('receiveFrom', { handle, into: nothing, peek: true })
      if (next === AGAIN) return AGAIN
      if (isNobody(next.from) || this.#mayHear(socket, next.from)) return this.#network('receiveFrom', input)
      this.#network('receiveFrom', { handle, into: nothing, peek: false })
    }
  }

  /** Whoever writes to a place that a rule allows is heard and may be answered, as with connections to a listener. */
  #mayHear(socket: GuestSocket, from: InetAddress): boolean {
    const key = formatAddress(from)
    if (socket.peers.has(key)) return true
    const hearing = { operation: 'receive', direction: 'udp' } as const
    const isOpen = socket.place?.byRule === true
    const mayHear = isOpen ? !this.#referee.isDenied(from, hearing) : this.#referee.mayReach(from, hearing)
    if (mayHear) remember(socket.peers, key)
    else this.#referee.tellReach(from, hearing)
    return mayHear
  }
}

/** What comes of a socket that was shut down for reading is from nobody. */
function isNobody(from: Address): from is Exclude<Address, InetAddress> {
  return from.family === 'unix' || (from.port === 0 && from.host === (anyAddress(from.family) as InetAddress).host)
}

function remember(peers: Set<string>, key: string): void {
  const [oldest] = peers
  if (peers.size >= MOST_PEERS && oldest !== undefined) peers.delete(oldest)
  peers.add(key)
}
