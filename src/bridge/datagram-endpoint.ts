import dgram from 'node:dgram'
import type { OptionSetting } from '../network/network.js'
import { DRAINED } from '../network/network.js'
import { type Address, anyAddress, type Family, type InetAddress } from '../posix/address.js'
import { POLLIN, POLLOUT } from '../posix/constants.js'
import type { Errno } from '../posix/errno.js'
import type { PumpChannel } from './channel.js'
import { applyToDatagrams, checkSetting } from './datagram-options.js'
import { type Datagram, nextDatagram, putDatagram } from './datagrams.js'
import { addressFromNode, errnoFromNode, hostForNode, lookupNumeric, ownAddressFromNode } from './from-node.js'
import type { Endpoint, PumpSide } from './pump.js'

/** How often another port is tried when somebody has taken the one that was found free. */
const PORT_TRIES = 8

/** A UDP socket of the guest's. Node's is made at the first bind or connect, since some options are fixed then. */
export class DatagramEndpoint implements Endpoint {
  readonly #id: number
  readonly #channel: PumpChannel
  readonly #pump: PumpSide
  readonly #family: Family
  readonly #settings: OptionSetting[] = []
  readonly #options = { reuseAddress: false, v6Only: false }
  #socket: dgram.Socket | undefined
  /** What was asked of bind; its port may be 0. */
  #asked: InetAddress | undefined
  #peer: InetAddress | undefined
  #inFlight = 0
  #whenSent: (() => void) | undefined

  constructor(id: number, channel: PumpChannel, pump: PumpSide, family: Family) {
    this.#id = id
    this.#channel = channel
    this.#pump = pump
    this.#family = family
  }

  bind(to: Address): void {
    this.#bindThen(to as InetAddress, (socket) => this.#done(socket))
  }

  connect(to: Address | undefined): void {
    const socket = this.#socket
    if (socket === undefined) {
      if (to === undefined) return this.#pump.report({ is: 'done', id: this.#id })
      return this.#bindThen(anyAddress(this.#family) as InetAddress, () => this.connect(to))
    }
    if (this.#peer !== undefined) socket.disconnect()
    this.#peer = undefined
    if (to === undefined || to.family === 'unix') this.#disconnected(socket)
    else this.#connectTo(socket, to, () => this.#done(socket, to))
  }

  set(setting: OptionSetting): void {
    if (setting.option in this.#options) Object.assign(this.#options, { [setting.option]: setting.value })
    else if (this.#socket !== undefined) applyToDatagrams(this.#socket, setting)
    else {
      checkSetting(setting)
      this.#settings.push(setting)
    }
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
    const closed = () => this.#pump.report({ is: 'closed', id: this.#id })
    const socket = this.#socket
    if (socket === undefined) return closed()
    this.#whenSent = () => {
      this.#whenSent = undefined
      this.#socket = undefined
      socket.close(closed)
    }
    this.service()
  }

  /**
   * Binds to an address. Linux forgets a port that was asked for as 0 when the socket is disconnected, and Node can change a peer
   * only by disconnecting; so the port that bind chose is bound again by its number.
   */
  #bindThen(to: InetAddress, then: (socket: dgram.Socket) => void, tries = PORT_TRIES): void {
    this.#asked = to
    this.#open(to, (socket) => {
      const { port } = socket.address()
      if (to.port !== 0) return this.#start(socket, then)
      socket.close(() => {
        const again = (error: Error) => (tries > 0 ? this.#bindThen(to, then, tries - 1) : this.#failed(error))
        this.#open({ ...to, port }, (fixed) => this.#start(fixed, then), again)
      })
    })
  }

  #open(to: InetAddress, opened: (socket: dgram.Socket) => void, failed = (error: Error) => this.#failed(error)): void {
    const { reuseAddress, v6Only } = this.#options
    const type = this.#family === 'inet6' ? 'udp6' : 'udp4'
    const socket = dgram.createSocket({
      type,
      reuseAddr: reuseAddress,
      ipv6Only: v6Only,
      lookup: lookupNumeric as never,
    })
    const refused = (error: Error) => {
      socket.close()
      failed(error)
    }
    socket.once('error', refused)
    socket.bind({ address: hostForNode(to), port: to.port, exclusive: true }, () => {
      socket.off('error', refused)
      opened(socket)
    })
  }

  #start(socket: dgram.Socket, then: (socket: dgram.Socket) => void): void {
    this.#socket = socket
    socket.on('error', (error) => this.#fail(error))
    socket.on('message', (data, { address, port }) => this.#received(data, addressFromNode(address, port)))
    for (const setting of this.#settings.splice(0)) this.#applyLate(socket, setting)
    then(socket)
  }

  /** What was set before the socket was bound. A refusal is a pending error then. */
  #applyLate(socket: dgram.Socket, setting: OptionSetting): void {
    try {
      applyToDatagrams(socket, setting)
    } catch (error) {
      this.#fail(error)
    }
  }

  fail(errno: Errno): void {
    this.#channel.fail(errno)
    this.#pump.doorbell.ring()
  }

  #received(data: Uint8Array, from: InetAddress): void {
    if (putDatagram(this.#channel.received, data, from)) this.#tell(POLLIN)
    // else it is lost, as where the system's own buffer is full
  }

  #connectTo(socket: dgram.Socket, to: InetAddress, then: () => void): void {
    socket.connect(to.port, hostForNode(to), (error?: Error) => {
      if (error) return this.#failed(error)
      this.#peer = to
      then()
    })
  }

  /** AF_UNSPEC: the guest sees what Linux says then, an address without a port where bind had chosen it. */
  #disconnected(socket: dgram.Socket): void {
    if (this.#asked?.port === 0) this.#pump.report({ is: 'done', id: this.#id, local: this.#asked })
    else this.#done(socket)
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
      else this.#sendTo(socket, address, (where) => socket.send(data, where.port, hostForNode(where), sent))
    } catch (error) {
      process.nextTick(sent, error)
    }
  }

  /** Node sends a connected socket's datagrams to its peer only, so for another one the peer is left for a moment. */
  #sendTo(socket: dgram.Socket, to: InetAddress, send: (to: InetAddress) => void): void {
    const peer = this.#peer
    if (peer !== undefined) socket.disconnect()
    send(to)
    if (peer !== undefined) this.#connectTo(socket, peer, () => {})
  }

  #done(socket: dgram.Socket, peer?: Address): void {
    this.#pump.report({ is: 'done', id: this.#id, local: ownAddressFromNode(socket.address()), ...(peer && { peer }) })
  }

  #failed(error: unknown): void {
    this.#pump.report({ is: 'failed', id: this.#id, errno: errnoFromNode(error) })
  }

  #fail(error: unknown): void {
    this.fail(errnoFromNode(error))
  }

  #tell(events: number): void {
    if (this.#channel.isWanted(events)) this.#pump.doorbell.ring()
  }
}
