import type { Address, UnixAddress } from '../../posix/address.js'
import { AGAIN, type Again, type Handle, type Input, type Network, type Output } from '../network.js'
import type { HeldPath, PathUse } from './paths.js'
import type { Dialling, Referee } from './referee.js'

/** A path that was allowed, until the network has answered. */
interface Pending {
  readonly to: UnixAddress
  readonly use: PathUse
  readonly held: HeldPath
}

/** What a guest calls the two ends of a local socket, where the system knows them by what was dialled. */
interface Names {
  readonly local?: UnixAddress | undefined
  readonly peer?: UnixAddress | undefined
}

type Ask = (to: UnixAddress) => true | Again

interface Asking extends Dialling {
  readonly handle: Handle
  readonly to: UnixAddress
  readonly use: PathUse
}

/** The local sockets of one guest under rules: each path is dialled as it was checked, and named as the guest wrote it. */
export class LocalSockets {
  readonly #network: Network
  readonly #referee: Referee
  readonly #pending = new Map<Handle, Pending>()
  readonly #names = new Map<Handle, Names>()
  /** What was dialled for a name that is bound, and the name. */
  readonly #written = new Map<string, UnixAddress>()

  constructor(network: Network, referee: Referee) {
    this.#network = network
    this.#referee = referee
  }

  bind({ handle }: Input<'bind'>, to: UnixAddress): true | Again {
    const binding = { use: 'bind', operation: 'bind', direction: 'listen' } as const
    return this.#ask({ handle, to, ...binding }, (to) => this.#network('bind', { handle, to }))
  }

  connect(handle: Handle, to: UnixAddress, ask: Ask): true | Again {
    return this.#ask({ handle, to, use: 'connect', operation: 'connect', direction: 'connect' }, ask)
  }

  send(input: Input<'send'>, to: UnixAddress): number | Again {
    const held = this.#referee.ensurePath(to, 'connect', { operation: 'send', direction: 'udp' })
    try {
      return this.#network('send', { ...input, to: { ...to, path: held.dialled } })
    } finally {
      held.release()
    }
  }

  localName(input: Input<'localName'>): Address {
    const name = this.#network('localName', input)
    return (hasPath(name) ? this.#names.get(input.handle)?.local : undefined) ?? name
  }

  peerName(input: Input<'peerName'>): Address {
    const name = this.#network('peerName', input)
    return (hasPath(name) ? this.#names.get(input.handle)?.peer : undefined) ?? this.#asWritten(name)
  }

  /** An accepted socket has its listener's name, where the network gives it one. */
  accept(listener: Handle, accepted: Output<'accept'>): Output<'accept'> {
    if (accepted === AGAIN || accepted.peer.family !== 'unix') return accepted
    const local = this.#names.get(listener)?.local
    if (local !== undefined) this.#note(accepted.handle, { local: { ...local } })
    return { ...accepted, peer: this.#asWritten(accepted.peer) }
  }

  /** To be called when a socket is closed. */
  forget(handle: Handle): void {
    const local = this.#names.get(handle)?.local
    if (local !== undefined) for (const [dialled, to] of this.#written) if (to === local) this.#written.delete(dialled)
    this.#names.delete(handle)
    this.#release(handle)
  }

  /** Asks the network with what is to be dialled, which is held until the answer is there. */
  #ask({ handle, to, use, ...dialling }: Asking, ask: Ask): true | Again {
    const known = this.#pending.get(handle)
    const pending = known?.use === use ? known : { to, use, held: this.#referee.ensurePath(to, use, dialling) }
    if (pending !== known) this.#hold(handle, pending)
    let answer: true | Again | undefined
    try {
      answer = ask({ ...to, path: pending.held.dialled })
      if (answer === true) this.#noteDone(handle, pending)
      return answer
    } finally {
      if (answer !== AGAIN) this.#release(handle)
    }
  }

  #noteDone(handle: Handle, { to, use, held }: Pending): void {
    if (use === 'bind') held.bound?.()
    if (held.dialled === to.path) return
    this.#note(handle, use === 'bind' ? { local: to } : { peer: to })
    if (use === 'bind') this.#written.set(held.dialled, to)
  }

  #asWritten(name: Address): Address {
    return (name.family === 'unix' ? this.#written.get(name.path) : undefined) ?? name
  }

  #hold(handle: Handle, pending: Pending): void {
    this.#release(handle)
    this.#pending.set(handle, pending)
  }

  #release(handle: Handle): void {
    this.#pending.get(handle)?.held.release()
    this.#pending.delete(handle)
  }

  #note(handle: Handle, names: Names): void {
    this.#names.set(handle, { ...this.#names.get(handle), ...names })
  }
}

function hasPath(name: Address): boolean {
  return name.family === 'unix' && name.path !== ''
}
