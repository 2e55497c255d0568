import type { Duplex } from 'node:stream'
import { claim } from '../embedder/claim.js'
import {
  DONE,
  type Network,
  type NetworkDriver,
  type SocketType,
  type TlsRequest,
  type TlsState,
} from '../network/network.js'
import { type Address, type Family, isMapped } from '../posix/address.js'
import { MSG_ERRQUEUE, MSG_FASTOPEN, MSG_OOB, POLLIN } from '../posix/constants.js'
import { SysError } from '../posix/errno.js'
import type { World } from '../posix/world.js'
import { type Blocking, type MaybeBlocking, onceDone, triedOnce, untilDone } from './blocking.js'
import { connectDatagram, type Received, receiveDatagram, sendDatagram } from './datagram-calls.js'
import { type DescriptorFlags, Descriptors } from './descriptors.js'
import { type AddressRequest, type FoundAddress, getaddrinfo } from './getaddrinfo.js'
import { type FoundName, getnameinfo, indexOfInterface, type NameRequest, nameOfInterface } from './getnameinfo.js'
import { acceptPatience, alwaysPatient, inherit, type OpenSocket, openSocket } from './open-socket.js'
import { getOption, type OptionName, type OptionValue, setOption } from './options.js'
import { connectStream, isConnected, isOver, receiveBytes, sendBytes } from './stream-calls.js'
import { startTls } from './tls.js'
import { receiveUrgent, sendUrgent } from './urgent.js'

export interface SocketsOptions {
  /** Where the sockets live: a driver, or a bare network. */
  readonly network: NetworkDriver | Network
  readonly world: World
  /** The most descriptors, RLIMIT_NOFILE. Default 1024. */
  readonly descriptors?: number
  /** The lowest descriptor given to a socket. Default 3. */
  readonly firstFd?: number
  /** Called when a socket begins to listen. */
  readonly onListen?: ((listener: Listener) => void) | undefined
}

/** A socket that listens, and where. */
export interface Listener {
  readonly fd: number
  readonly address: Address
}

/** A connection that was accepted. */
export interface Accepted {
  readonly fd: number
  readonly peer: Address
}

export interface SocketRequest extends DescriptorFlags {
  readonly family: Family
  readonly type: SocketType
}

/** The longest queue of a listener. Linux takes the backlog for a number without a sign, so -1 asks for this. */
const SOMAXCONN = 4096

/**
 * POSIX sockets over a `Network`: an fd table and the calls on it. A call that fails throws a `SysError` with Linux's errno. Calls
 * that may block are generators of their waits, and those that seldom do answer one only when they have to wait; `run` carries
 * either out on this thread.
 */
export class Sockets extends Descriptors {
  readonly #driver: NetworkDriver | undefined
  readonly #onListen: SocketsOptions['onListen']

  constructor({ network, world, descriptors = 1024, firstFd = 3, onListen }: SocketsOptions) {
    super(typeof network === 'function' ? network : network.network, world, { limit: descriptors, first: firstFd })
    this.#driver = typeof network === 'function' ? undefined : network
    this.#onListen = onListen
  }

