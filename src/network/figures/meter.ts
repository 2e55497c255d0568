import type { Address } from '../../posix/address.js'
import { type Errno, SysError } from '../../posix/errno.js'
import type { Handle, Interest } from '../network.js'
import type { MaybePromise } from '../when-done.js'
import {
  addTraffic,
  type Counted,
  type CountedConnections,
  type CountedTransport,
  newlyCounted,
  noTraffic,
} from './counted.js'
import { type Figures, type SocketEvent, type SocketFigures, type Transport, transportOf } from './figures.js'

export interface MeterOptions {
  /** Milliseconds that never run backwards. */
  readonly now: () => number
  /** Told of every socket that ends, and of every connection that is not made. */
  readonly onEvent?: ((event: SocketEvent) => void) | undefined
}

/** The counters of one guest, but for those of operations. A socket that is closed leaves only its sums. */
export class Meter {
  readonly connections: CountedConnections = { made: 0, accepted: 0, refused: 0, failed: 0 }
  readonly lookups = { asked: 0, failed: 0 }
  readonly #options: MeterOptions
  readonly #open = new Map<Handle, Counted>()
  readonly #closed = noTransports()
  readonly #errors: { [K in Errno]?: number } = {}
  #opened = 0
  #mostOpen = 0
  #waits = 0
  #blockedMs = 0
  /** Those that wait now. */
  readonly #waiting = new Set<{ readonly since: number }>()
  /** How many sockets are connecting: while there are none, what waits have found says nothing new. */
  #connecting = 0

  constructor(options: MeterOptions) {
    this.#options = options
  }

  get isConnecting(): boolean {
    return this.#connecting > 0
  }

  socketOf(handle: Handle): Counted | undefined {
    return this.#open.get(handle)
  }

  /** A stream of the host's, which shows only by being used. */
  given(handle: Handle): Counted {
    const about = { origin: 'given', family: undefined, type: 'stream', state: 'connected' } as const
    const socket = this.open(handle, about)
    socket.operations = 1
    return socket
  }

  open(handle: Handle, about: Pick<SocketFigures, 'origin' | 'family' | 'type' | 'state'>): Counted {
    const socket = newlyCounted({ handle, openedAt: this.#options.now(), ...about })
    this.#open.set(handle, socket)
    this.#opened++
    this.#mostOpen = Math.max(this.#mostOpen, this.#open.size)
    return socket
  }

  close(socket: Counted): void {
    if (socket.state === 'connecting') this.#connecting--
    this.#open.delete(socket.handle)
    addSocket(this.#closed, socket)
    this.#options.onEvent?.({ is: 'closed', at: this.#options.now(), socket })
  }

  /** Called for each answer to an attempt: the first one begins it. A wait may have shown already that it has succeeded. */
  beginConnecting(socket: Counted, to: Address | undefined): void {
    if (socket.state === 'connecting' || socket.state === 'connected') return
    socket.state = 'connecting'
    socket.peer = to
    socket.connectingAt = this.#options.now()
    this.#connecting++
  }

  connected(socket: Counted): void {
    if (socket.state !== 'connecting') return
    socket.state = 'connected'
    this.#connecting--
    this.connections.made++
  }

  notConnected(socket: Counted, errno: Errno): void {
    if (socket.state !== 'connecting') return
    this.#connecting--
    socket.state = errno === 'EAGAIN' ? 'fresh' : 'failed'
    if (errno === 'EAGAIN') return // a local listener's queue is full, and the guest asks again
    this.connections[errno === 'ECONNREFUSED' ? 'refused' : 'failed']++
    this.#options.onEvent?.({ is: 'failed', at: this.#options.now(), socket: { ...socket }, errno })
  }

  noteErrno(errno: Errno, socket: Counted | undefined): void {
    this.#errors[errno] = (this.#errors[errno] ?? 0) + 1
    if (socket !== undefined) socket.errors++
  }

  /** Carries out a wait that is given time. Several calls of a guest that is suspended may wait at once; each counts. */
  wait<T>(on: readonly Interest[], wait: () => MaybePromise<T>): MaybePromise<T> {
    const pending = { since: this.#options.now() }
    this.#waiting.add(pending)
    const over = () => this.#noteWait(on, pending)
    let answer: MaybePromise<T> | undefined
    try {
      answer = wait()
      return answer instanceof Promise ? answer.finally(over) : answer
    } finally {
      if (!(answer instanceof Promise)) over()
    }
  }

  figures(): Omit<Figures, 'operations' | 'retries'> {
    const transports = structuredClone(this.#closed)
    for (const socket of this.#open.values()) addSocket(transports, socket).open++
    const total = noTraffic()
    for (const traffic of Object.values(transports)) addTraffic(total, traffic)
    const open = this.#open.size
    const now = this.#options.now()
    const waitingMs = [...this.#waiting].reduce((sum, { since }) => sum + now - since, 0)
    return {
      ...total,
      errors: { ...this.#errors },
      waits: this.#waits,
      blockedMs: this.#blockedMs + waitingMs,
      connections: { ...this.connections },
      lookups: { ...this.lookups },
      sockets: { opened: this.#opened, closed: this.#opened - open, open, mostOpen: this.#mostOpen },
      transports,
      open: [...this.#open.values()].map((socket) => ({ ...socket })),
    }
  }

  #noteWait(on: readonly Interest[], pending: { readonly since: number }): void {
    const ms = this.#options.now() - pending.since
    this.#waiting.delete(pending)
    this.#waits++
    this.#blockedMs += ms
    this.#noteWaitOf(on, ms)
  }

  #noteWaitOf([first, ...others]: readonly Interest[], ms: number): void {
    const socket = first === undefined || others.length > 0 ? undefined : this.#open.get(first.handle)
    if (socket === undefined) return
    socket.waits++
    socket.blockedMs += ms
  }
}

type Transports = Record<Transport, CountedTransport>

function noTransports(): Transports {
  const none = () => ({ opened: 0, open: 0, ...noTraffic() })
  return { tcp: none(), udp: none(), unix: none(), pipe: none(), host: none() }
}

function addSocket(transports: Transports, socket: Counted): CountedTransport {
  const transport = transports[transportOf(socket)]
  transport.opened++
  addTraffic(transport, socket)
  return transport
}

/** The errno of a failed operation; undefined for an error that is none of the guest's. */
export function errnoOf(error: unknown): Errno | undefined {
  return error instanceof SysError ? error.errno : undefined
}
