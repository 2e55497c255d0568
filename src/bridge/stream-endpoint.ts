import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import type { Duplex } from 'node:stream'
import type { OptionSetting } from '../network/network.js'
import type { Address, Family } from '../posix/address.js'
import type { Errno } from '../posix/errno.js'
import type { PumpChannel } from './channel.js'
import { addressFromNode, errnoFromNode, hostForNode, lookupNumeric, ownAddressFromNode } from './from-node.js'
import type { Endpoint, PumpSide } from './pump.js'
import { reset, StreamPump } from './stream-pump.js'

/** How many connections wait for the guest at the least, whatever backlog it asked for: POSIX calls the number a hint. */
const LEAST_BACKLOG = 128
/** Linux's own limit, `somaxconn`. */
const MOST_BACKLOG = 4096

/**
 * What a stream socket has become. Node cannot bind without choosing between listening and connecting, so a bound socket listens
 * already, quietly: it refuses whoever comes, has its port, and gives it up again should the guest connect instead.
 */
type Role =
  | { is: 'fresh' }
  | { is: 'bound'; server: net.Server; local: Address }
  | { is: 'listening'; server: net.Server; backlog: number }
  | { is: 'connecting'; socket: net.Socket }
  | { is: 'connected'; pump: StreamPump; stream: Duplex }
  | { is: 'closed' }

interface StreamOptions {
  noDelay: boolean
  keepAlive: boolean
  keepIdle: number
  v6Only: boolean
}

/** A stream socket of the guest's: TCP, or a local one. */
export class StreamEndpoint implements Endpoint {
  readonly #id: number
  readonly #channel: PumpChannel
  readonly #pump: PumpSide
  readonly #family: Family
  readonly #options: StreamOptions = { noDelay: false, keepAlive: false, keepIdle: 7200, v6Only: false }
  #role: Role = { is: 'fresh' }
  #waiting = 0

  constructor(id: number, channel: PumpChannel, pump: PumpSide, family: Family) {
    this.#id = id
    this.#channel = channel
    this.#pump = pump
    this.#family = family
  }

  /** The endpoint of a connection that is there already. */
  static connected(id: number, channel: PumpChannel, pump: PumpSide, stream: Duplex): StreamEndpoint {
    const endpoint = new StreamEndpoint(id, channel, pump, 'inet')
    const streamPump = new StreamPump(channel, pump.doorbell)
    endpoint.#role = { is: 'connected', pump: streamPump, stream }
    streamPump.start(stream, { readsIntoRing: false })
    return endpoint
  }

