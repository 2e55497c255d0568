import os from 'node:os'
import type { Handle, Input, Network, NetworkDriver, Operation, Output } from '../network/network.js'
import { whenDone } from '../network/when-done.js'
import type { Address } from '../posix/address.js'

/** How long a guest waits in vain before it is looked for what it waits, in ms. */
const PATIENCE_MS = 1000

/** What a notice says to do. */
const ADVICE = "cannot go on while the guest blocks this thread: use runWithSockets, or mode: 'suspend'"

interface OwnThreadDeps {
  readonly now: () => number
  readonly notify: (text: string) => void
}

/**
 * A driver for a guest that blocks this thread. Where the guest waits for what only this thread could do, such as for a server on it, a
 * notice says so after a second.
 */
export function noticingOwnThread(driver: NetworkDriver, deps: OwnThreadDeps): NetworkDriver {
  const watch = new OwnThreadWatch(driver.network, deps)
  return {
    network: watch.network,
    attach: (stream, names) => watch.given(driver.attach(stream, names)),
    close: driver.close.bind(driver),
  }
}

class OwnThreadWatch {
  readonly #network: Network
  readonly #deps: OwnThreadDeps
  /** Connections of the host's, whose streams are moved on this thread. */
  readonly #given = new Set<Handle>()
  /** Where handles lead that have no peer, or none yet. */
  readonly #destinations = new Map<Handle, Address>()
  readonly #noticed = new Set<string>()
  /** Since when the guest has been waiting in vain. */
  #since: number | undefined

  constructor(network: Network, deps: OwnThreadDeps) {
    this.#network = network
    this.#deps = deps
  }

  readonly network: Network = <K extends Operation>(name: K, input: Input<K>): Output<K> => {
    if (name === 'wait') return this.#wait(input as Input<'wait'>) as Output<K>
    const { handle, to } = input as { handle: Handle; to?: Address }
    if (name === 'close') this.#forget(handle)
    else if (to !== undefined && (name === 'connect' || name === 'send')) this.#destinations.set(handle, to)
    return this.#network(name, input)
  }

  given(handle: Handle): Handle {
    this.#given.add(handle)
    return handle
  }

  #forget(handle: Handle): void {
    this.#given.delete(handle)
    this.#destinations.delete(handle)
  }

  #wait({ on, timeoutMs }: Input<'wait'>): Output<'wait'> {
    if (timeoutMs <= 0 || on.length === 0) return this.#network('wait', { on, timeoutMs })
    const begun = this.#deps.now()
    this.#since ??= begun
    const firstMs = Math.min(timeoutMs, Math.max(1, this.#since + PATIENCE_MS - begun))
    return whenDone(this.#network('wait', { on, timeoutMs: firstMs }), (found) => {
      if (found.length === 0) this.#waited(on.map(({ handle }) => handle))
      else this.#since = undefined
      if (found.length > 0 || firstMs >= timeoutMs) return found
      return this.#network('wait', { on, timeoutMs: timeoutMs - firstMs }) as typeof found
    })
  }

  #waited(handles: readonly Handle[]): void {
    const now = this.#deps.now()
    if (now - (this.#since ?? now) < PATIENCE_MS) return
    this.#since = now
    for (const what of new Set(handles.map((handle) => this.#what(handle)))) {
      if (what === undefined || this.#noticed.has(what)) continue
      this.#noticed.add(what)
      this.#deps.notify(`the guest has waited for a second for ${what}, which ${ADVICE}`)
    }
  }

  /** What of this thread a handle waits for. */
  #what(handle: Handle): string | undefined {
    if (this.#given.has(handle)) return 'a connection that it was given by this thread'
    const peer = this.#peerOf(handle) ?? this.#destinations.get(handle)
    return peer && ownerOf(peer)
  }

  #peerOf(handle: Handle): Address | undefined {
    try {
      return this.#network('peerName', { handle })
    } catch {
      return undefined // it has none
    }
  }
}

/** What Node tells of a server, a stream or a UDP socket. */
interface Owner {
  readonly listening?: boolean
  readonly localAddress?: string
  readonly localPort?: number
  address?(): unknown
}

/** What of this thread is at an address, in words; undefined for nothing. */
function ownerOf(peer: Address): string | undefined {
  for (const owner of ownersHere()) {
    const { listening, localAddress, localPort } = owner
    if (localAddress !== undefined && isAt(peer, { address: localAddress, port: localPort }))
      return `${shownAt(peer)}, a socket of this very thread`
    if (isAt(peer, addressOf(owner)))
      return `${shownAt(peer)}, where a ${listening ? 'server' : 'socket'} of this very thread listens`
  }
  return undefined
}

/** Node has no documented way to ask, and this one in each version. */
function ownersHere(): readonly Owner[] {
  const { _getActiveHandles: handles } = process as unknown as { _getActiveHandles?: () => Owner[] }
  return handles?.call(process) ?? []
}

function addressOf(owner: Owner): unknown {
  try {
    return owner.address?.()
  } catch {
    return undefined // it is not bound
  }
}

function isAt(peer: Address, at: unknown): boolean {
  if (peer.family === 'unix') return at === peer.path
  if (typeof at !== 'object' || at === null) return false
  const { address, port } = at as { address?: string; port?: number }
  if (port !== peer.port) return false
  return address === peer.host || ((address === '::' || address === '0.0.0.0') && isOwnHost(peer.host))
}

function isOwnHost(host: string): boolean {
  const own = Object.values(os.networkInterfaces()).flatMap((all) => all?.map(({ address }) => address) ?? [])
  return host.startsWith('127.') || own.includes(host) || own.includes(host.replace(/^::ffff:/, ''))
}

function shownAt(peer: Address): string {
  if (peer.family === 'unix') return peer.path
  return peer.family === 'inet6' ? `[${peer.host}]:${peer.port}` : `${peer.host}:${peer.port}`
}