  /** Gives the guest a connection of the host's own; answers its descriptor. The stream is the shim's from then on. */
  attach(stream: Duplex): number {
    if (this.#driver === undefined) throw new Error('this network cannot take in streams of the host')
    this.table.ensureRoom()
    claim(stream)
    return this.adopt(this.#driver.attach(stream))
  }

  /** Gives a connection of the network's a descriptor. */
  adopt(handle: number, family: Family = 'unix'): number {
    const socket = openSocket(handle, family, 'stream')
    socket.state = 'connected'
    return this.table.add(socket)
  }

  /** Closes every descriptor, as the end of a process does, and releases the network; resolves when all that was sent is out. */
  async end(lingerMs?: number): Promise<void> {
    try {
      for (const [fd] of [...this.table]) this.release(fd)
    } finally {
      await this.#driver?.close(lingerMs)
    }
  }

  /** The socket of a descriptor: `EBADF` where nothing is open, `ENOTSOCK` for a file. */
  socketOf(fd: number): OpenSocket {
    const open = this.table.get(fd)
    if (open.is !== 'socket') throw new SysError('ENOTSOCK')
    return open
  }

  isSocket(fd: number): boolean {
    return this.table.has(fd) && this.table.get(fd).is === 'socket'
  }

  socket({ family, type, nonBlocking, closeOnExec = false }: SocketRequest): number {
    this.table.ensureRoom()
    const socket = openSocket(this.network('open', { family, type }), family, type)
    socket.nonBlocking = nonBlocking
    return this.table.add(socket, { closeOnExec })
  }

  socketpair({ family, type, nonBlocking, closeOnExec = false }: SocketRequest): [number, number] {
    if (family !== 'unix') throw new SysError('EOPNOTSUPP')
    this.table.ensureRoom(2)
    const [one, two] = this.network('pair', { type }).map((handle) => {
      const socket = openSocket(handle, 'unix', type)
      socket.state = 'connected'
      socket.nonBlocking = nonBlocking
      return this.table.add(socket, { closeOnExec })
    })
    return [one as number, two as number]
  }

  *bind(fd: number, to: Address): Blocking<void> {
    const socket = this.socketOf(fd)
    if (to.family !== socket.family) throw new SysError('EAFNOSUPPORT')
    const { handle, state } = socket
    const isAgain = state !== 'fresh'
    // Of a local socket the file system is asked first: a path that is taken is EADDRINUSE, whatever the socket is.
    if (isAgain && to.family !== 'unix') throw new SysError('EINVAL')
    if (this.#isForOtherStack(socket, to) || isUnnamed(to)) throw new SysError('EINVAL')
    yield* untilDone(alwaysPatient(this.ground, socket, DONE), () => this.network('bind', { handle, to }))
    if (!isAgain) socket.state = 'bound'
  }

  *listen(fd: number, backlog: number): Blocking<void> {
    const socket = this.socketOf(fd)
    if (socket.type !== 'stream') throw new SysError('EOPNOTSUPP')
    if (socket.state === 'connecting' || socket.state === 'connected') throw new SysError('EINVAL')
    if (socket.state === 'fresh' && socket.family === 'unix') throw new SysError('EINVAL')
    const input = { handle: socket.handle, backlog: Math.min(backlog >>> 0, SOMAXCONN) }
    yield* untilDone(alwaysPatient(this.ground, socket, DONE), () => this.network('listen', input))
    socket.state = 'listening'
    this.#onListen?.({ fd, address: this.getsockname(fd) })
  }

  accept(fd: number, { nonBlocking, closeOnExec = false }: DescriptorFlags): MaybeBlocking<Accepted> {
    const listener = this.socketOf(fd)
    if (listener.type !== 'stream') throw new SysError('EOPNOTSUPP')
    if (listener.state !== 'listening') throw new SysError('EINVAL')
    this.table.ensureRoom()
    const patience = acceptPatience(this.ground, listener, POLLIN)
    const accepting = triedOnce(patience, () => this.network('accept', { handle: listener.handle }))
    return onceDone(accepting, ({ handle, peer }) => {
      const accepted = openSocket(handle, listener.family, 'stream')
      accepted.state = 'connected'
      accepted.nonBlocking = nonBlocking
      if (listener.family !== 'unix') inherit(accepted, listener)
      return { fd: this.table.add(accepted, { closeOnExec }), peer }
    })
  }

  /** `undefined` is AF_UNSPEC: a datagram socket has no peer any more. */
  *connect(fd: number, to: Address | undefined): Blocking<void> {
    const socket = this.socketOf(fd)
    if (to !== undefined && to.family !== socket.family) throw new SysError('EAFNOSUPPORT')
    if (this.#isForOtherStack(socket, to)) throw new SysError('ENETUNREACH')
    if (to !== undefined && isUnnamed(to)) throw new SysError('EINVAL')
    if (socket.type === 'dgram') yield* connectDatagram(this.ground, socket, to)
    else if (to !== undefined) yield* connectStream(this.ground, socket, to)
    else if (socket.family === 'unix') throw new SysError('EINVAL')
    else if (socket.state !== 'fresh') this.#renew(socket)
  }

  send(fd: number, data: Uint8Array, flags: number, to?: Address): MaybeBlocking<number> {
    const socket = this.socketOf(fd)
    if ((flags & MSG_OOB) !== 0) return sendUrgent(this.ground, socket, data, flags)
    if ((flags & MSG_FASTOPEN) !== 0 && socket.type === 'stream') throw new SysError('EOPNOTSUPP')
    if (socket.type === 'dgram') return sendDatagram(this.ground, socket, { data, flags, to })
    if (to !== undefined && socket.family === 'unix')
      throw new SysError(socket.state === 'connected' ? 'EISCONN' : 'EOPNOTSUPP')
    return sendBytes(this.ground, socket, data, flags)
  }

  /** Bytes of a stream, or a datagram with whom it is from. `length` is what recv answers. */
  receive(fd: number, into: Uint8Array, flags: number): MaybeBlocking<Received> {
    const socket = this.socketOf(fd)
    if ((flags & MSG_ERRQUEUE) !== 0) throw new SysError('EAGAIN') // no errors are queued
    if ((flags & MSG_OOB) !== 0 && socket.type === 'stream')
      return { length: receiveUrgent(this.ground, socket, into, flags), truncated: false }
    if (socket.type === 'dgram') return receiveDatagram(this.ground, socket, into, flags)
    return onceDone(receiveBytes(this.ground, socket, into, flags), (length) => ({ length, truncated: false }))
  }

  startTls(fd: number, request: TlsRequest): Blocking<void> {
    return startTls(this.ground, this.socketOf(fd), request)
  }

  tlsState(fd: number): TlsState {
    return this.network('tlsState', { handle: this.socketOf(fd).handle })
  }

  *shutdown(fd: number, how: 'read' | 'write' | 'both'): Blocking<void> {
    const socket = this.socketOf(fd)
    const { handle } = socket
    if (socket.state === 'listening') {
      if (how !== 'write') this.#renew(socket)
      return
    }
    if (socket.family !== 'unix' || socket.state !== 'connected') this.#ensureConnected(socket)
    if (how !== 'write') {
      this.network('shutdown', { handle, end: 'read' })
      socket.readShut = true
    }
    if (how === 'read' || socket.writeShut) return
    socket.writeShut = true
    this.network('shutdown', { handle, end: 'write' })
  }

  getsockname(fd: number): Address {
    return this.network('localName', { handle: this.socketOf(fd).handle })
  }

  /** Whom recvfrom names as the sender of a stream's bytes: for TCP nobody, for a local stream a peer that is bound. */
  senderOf(fd: number): Address | undefined {
    const socket = this.socketOf(fd)
    if (socket.family !== 'unix' || socket.type !== 'stream' || socket.state !== 'connected') return undefined
    const peer = this.network('peerName', { handle: socket.handle })
    return isUnnamed(peer) ? undefined : peer
  }

  getpeername(fd: number): Address {
    const socket = this.socketOf(fd)
    this.#ensureConnected(socket)
    const peer = this.network('peerName', { handle: socket.handle })
    if (peer.family !== 'unix' && peer.port === 0) throw new SysError('ENOTCONN') // Linux: connected to any port
    return peer
  }

  getsockopt(fd: number, option: OptionName): OptionValue {
    return getOption(this.network, this.socketOf(fd), option)
  }

  *setsockopt(fd: number, option: OptionName, value: OptionValue): Blocking<void> {
    yield* setOption(this.ground, this.socketOf(fd), option, value)
  }

  getaddrinfo(request: AddressRequest): Blocking<FoundAddress[]> {
    return getaddrinfo(this.ground, request)
  }

  /** Throws an `AddressInfoError`, as getaddrinfo does. */
  getnameinfo(request: NameRequest): Blocking<FoundName> {
    return getnameinfo(this.ground, request)
  }

  ifNameToIndex(name: string): number {
    return indexOfInterface(this.ground, name)
  }

  ifIndexToName(index: number): string {
    return nameOfInterface(this.ground, index)
  }

  gethostname(): string {
    return this.network('hostname', {})
  }

  /** ipv6(7): a socket with IPV6_V6ONLY has nothing to do with IPv4, however it is written. */
  #isForOtherStack({ handle, family }: OpenSocket, to: Address | undefined): boolean {
    if (family !== 'inet6' || to?.family !== 'inet6' || !isMapped(to.host)) return false
    return this.network('getOption', { handle, option: 'v6Only' }) === true
  }

  /** `ENOTCONN` unless there is a peer. A connection that was made meanwhile counts, whether the guest has asked again or not. */
  #ensureConnected(socket: OpenSocket): void {
    const isMade = socket.state === 'connected' || (socket.state === 'connecting' && isConnected(this.network, socket))
    if (!isMade || (socket.type === 'stream' && isOver(this.network, socket))) throw new SysError('ENOTCONN')
  }

  /** Makes a stream socket a new one, keeping its descriptor: what shutdown does to a listener, and AF_UNSPEC to a connection. */
  #renew(socket: OpenSocket): void {
    const { handle, state } = socket
    socket.handle = this.network('open', { family: socket.family, type: 'stream' }) // first: another handle than before
    socket.state = 'fresh'
    socket.tls = 'none'
    this.network('close', { handle, abort: state === 'connected' }) // whatever waits for it ends
    for (const watcher of socket.watchers ?? []) watcher.changed()
  }
}

/** A local address of nothing but its family. Linux would choose an abstract name to bind to; there is no such choice here. */
function isUnnamed(address: Address): boolean {
  return address.family === 'unix' && address.path === ''
}
