import type { Duplex } from 'node:stream'
import type { Address } from '../../posix/address.js'
import { POLLERR, POLLHUP } from '../../posix/constants.js'
import { SysError } from '../../posix/errno.js'
import { type Handle, type Interest, isNews, type Network, type NetworkDriver, unnamed } from '../network.js'
import { AttachedEnd } from './attached-end.js'
import type { VirtualClock } from './clock.js'
import type { Connection } from './connection.js'
import type { DatagramEnd } from './datagram-end.js'
import type { VirtualHost } from './host.js'
import type { Lookup } from './names.js'
import { virtualOperations } from './operations.js'
import type { PipeEnd } from './pipe.js'
import { standstill } from './standstill.js'
import { StreamSocket } from './stream-socket.js'

export type Endpoint = StreamSocket | DatagramEnd | PipeEnd | Lookup

/** As many as the bridge has. */
const MOST_HANDLES = 65_536

/** The network of one guest on a host. */
export class VirtualDriver implements NetworkDriver {
  readonly network: Network
  readonly host: VirtualHost
  readonly #clock: VirtualClock
  readonly #endpoints: (Endpoint | undefined)[] = [undefined]
  readonly #free: Handle[] = []
  /** Closed, and perhaps not all sent yet. */
  readonly #lingering = new Set<Connection>()

  constructor(host: VirtualHost) {
    this.host = host
    this.#clock = host.around.wire.clock
    const operations = virtualOperations(this)
    this.network = (name, input) => {
      this.#clock.tick() // so that no guest can turn in a circle for ever
      this.#clock.catchUp()
      return operations[name](input)
    }
  }

  add(endpoint: Endpoint): Handle {
    const handle = this.#free.pop() ?? this.#endpoints.length
    if (handle >= MOST_HANDLES) throw new SysError('ENFILE')
    this.#endpoints[handle] = endpoint
    return handle
  }

  /** `EBADF` when there is none. */
  get(handle: Handle): Endpoint {
    const endpoint = this.#endpoints[handle]
    if (endpoint === undefined) throw new SysError('EBADF')
    return endpoint
  }

  /** Closes one, and forgets it. */
  remove(handle: Handle, abort: boolean): void {
    const endpoint = this.get(handle)
    this.#endpoints[handle] = undefined
    this.#free.push(handle)
    if (!(endpoint instanceof StreamSocket)) {
      if (endpoint.is !== 'lookup') endpoint.close()
      return
    }
    const { connection } = endpoint
    endpoint.close(abort)
    if (connection !== undefined) this.#linger(connection)
  }

  /** What of all that is asked for holds now. */
  look(on: readonly Interest[]): Interest[] {
    return on.flatMap((interest) => holding(this.#endpoints[interest.handle], interest) ?? [])
  }

  /** Lets the clock go on until one of the conditions holds or time has run out. */
  wait(on: readonly Interest[], timeoutMs: number): Interest[] {
    const untilMs = this.#clock.in(timeoutMs)
    for (;;) {
      const found = this.look(on)
      if (found.length > 0 || this.#clock.nowMs >= untilMs) return found
      if (!this.#clock.step(untilMs) && untilMs === Number.POSITIVE_INFINITY) throw standstill(this.host.name)
    }
  }

  /** What comes by the stream comes as the event loop turns: not while a guest blocks this thread. */
  attach(stream: Duplex, { local = unnamed, peer = unnamed }: { local?: Address; peer?: Address } = {}): Handle {
    return this.add(StreamSocket.over(this.host, local.family, { end: new AttachedEnd(stream), local, peer }))
  }

  /** The clock goes on meanwhile. */
  async close(lingerMs = 5000): Promise<void> {
    for (const handle of this.#endpoints.keys()) if (this.#endpoints[handle] !== undefined) this.remove(handle, false)
    const untilMs = this.#clock.in(lingerMs)
    while ([...this.#lingering].some(({ isSettled }) => !isSettled) && this.#clock.step(untilMs));
    for (const connection of this.#lingering) if (!connection.isSettled) connection.close(true)
    this.#lingering.clear()
  }

  #linger(connection: Connection): void {
    this.#lingering.add(connection)
    connection.onChange = () => {
      if (connection.isSettled) this.#lingering.delete(connection)
    }
    connection.onChange()
  }
}

/** What of an interest holds, or undefined for nothing: so, or with a mark what is new. */
function holding(endpoint: Endpoint | undefined, interest: Interest): Interest | undefined {
  const { handle, events, since, tag } = interest
  const mark = since === undefined ? undefined : (endpoint?.mark ?? { receiving: 0, sending: 0 })
  if (since !== undefined && mark !== undefined && !isNews(events, since, mark)) return undefined
  const holds = endpoint === undefined ? POLLERR & events : endpoint.conditions & (events | POLLERR | POLLHUP)
  if (holds === 0) return undefined
  if (mark !== undefined) return { handle, events: holds, since: mark, tag }
  return tag === undefined ? { handle, events: holds } : { handle, events: holds, tag }
}
