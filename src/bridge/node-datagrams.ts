import type dgram from 'node:dgram'
import type { AddressInfo } from 'node:net'
import { guardFor } from '../network/guard.js'
import type { OptionSetting } from '../network/network.js'
import type { DatagramPort, DatagramsTold } from '../network/transport.js'
import { type Address, anyAddress, type Family, type InetAddress } from '../posix/address.js'
import type { Errno } from '../posix/errno.js'
import { builtIn } from './built-in.js'
import { applyToDatagrams, checkSetting } from './datagram-options.js'
import { addressFromNode, errnoFromNode, hostForNode, lookupNumeric, ownAddressFromNode } from './from-node.js'
import { type Anywhere, anywhereAt } from './port-zero.js'

/** How often another port is tried when somebody has taken the one that was found free. */
const PORT_TRIES = 8

type Done = (errno?: Errno) => void

/** A UDP socket. Node's is made at the first bind or connect, since some options are fixed then. */
export class NodeDatagrams implements DatagramPort {
  readonly #family: Family
  readonly #told: DatagramsTold
  readonly #guard = guardFor((error) => this.#told.error(errnoFromNode(error)))
  readonly #settings: OptionSetting[] = []
  readonly #options = { reuseAddress: false, v6Only: false }
  #socket: dgram.Socket | undefined
  /** What was asked of bind; its port may be 0. */
  #asked: InetAddress | undefined
  #peer: InetAddress | undefined
  /** The same as the system writes it, once it was left for a moment. */
  #remote: AddressInfo | undefined
  /** The peer where its port is 0: Node's socket is not connected then. */
  #anywhere: Anywhere | undefined
  /** AF_UNSPEC: the guest sees what Linux says then, an address without a port where bind had chosen it. */
  #wasLeft = false
  #isClosed = false
  /** True while Node connects the socket, which can neither be left nor connected anew then; what was asked for meanwhile comes afterwards. */
  #isConnecting = false
  readonly #held: (() => void)[] = []

  constructor(family: Family, told: DatagramsTold) {
    this.#family = family
    this.#told = told
  }

