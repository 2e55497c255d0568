import { type Address, anyAddress, isMulticast } from '../../posix/address.js'
import { SysError } from '../../posix/errno.js'
import type { Membership, OptionSetting } from '../network.js'
import { addressIn, familyOf, isBroadcast, isLoopback, isWildcard, type Place, plainHost } from './addresses.js'
import { OUT_BYTES } from './buffer-sizes.js'
import { DatagramEnd } from './datagram-end.js'
import type { Datagram } from './datagram-inbox.js'
import type { VirtualHost } from './host.js'
import type { Binding } from './ports.js'

export interface DatagramBinding extends Binding {
  readonly socket: DatagramSocket
}

/** A UDP socket of a guest's. */
export class DatagramSocket extends DatagramEnd {
  readonly #host: VirtualHost
  #binding: DatagramBinding | undefined
  #remote: Place | undefined
  /** `group via`, of each group that was joined. */
  readonly #groups = new Set<string>()
  #underWay = 0
  #wasGivenPort = false

  constructor(host: VirtualHost, family: 'inet' | 'inet6') {
    super(family)
    this.#host = host
  }

  protected get hasRoom(): boolean {
    return this.#underWay <= OUT_BYTES / 2
  }

  bind(to: Address): void {
    if (to.family === 'unix') throw new SysError('EOPNOTSUPP')
    const { datagrams } = this.#host
    const host = plainHost(to.host)
    if (!isMulticast(host)) this.#host.ensureOwn(host)
    const { v6Only = false, reuseAddress = false } = this.options
    const asked = { host, port: to.port, v6Only, reuse: reuseAddress, socket: this }
    this.#wasGivenPort = to.port === 0
    this.#binding = { ...asked, port: datagrams.choose(asked) }
    datagrams.add(this.#binding)
    this.local = addressIn(this.family, this.#binding)
  }

  /** Sets the one peer, or with undefined none. */
  connect(to: Address | undefined): void {
    if (to?.family === 'unix') throw new SysError('EAFNOSUPPORT')
    const binding = this.#bound()
    this.peer = to
    this.#remote = undefined
    // Linux forgets a port that it has chosen itself.
    this.local = addressIn(this.family, this.#wasGivenPort ? { ...binding, port: 0 } : binding)
    if (to === undefined) return
    const route = this.#host.route(plainHost(to.host), binding.host)
    this.#remote = { host: route.to, port: to.port }
    this.local = addressIn(this.family, { host: route.source, port: binding.port })
  }

  close(): void {
    if (this.#binding !== undefined) this.#host.datagrams.remove(this.#binding)
  }

  set(setting: OptionSetting): void {
    if (setting.option === 'join') this.join(setting.value)
    else if (setting.option === 'leave') this.leave(setting.value)
    else if (setting.option === 'multicastInterface') this.#ensureInterface(setting.value)
    Object.assign(this.options, { [setting.option]: setting.value })
  }

  join(membership: Membership): void {
    const key = this.#keyOf(membership)
    if (this.#groups.has(key)) throw new SysError('EADDRINUSE')
    this.#groups.add(key)
  }

  leave(membership: Membership): void {
    if (!this.#groups.delete(this.#keyOf(membership))) throw new SysError('EADDRNOTAVAIL')
  }

  /** `EADDRNOTAVAIL` for an address of no interface here. */
  #ensureInterface(via: string): void {
    const host = via.split('%')[0] as string
    if (!via.startsWith('::') && !isWildcard(host) && !this.#host.has(plainHost(host)))
      throw new SysError('EADDRNOTAVAIL')
  }

  protected put(data: Uint8Array, to: Address | undefined): boolean {
    const remote = to === undefined ? this.#remote : placeOf(to)
    if (remote === undefined) throw new SysError('EDESTADDRREQ')
    const binding = this.#bound()
    const isShared = isMulticast(remote.host) || isBroadcast(remote.host)
    if (!isShared) {
      const route = this.#host.route(remote.host, binding.host)
      return this.#throw(data.slice(), { ...route, to: { host: route.to, port: remote.port } })
    }
    if (isBroadcast(remote.host) && this.options.broadcast !== true) throw new SysError('EACCES')
    const copy = data.slice()
    let isSent = true
    for (const [host, source] of this.#audience(remote))
      isSent = this.#throw(copy, { host, source, to: remote }) && isSent
    return isSent
  }

  /** Whether a datagram that has come for a place is for this socket. */
  #hears(from: Place, to: Place): boolean {
    const remote = this.#remote
    if (remote !== undefined && (remote.host !== from.host || ![0, from.port].includes(remote.port))) return false
    return !isMulticast(to.host) || [...this.#groups].some((key) => key.startsWith(`${to.host} `))
  }

  #throw(data: Uint8Array, { host, source, to }: { host: VirtualHost; source: string; to: Place }): boolean {
    if (this.#underWay + data.length > OUT_BYTES) return false
    this.#underWay += data.length
    const from = { host: source, port: this.#bound().port }
    const over = () => {
      this.#underWay -= data.length
      this.onChange()
    }
    const packet = { from: this.#host, to: host, kind: 'datagram', bytes: data.length } as const
    this.#host.around.wire.throw(packet, () => this.#arrive(data, { host, from, to }), over)
    return true
  }

  #arrive(data: Uint8Array, { host, from, to }: { host: VirtualHost; from: Place; to: Place }): void {
    const isShared = isMulticast(to.host) || isBroadcast(to.host)
    const reached = host.datagrams.reached(isBroadcast(to.host) ? { ...to, host: '0.0.0.0' } : to)
    const hearers = reached.map(({ socket }) => socket).filter((socket) => socket.#hears(from, to))
    const first = hearers.find((socket) => socket.#remote !== undefined) ?? hearers[0]
    for (const socket of isShared ? hearers : first === undefined ? [] : [first])
      socket.#take({ data, from: addressIn(socket.family, from) })
    if (!isShared && first === undefined) this.#bounce(host, to)
  }

  /** Or it is lost, as where the system's buffer is full. */
  #take(datagram: Datagram): void {
    if (this.inbox.add(datagram)) this.onChange()
  }

  /** The other host says that nobody has the port. */
  #bounce(host: VirtualHost, to: Place): void {
    const told = () => {
      const remote = this.#remote
      if (remote?.host === to.host && remote.port === to.port) this.fail('ECONNREFUSED')
    }
    this.#host.around.wire.throw({ from: host, to: this.#host, kind: 'unreachable', bytes: 0 }, told, () => {})
  }

  /** Each host that a datagram for many goes to, with the address it comes from. */
  *#audience(to: Place): Generator<[VirtualHost, string]> {
    const { multicastInterface = '', multicastLoop = true } = this.options
    const bound = this.#bound().host
    const via = isWildcard(bound) ? multicastInterface : bound
    for (const host of this.#host.around.hosts) {
      const isOwn = host === this.#host
      if (isOwn ? !multicastLoop : isLoopback(via) || isLoopback(to.host)) continue
      const source = this.#host.addresses.find((each) => familyOf(each) === familyOf(to.host))
      const from = isWildcard(via) || via === '' ? source : via
      if (from !== undefined && host.datagrams.reached(to).length + Number(isBroadcast(to.host)) > 0) yield [host, from]
    }
  }

  #bound(): DatagramBinding {
    if (this.#binding === undefined) this.bind(anyAddress(this.family))
    return this.#binding as DatagramBinding
  }

  #keyOf({ group, via }: Membership): string {
    if (!isMulticast(group)) throw new SysError('EINVAL')
    return `${plainHost(group)} ${via}`
  }
}

function placeOf(to: Address): Place {
  if (to.family === 'unix') throw new SysError('EOPNOTSUPP')
  return { host: plainHost(to.host), port: to.port }
}
