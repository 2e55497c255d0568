import { type Address, anyAddress, type Family } from '../../posix/address.js'
import { POLLERR, POLLHUP, POLLIN, POLLOUT, POLLRDHUP } from '../../posix/constants.js'
import { type Errno, SysError } from '../../posix/errno.js'
import { DONE, type Events, type Mark, type Options } from '../network.js'
import { addressIn, type Place, plainHost } from './addresses.js'
import { Connection } from './connection.js'
import { dial } from './dial.js'
import type { Call, StreamBinding, VirtualHost } from './host.js'
import type { StreamEnd } from './stream-end.js'

/** Linux's somaxconn. */
const MOST_BACKLOG = 4096

interface Waiting {
  readonly end: Connection
  readonly local: Address
  readonly peer: Address
}

type State =
  | { is: 'fresh' }
  | { is: 'listening'; queue: Waiting[]; backlog: number; arrived: number }
  | { is: 'connecting'; end: Connection }
  | { is: 'failed'; errno: Errno | undefined }
  | { is: 'connected'; end: StreamEnd }
const phases: Record<State['is'], number> = { fresh: 0, listening: 1, connecting: 1, connected: 2, failed: 3 }

/** A stream socket of a guest's: TCP, or a local one whose name is the host's. */
export class StreamSocket {
  readonly is = 'stream'
  readonly family: Family
  readonly options: Partial<Options> = {}
  local: Address
  peer: Address | undefined
  readonly #host: VirtualHost
  #binding: StreamBinding | undefined
  #path: string | undefined
  #state: State = { is: 'fresh' }

  constructor(host: VirtualHost, family: Family) {
    this.#host = host
    this.family = family
    this.local = anyAddress(family)
  }

  /** A socket that is connected from the start. */
  static over(
    host: VirtualHost,
    family: Family,
    { end, local, peer }: { end: StreamEnd; local: Address; peer: Address },
  ): StreamSocket {
    const socket = new StreamSocket(host, family)
    socket.#state = { is: 'connected', end }
    socket.local = local
    socket.peer = peer
    return socket
  }