  get local(): Address {
    if (this.#socket === undefined) return anyAddress(this.#family)
    if (this.#anywhere !== undefined) return this.#anywhere.local
    return this.#wasLeft && this.#asked?.port === 0 ? this.#asked : ownAddressFromNode(this.#socket.address())
  }

  bind(to: InetAddress, done: Done): void {
    this.#bindThen(to, () => done(), done)
  }

  connect(to: InetAddress | undefined, done: Done): void {
    const socket = this.#socket
    if (socket === undefined) {
      if (to === undefined) return done()
      return this.#bindThen(anyAddress(this.#family) as InetAddress, () => this.connect(to, done), done)
    }
    if (this.#isConnecting) return void this.#held.push(this.#guard(() => this.connect(to, done)))
    this.#leave(socket)
    this.#wasLeft = to === undefined
    if (to === undefined) done()
    else this.#connectTo(socket, to, done)
  }

  set(setting: OptionSetting): void {
    if (setting.option in this.#options) Object.assign(this.#options, { [setting.option]: setting.value })
    else if (this.#socket !== undefined) applyToDatagrams(this.#socket, setting)
    else {
      checkSetting(setting)
      this.#settings.push(setting)
    }
  }

  send(data: Uint8Array, to: InetAddress | undefined, done: Done): void {
    if (this.#isConnecting) return void this.#held.push(this.#guard(() => this.send(data, to, done)))
    const socket = this.#socket as dgram.Socket
    const sent = this.#guard((error: Error | null) => done(error === null ? undefined : errnoFromNode(error)))
    try {
      if (to === undefined && this.#anywhere !== undefined) this.#anywhere.send(sent)
      else if (to === undefined) socket.send(data, sent)
      else this.#leavingPeer(socket, () => socket.send(data, to.port, hostForNode(to), sent))
    } catch (error) {
      process.nextTick(sent, error)
    }
  }

  close(closed: () => void): void {
    const socket = this.#socket
    this.#isClosed = true
    this.#socket = undefined
    if (socket === undefined) closed()
    else socket.close(closed)
  }

  /**
   * Binds to an address. Linux forgets a port that was asked for as 0 when the socket is disconnected, and Node can change a peer
   * only by disconnecting; so the port that bind chose is bound again by its number.
   */
  #bindThen(to: InetAddress, then: () => void, failed: Done, tries = PORT_TRIES): void {
    this.#asked = to
    const refused = (error: unknown) => failed(errnoFromNode(error))
    const start = (socket: dgram.Socket) => {
      this.#start(socket)
      then()
    }
    this.#open(
      to,
      (socket) => {
        const { port } = socket.address()
        if (to.port !== 0) return start(socket)
        const again = (error: unknown) => (tries > 0 ? this.#bindThen(to, then, failed, tries - 1) : refused(error))
        const open = guardFor(refused)(() => this.#open({ ...to, port }, start, again))
        socket.close(open)
      },
      refused,
    )
  }

  #open(to: InetAddress, opened: (socket: dgram.Socket) => void, failed: (error: unknown) => void): void {
    const { reuseAddress, v6Only } = this.#options
    const type = this.#family === 'inet6' ? 'udp6' : 'udp4'
    const socket = builtIn('node:dgram').createSocket({
      type,
      reuseAddr: reuseAddress,
      ipv6Only: v6Only,
      lookup: lookupNumeric as never,
    })
    const guard = guardFor(failed)
    const refused = guard((error: unknown) => {
      socket.close()
      failed(error)
    })
    const bound = guard(() => {
      socket.off('error', refused)
      if (this.#isClosed) socket.close()
      else opened(socket)
    })
    socket.once('error', refused)
    socket.bind({ address: hostForNode(to), port: to.port, exclusive: true }, bound)
  }

  #start(socket: dgram.Socket): void {
    this.#socket = socket
    const received = this.#guard((data: Uint8Array, { address, port }: { address: string; port: number }) => {
      if (this.#isStranger(address, port)) return
      const from = addressFromNode(address, port)
      if (this.#anywhere?.hears(from) ?? true) this.#told.received(data, from)
    })
    const failed = this.#guard((error: unknown) => this.#told.error(errnoFromNode(error)))
    socket.on('error', failed).on('message', received)
    for (const setting of this.#settings.splice(0)) this.#applyLate(socket, setting)
  }

  /** Datagrams of others that came while the peer was left for a moment. */
  #isStranger(address: string, port: number): boolean {
    const remote = this.#remote
    return remote !== undefined && (address !== remote.address || port !== remote.port)
  }

  /** What was set before the socket was bound. A refusal is a pending error then. */
  #applyLate(socket: dgram.Socket, setting: OptionSetting): void {
    try {
      applyToDatagrams(socket, setting)
    } catch (error) {
      this.#told.error(errnoFromNode(error))
    }
  }

  /** Node takes no port 0. Connecting to another one finds the route, and what is sent from there. */
  #connectTo(socket: dgram.Socket, to: InetAddress, done: Done): void {
    const refused = (error: unknown) => done(errnoFromNode(error))
    const settled = guardFor(refused)((error?: Error) => {
      if (error) return refused(error)
      this.#peer = to
      if (to.port === 0) this.#anywhere = this.#connectAnywhere(socket, to)
      done()
    })
    const connected = (error?: Error) => {
      this.#isConnecting = false
      if (this.#isClosed) return
      settled(error)
      while (!this.#isConnecting && this.#held.length > 0) this.#held.shift()?.()
    }
    this.#isConnecting = true
    try {
      socket.connect(to.port || 1, hostForNode(to), connected)
    } catch (error) {
      connected(error as Error)
    }
  }

  #connectAnywhere(socket: dgram.Socket, to: InetAddress): Anywhere {
    const local = ownAddressFromNode(socket.address())
    socket.disconnect()
    return anywhereAt(to, local, (errno) => this.#told.error(errno))
  }

  #leave(socket: dgram.Socket): void {
    if (this.#peer !== undefined && this.#anywhere === undefined) socket.disconnect()
    this.#peer = undefined
    this.#remote = undefined
    this.#anywhere = undefined
  }

  /** Node sends a connected socket's datagrams to its peer only, so for another one the peer is left for a moment. */
  #leavingPeer(socket: dgram.Socket, send: () => void): void {
    const peer = this.#anywhere === undefined ? this.#peer : undefined
    if (peer === undefined) return send()
    this.#remote ??= socket.remoteAddress()
    socket.disconnect()
    send()
    socket.connect(peer.port, hostForNode(peer)) // a callback would be a listener until the next turn, of each datagram
  }
}
