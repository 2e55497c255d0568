import { confirmedOptions, DRAINED, type OptionSetting } from '../network/network.js'
import type { DatagramPort } from '../network/transport.js'
import type { Address, Family, InetAddress } from '../posix/address.js'
import { POLLIN, POLLOUT } from '../posix/constants.js'
import type { Errno } from '../posix/errno.js'
import type { PumpChannel } from './channel.js'
import { type Datagram, nextDatagram, putDatagram } from './datagrams.js'
import type { Endpoint, PumpSide } from './pump.js'

/** A UDP socket of the guest's. */
export class DatagramEndpoint implements Endpoint {
  readonly #id: number
  readonly #channel: PumpChannel
  readonly #pump: PumpSide
  readonly #port: DatagramPort
  #isBound = false
  #inFlight = 0
  #whenSent: (() => void) | undefined

  constructor(id: number, channel: PumpChannel, pump: PumpSide, family: Family) {
    this.#id = id
    this.#channel = channel
    this.#pump = pump
    this.#port = pump.transport.datagrams(family, {
      received: (data, from) => this.#received(data, from),
      error: (errno) => this.fail(errno),
    })
  }

  bind(to: Address): void {
    this.#port.bind(to as InetAddress, (errno) => this.#bound(errno))
  }

  connect(to: Address | undefined): void {
    const peer = to?.family === 'unix' ? undefined : to
    if (peer === undefined && !this.#isBound) return this.#pump.report({ is: 'done', id: this.#id })
    this.#port.connect(peer, (errno) => this.#bound(errno, peer))
  }

  set(setting: OptionSetting): void {
    this.#port.set(setting)
    if (confirmedOptions.has(setting.option)) this.#pump.report({ is: 'done', id: this.#id })
  }

  /** Sends what the guest has put into the ring. A record leaves the ring when it is taken or refused. */
  service(): void {
    const ring = this.#channel.sent
    this.#channel.unmarkQueued()
    if (!this.#isBound) return
    ring.feed()
    for (;;) {
      const datagram = nextDatagram(ring, this.#inFlight)
      if (datagram !== undefined) this.#send(datagram)
      else if (this.#inFlight > 0 || ring.starve()) break
    }
    if (this.#inFlight === 0) this.#whenSent?.()
  }

  close(): void {
    const closed = () => this.#pump.report({ is: 'closed', id: this.#id })
    if (!this.#isBound) return this.#port.close(closed)
    this.#whenSent = () => {
      this.#whenSent = undefined
      this.#isBound = false
      this.#port.close(closed)
    }
    this.service()
  }

  fail(errno: Errno): void {
    this.#channel.fail(errno)
    this.#channel.tellAll()
  }

  #received(data: Uint8Array, from: InetAddress): void {
    if (putDatagram(this.#channel.received, data, from)) this.#channel.tell(POLLIN)
    // else it is lost, as where the system's own buffer is full
  }

  #bound(errno: Errno | undefined, peer?: Address): void {
    if (errno !== undefined) return this.#pump.report({ is: 'failed', id: this.#id, errno })
    this.#isBound = true
    this.#pump.report({ is: 'done', id: this.#id, local: this.#port.local, ...(peer && { peer }) })
  }

  #send({ total, length, address, dataAt }: Datagram): void {
    const data = Buffer.alloc(length)
    this.#channel.sent.peek(data, this.#inFlight + dataAt)
    this.#inFlight += total
    this.#port.send(data, address?.family === 'unix' ? undefined : address, (errno) => {
      if (errno !== undefined) this.fail(errno)
      this.#inFlight -= total
      this.#channel.sent.consume(total)
      this.#channel.tell(POLLOUT | DRAINED)
      this.service()
    })
  }
}