  /** What is connected; `ENOTCONN` for nothing. */
  get end(): StreamEnd {
    if (this.#state.is !== 'connected') throw new SysError('ENOTCONN')
    return this.#state.end
  }

  get isConnected(): boolean {
    return this.#state.is === 'connected'
  }

  /** A connection that may still have something to send. */
  get connection(): Connection | undefined {
    return this.#state.is === 'connected' && this.#state.end instanceof Connection ? this.#state.end : undefined
  }

  bind(to: Address): void {
    if (to.family === 'unix') {
      if (this.#host.paths.has(to.path)) throw new SysError('EADDRINUSE')
      if (this.#path !== undefined) throw new SysError('EINVAL')
      this.#path = to.path
      this.#host.paths.set(to.path, undefined)
      this.local = to
    } else this.#bindTo({ host: plainHost(to.host), port: to.port })
  }

  listen(backlog: number): void {
    const most = Math.min(MOST_BACKLOG, backlog)
    if (this.#state.is === 'listening') {
      this.#state.backlog = most
      return
    }
    const listener = (call: Call) => this.#welcome(call)
    if (this.#path !== undefined) this.#host.paths.set(this.#path, listener)
    else {
      if (this.#binding === undefined) this.bind(anyAddress(this.family))
      const binding = this.#binding as StreamBinding
      if (this.#host.streams.isTaken(binding, (other) => other.listener !== undefined)) throw new SysError('EADDRINUSE')
      binding.listener = listener
    }
    this.#state = { is: 'listening', queue: [], backlog: most, arrived: 0 }
  }

  /** The oldest connection waiting. */
  accept(): StreamSocket | undefined {
    if (this.#state.is !== 'listening') throw new SysError('EINVAL')
    const next = this.#state.queue.shift()
    if (next === undefined) return undefined
    const socket = StreamSocket.over(this.#host, this.family, next)
    Object.assign(socket.options, this.options)
    return socket
  }

  /** Starts connecting, or tells how it went: true when it is done, false while it is not. */
  connect(to: Address): boolean {
    if (this.#state.is === 'fresh') this.#call(to)
    const state = this.#state
    if (state.is === 'connected') return true
    if (state.is !== 'failed') return false
    this.#state = { is: 'fresh' }
    throw new SysError(state.errno ?? 'ECONNABORTED')
  }

  takeError(): Errno | undefined {
    const state = this.#state
    if (state.is === 'connected') return state.end.takeError()
    if (state.is !== 'failed') return undefined
    const { errno } = state
    state.errno = undefined
    return errno
  }

  close(abort: boolean): void {
    const state = this.#state
    this.#release()
    this.#state = { is: 'fresh' }
    if (state.is === 'connected') state.end.close(abort)
    else if (state.is === 'connecting') state.end.close(true)
    else if (state.is === 'listening') for (const { end } of state.queue) end.close(true)
  }

  /** What tcp_poll of Linux says. */
  get conditions(): Events {
    const state = this.#state
    if (state.is === 'connected') return DONE | state.end.conditions
    if (state.is === 'listening') return DONE | (state.queue.length > 0 ? POLLIN : 0)
    if (state.is === 'fresh') return DONE | POLLOUT | POLLHUP
    if (state.is === 'connecting') return 0
    return POLLIN | POLLOUT | POLLHUP | POLLRDHUP | (state.errno === undefined ? 0 : POLLERR)
  }

  get mark(): Mark {
    const state = this.#state
    const phase = phases[state.is]
    if (state.is === 'connected')
      return { receiving: state.end.receivings + phase, sending: state.end.sendings + phase }
    return { receiving: phase + (state.is === 'listening' ? state.arrived : 0), sending: phase }
  }

  #bindTo(place: Place): void {
    const { streams } = this.#host
    this.#host.ensureOwn(place.host)
    const { v6Only = false, reuseAddress = false } = this.options
    const asked = { ...place, v6Only, reuse: reuseAddress, listener: undefined }
    this.#binding = { ...asked, port: streams.choose(asked) }
    streams.add(this.#binding)
    this.local = addressIn(this.family, this.#binding)
  }

  #call(to: Address): void {
    const host = this.#host
    const end = new Connection(host.around.wire, host)
    const before = { binding: this.#binding, local: this.local }
    if (to.family === 'unix') {
      if (!host.paths.has(to.path)) throw new SysError(to.path.startsWith('\0') ? 'ECONNREFUSED' : 'ENOENT')
      const nowhere = { host: '', port: 0 }
      const listener = () => host.paths.get(to.path)
      dial(end, { from: host, to: host, local: nowhere, remote: nowhere, listener })
    } else this.#callHost(end, { host: plainHost(to.host), port: to.port })
    this.#state = { is: 'connecting', end }
    end.onConnect = (errno) => {
      if (this.#state.is !== 'connecting') return
      this.#state = errno === undefined ? { is: 'connected', end } : { is: 'failed', errno }
      if (errno !== undefined) this.#unbind(before)
      else if (to.family === 'unix') this.peer = to
    }
  }

  #callHost(end: Connection, to: Place): void {
    const host = this.#host
    const bound = this.#binding
    const route = host.route(to.host, bound?.host ?? (to.host.includes(':') ? '::' : '0.0.0.0'))
    if (bound === undefined) this.#bindTo({ host: route.source, port: 0 })
    const { port } = this.#binding as StreamBinding
    const [local, remote] = [
      { host: route.source, port },
      { host: route.to, port: to.port },
    ]
    this.local = addressIn(this.family, local)
    this.peer = addressIn(this.family, remote)
    dial(end, {
      from: host,
      to: route.host,
      local,
      remote,
      listener: () => route.host.streams.reached(remote).find((each) => each.listener)?.listener,
    })
  }

  /** Who could not connect is bound as before, and can try elsewhere. */
  #unbind({ binding, local }: { binding: StreamBinding | undefined; local: Address }): void {
    if (this.#binding !== undefined && this.#binding !== binding) this.#host.streams.remove(this.#binding)
    this.#binding = binding
    this.local = local
    this.peer = undefined
  }

  #welcome({ client, from, to }: Call): Connection | undefined {
    const state = this.#state
    if (state.is !== 'listening' || state.queue.length > state.backlog) return undefined
    const end = Connection.answering(client, this.#host.around.wire, this.#host)
    const unix = this.family === 'unix'
    const local = unix ? this.local : addressIn(this.family, to)
    const peer: Address = unix ? { family: 'unix', path: '' } : addressIn(this.family, from)
    state.queue.push({ end, local, peer })
    state.arrived++
    return end
  }

  #release(): void {
    if (this.#binding !== undefined) this.#host.streams.remove(this.#binding)
    if (this.#path !== undefined) this.#host.paths.delete(this.#path)
  }
}
