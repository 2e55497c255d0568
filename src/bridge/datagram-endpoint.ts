import dgram from 'node:dgram'
import type { Options, OptionSetting } from '../network/network.js'
import { DRAINED } from '../network/network.js'
import type { Address, Family } from '../posix/address.js'
import { POLLIN, POLLOUT } from '../posix/constants.js'
import type { PumpChannel } from './channel.js'
import { type Datagram, nextDatagram, putDatagram } from './datagrams.js'
import { addressFromNode, errnoFromNode, hostForNode, lookupNumeric, ownAddressFromNode } from './from-node.js'
import type { Endpoint, PumpSide } from './pump.js'

/** A UDP socket of the guest's. Node's is made at the first bind or connect, since some options are fixed then. */
export class DatagramEndpoint implements Endpoint {
  readonly #id: number
  readonly #channel: PumpChannel
  readonly #pump: PumpSide
  readonly #family: Family
  readonly #settings: OptionSetting[] = []
  readonly #options = { reuseAddress: false, v6Only: false }
  #socket: dgram.Socket | undefined
  #started = false
  #inFlight = 0
  #whenSent: (() => void) | undefined

  constructor(id: number, channel: PumpChannel, pump: PumpSide, family: Family) {
    this.#id = id
    this.#channel = channel
    this.#pump = pump
    this.#family = family
  }

  bind(to: Address): void {
    if (to.family === 'unix') throw Object.assign(new Error('no local datagrams'), { code: 'EOPNOTSUPP' })
    const socket = this.#make()
    const failed = (error: Error) => {
      socket.close()
      this.#socket = undefined
      this.#failed(error)
    }
    socket.once('error', failed)
    socket.bind({ address: hostForNode(to), port: to.port, exclusive: true }, () => {
      socket.off('error', failed)
      this.#start(socket)
      this.#done(socket)
    })
  }

  connect(to: Address | undefined): void {
    const socket = this.#socket ?? this.#make()
    if (to === undefined || to.family === 'unix') {
      if (isConnected(socket)) socket.disconnect()
      return this.#done(socket)
    }
    const isNew = this.#socket !== socket || !this.#started
    if (isConnected(socket)) socket.disconnect()
    socket.connect(to.port, hostForNode(to), (error?: Error) => {
      if (error) return this.#failed(error)
      if (isNew) this.#start(socket)
      this.#done(socket, to)
    })
  }

  set(setting: OptionSetting): void {
    if (setting.option in this.#options) Object.assign(this.#options, { [setting.option]: setting.value })
    else if (this.#started && this.#socket !== undefined) apply(this.#socket, setting)
    else this.#settings.push(setting)
    if (setting.option === 'join' || setting.option === 'leave' || setting.option === 'multicastInterface')
      this.#pump.report({ is: 'done', id: this.#id })
  }

  /** Sends what the guest has put into the ring. A record leaves the ring when the system has taken it or refused it. */
  service(): void {
    const socket = this.#socket
    const ring = this.#channel.sent
    this.#channel.unmarkQueued()
    if (socket === undefined) return
    ring.feed()
    for (;;) {
      const datagram = nextDatagram(ring, this.#inFlight)
      if (datagram !== undefined) this.#send(socket, datagram)
      else if (this.#inFlight > 0 || ring.starve()) break
    }
    if (this.#inFlight === 0) this.#whenSent?.()
  }

  close(): void {
    const close = () => {
      this.#whenSent = undefined
      const socket = this.#socket
      this.#socket = undefined
      const closed = () => this.#pump.report({ is: 'closed', id: this.#id })
      if (socket === undefined) closed()
      else socket.close(closed)
    }
    this.#whenSent = close
    if (this.#socket === undefined) close()
    else this.service()
  }

  #make(): dgram.Socket {
    const { reuseAddress, v6Only } = this.#options
    const type = this.#family === 'inet6' ? 'udp6' : 'udp4'
    this.#socket = dgram.createSocket({ type, reuseAddr: reuseAddress, ipv6Only: v6Only, lookup: lookupNumeric as never })
    return this.#socket
  }

  #start(socket: dgram.Socket): void {
    if (this.#started) return
    this.#started = true
    socket.on('error', (error) => this.#fail(error))
    socket.on('message', (data, from) => {
      const kept = putDatagram(this.#channel.received, data, addressFromNode(from.address, from.port))
      if (kept) this.#tell(POLLIN) // else it is lost, as in a full buffer of the system's
    })
    for (const setting of this.#settings.splice(0)) apply(socket, setting)
  }

  #send(socket: dgram.Socket, { total, length, address, dataAt }: Datagram): void {
    const data = Buffer.alloc(length)
    this.#channel.sent.peek(data, this.#inFlight + dataAt)
    this.#inFlight += total
    const sent = (error: Error | null) => {
      if (error) this.#fail(error)
      this.#inFlight -= total
      this.#channel.sent.consume(total)
      this.#tell(POLLOUT | DRAINED)
      this.service()
    }
    try {
      if (address === undefined || address.family === 'unix') socket.send(data, sent)
      else socket.send(data, address.port, hostForNode(address), sent)
    } catch (error) {
      process.nextTick(sent, error)
    }
  }

  #done(socket: dgram.Socket, peer?: Address): void {
    this.#pump.report({ is: 'done', id: this.#id, local: localOf(socket, this.#family), ...(peer && { peer }) })
  }

  #failed(error: unknown): void {
    this.#pump.report({ is: 'failed', id: this.#id, errno: errnoFromNode(error) })
  }

  #fail(error: unknown): void {
    this.#channel.fail(errnoFromNode(error))
    this.#pump.doorbell.ring()
  }

  #tell(events: number): void {
    if (this.#channel.isWanted(events)) this.#pump.doorbell.ring()
  }
}

function isConnected(socket: dgram.Socket): boolean {
  try {
    socket.remoteAddress()
    return true
  } catch {
    return false
  }
}

function localOf(socket: dgram.Socket, family: Family): Address {
  try {
    return ownAddressFromNode(socket.address())
  } catch {
    return ownAddressFromNode({ address: family === 'inet6' ? '::' : '0.0.0.0', port: 0, family: '' })
  }
}

const appliers: { [K in keyof Options]?: (socket: dgram.Socket, value: Options[K]) => void } = {
  broadcast: (socket, on) => socket.setBroadcast(on),
  ttl: (socket, hops) => socket.setTTL(hops),
  multicastTtl: (socket, hops) => socket.setMulticastTTL(hops),
  multicastLoop: (socket, on) => void socket.setMulticastLoopback(on),
  multicastInterface: (socket, via) => socket.setMulticastInterface(via),
  join: (socket, { group, via }) => socket.addMembership(group, via || undefined),
  leave: (socket, { group, via }) => socket.dropMembership(group, via || undefined),
}

function apply(socket: dgram.Socket, { option, value }: OptionSetting): void {
  const applier = appliers[option] as ((socket: dgram.Socket, value: unknown) => void) | undefined
  applier?.(socket, value)
}