  service(): void {
    if (this.#role.is === 'connected') this.#role.pump.service()
    else this.#channel.unmarkQueued()
  }

  bind(to: Address): void {
    this.#serve(to, (server, local) => {
      this.#role = { is: 'bound', server, local }
      this.#pump.quiet.add(local)
      return { local }
    })
  }

  listen(backlog: number): void {
    const most = Math.min(MOST_BACKLOG, Math.max(LEAST_BACKLOG, backlog))
    if (this.#role.is === 'bound' || this.#role.is === 'listening') {
      this.#speakUp(this.#role)
      this.#role = { is: 'listening', server: this.#role.server, backlog: most }
      this.#pump.report({ is: 'done', id: this.#id })
      return
    }
    const any: Address =
      this.#family === 'inet6'
        ? { family: 'inet6', host: '::', port: 0, scope: 0 }
        : { family: 'inet', host: '0.0.0.0', port: 0 }
    this.#serve(any, (server, local) => {
      this.#role = { is: 'listening', server, backlog: most }
      return { local }
    })
  }

  connect(to: Address | undefined): void {
    const role = this.#role
    if (to === undefined || (role.is !== 'fresh' && role.is !== 'bound')) return
    if ([...this.#pump.quiet].some((address) => reaches(to, address)))
      return this.#pump.report({ is: 'failed', id: this.#id, errno: 'ECONNREFUSED' })
    if (role.is === 'fresh') return this.#dial(to, undefined)
    this.#speakUp(role)
    this.#role = { is: 'fresh' }
    closeServer(role.server, () => this.#role.is !== 'closed' && this.#dial(to, role.local))
  }

  set({ option, value }: OptionSetting): void {
    if (option in this.#options) Object.assign(this.#options, { [option]: value })
    if (this.#role.is === 'connected') this.#applyTo(this.#role.stream, option)
  }

  close(abort: boolean): void {
    const role = this.#role
    const closed = () => this.#pump.report({ is: 'closed', id: this.#id })
    this.#role = { is: 'closed' }
    if (role.is === 'connected') role.pump.close(abort, closed)
    else if (role.is === 'bound' || role.is === 'listening') {
      this.#speakUp(role)
      closeServer(role.server, closed)
    } else if (role.is !== 'closed') closed()
    if (role.is === 'connecting') role.socket.destroy()
  }

  /** A bound address is not quiet any more. */
  #speakUp(role: Role): void {
    if (role.is === 'bound') this.#pump.quiet.delete(role.local)
  }

  #serve(to: Address, became: (server: net.Server, local: Address) => { local: Address }): void {
    const server = net.createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => this.#welcome(socket))
    const failed = (error: Error) => this.#pump.report({ is: 'failed', id: this.#id, errno: bindErrno(error, to) })
    server.once('error', failed)
    const where =
      to.family === 'unix'
        ? { path: to.path }
        : { host: hostForNode(to), port: to.port, ipv6Only: this.#options.v6Only, backlog: MOST_BACKLOG }
    server.listen({ ...where, exclusive: true }, () => {
      if (this.#role.is === 'closed') return closeServer(server)
      server.off('error', failed)
      server.on('error', () => {}) // accepting failed for want of descriptors: the connection stays with the system
      this.#pump.report({ is: 'done', id: this.#id, ...became(server, ownAddressFromNode(server.address())) })
    })
  }

  #welcome(socket: net.Socket): void {
    const role = this.#role
    if (role.is !== 'listening' || this.#waiting >= role.backlog) return reset(socket)
    socket.on('error', () => {}) // until it is adopted; the guest finds out when it reads
    this.#inherit(socket)
    this.#waiting++
    this.#pump.offer(this.#id, socket, this.#namesOf(socket), () => this.#waiting--)
  }

  #dial(to: Address, from: Address | undefined): void {
    const streamPump = new StreamPump(this.#channel, this.#pump.doorbell)
    const bound =
      from === undefined || from.family === 'unix' ? {} : { localAddress: hostForNode(from), localPort: from.port }
    const common = { allowHalfOpen: true, onread: streamPump.onread }
    const socket =
      to.family === 'unix'
        ? net.connect({ ...common, path: to.path })
        : net.connect({
            ...common,
            ...bound,
            host: hostForNode(to),
            port: to.port,
            autoSelectFamily: false,
            lookup: lookupNumeric as net.LookupFunction,
          })
    const refused = (error: Error) => {
      if (this.#role.is !== 'connecting') return
      this.#role = { is: 'fresh' }
      this.#pump.report({ is: 'failed', id: this.#id, errno: errnoFromNode(error) })
    }
    socket.once('error', refused)
    socket.once('connect', () => {
      if (this.#role.is !== 'connecting') return
      socket.off('error', refused)
      this.#role = { is: 'connected', pump: streamPump, stream: socket }
      this.#inherit(socket)
      streamPump.start(socket, { readsIntoRing: true })
      const names = this.#namesOf(socket)
      this.#pump.report({ is: 'done', id: this.#id, ...names, ...(to.family === 'unix' && { peer: to }) })
    })
    this.#role = { is: 'connecting', socket }
  }

  #inherit(socket: net.Socket): void {
    for (const option of ['noDelay', 'keepAlive'] as const) if (this.#options[option]) this.#applyTo(socket, option)
  }

  #applyTo(stream: Duplex, option: string): void {
    if (!(stream instanceof net.Socket)) return
    if (option === 'noDelay') stream.setNoDelay(this.#options.noDelay)
    if (option === 'keepAlive' || option === 'keepIdle')
      stream.setKeepAlive(this.#options.keepAlive, this.#options.keepIdle * 1000)
  }

  #namesOf(socket: net.Socket): { local: Address; peer: Address } {
    const { localAddress, localPort, remoteAddress, remotePort } = socket
    if (this.#family === 'unix' || localAddress === undefined)
      return { local: { family: 'unix', path: '' }, peer: { family: 'unix', path: '' } }
    return {
      local: addressFromNode(localAddress, localPort ?? 0),
      peer: addressFromNode(remoteAddress ?? localAddress, remotePort ?? 0),
    }
  }
}

/** True when connecting to `to` leads to what is bound at `address`. */
function reaches(to: Address, address: Address): boolean {
  if (to.family === 'unix' || address.family === 'unix')
    return to.family === 'unix' && address.family === 'unix' && to.path === address.path
  return to.port === address.port && (isWildcard(address.host) || isWildcard(to.host) || to.host === address.host)
}

function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::'
}

/** libuv says EACCES where a local socket's folder does not exist; bind(2) says ENOENT. */
function bindErrno(error: unknown, to: Address): Errno {
  const errno = errnoFromNode(error)
  const isLost = errno === 'EACCES' && to.family === 'unix' && !fs.existsSync(path.dirname(to.path))
  return isLost ? 'ENOENT' : errno
}

/** Closes a server. A local socket's file stays, as unlink(2) is the program's to call; Node would remove it, so it steps aside meanwhile. */
function closeServer(server: net.Server, closed?: () => void): void {
  const name = server.address()
  const isFile = typeof name === 'string' && !name.startsWith('\0')
  const aside = `${name}.${process.pid}`
  const moved = isFile && renamed(name, aside)
  server.close(closed)
  if (moved) renamed(aside, name)
}

function renamed(from: string, to: string): boolean {
  try {
    fs.renameSync(from, to)
    return true
  } catch {
    return false // the program has removed the file itself
  }
}
