import type { Duplex } from 'node:stream'
import { Bridge, type BridgeOptions } from '../bridge/bridge.js'
import { bellMemory } from '../bridge/doorbell.js'
import { OpenFds, openFdsMemory } from '../bridge/open-fds.js'
import { ensureGranted } from '../bridge/tls-operations.js'
import { grantOf } from '../bridge/tls-settings.js'
import { Wakening } from '../bridge/wakening.js'
import type { Handle, Input, Interest, Network, NetworkDriver, Operation } from '../network/network.js'
import type { Address } from '../posix/address.js'
import { SysError } from '../posix/errno.js'
import { Descriptors } from './descriptors.js'
import { type SocketOperations, socketOperations } from './operations.js'
import { EFD_CLOEXEC, EFD_NONBLOCK, type Platform } from './platform.js'
import { checked, type SystemCalls } from './system-calls.js'
import { type Others, Waiting } from './waiting.js'

/** How long a guest sleeps at a time whose thread may be terminated meanwhile, in ms: nothing ends a system call. */
const PIECE_MS = 100

/** Handles of the bridge stand here; those below are descriptors of the system's. */
const BRIDGED = 1 << 24

export interface NativeOptions {
  readonly calls: SystemCalls
  readonly platform: Platform
  readonly bridge: BridgeOptions
  /** True where the guest's thread may be terminated by threads that do not know of the guest, and so cannot wake it. */
  readonly mayVanish?: boolean | undefined
  /** What another thread has prepared for the guest, which wakes it, may stop it, and closes what it leaves open. */
  readonly given?: GivenMeans | undefined
}

export interface GivenMeans {
  readonly bell: SharedArrayBuffer
  readonly openFds: SharedArrayBuffer
  readonly bridge: Bridge
  /** Called once, before something is asked of the bridge's helper. */
  readonly needsHelper: () => void
}

/** The guest was told to stop. */
export class GuestStopped extends Error {
  override readonly name = 'GuestStopped'
}

/** What goes to the bridge once TLS has begun: it has the connection then. */
const ofStream: ReadonlySet<Operation> = new Set([
  ...(['send', 'receive', 'startTls', 'tlsState', 'shutdown', 'available', 'takeError'] as const),
])

/** A network made of the system's own calls, on the guest's thread. */
export class NativeNetwork implements NetworkDriver {
  readonly network: Network
  readonly #options: NativeOptions
  readonly #bell: SharedArrayBuffer
  readonly #openFds: SharedArrayBuffer
  readonly #descriptors: Descriptors
  readonly #wakening: Wakening
  readonly #wakeFd: number
  readonly #waiting: Waiting
  readonly #operations: SocketOperations
  #bridge: Bridge | undefined
  #others: Others | undefined
  #hasSecured = false
  #hasHelper = false

  constructor(options: NativeOptions) {
    const { calls, platform, given, bridge } = options
    const now = () => bridge.world.now()
    this.#options = options
    this.#bridge = given?.bridge
    this.#others = given && this.#othersOf(given.bridge)
    this.#bell = given?.bell ?? bellMemory()
    this.#openFds = given?.openFds ?? openFdsMemory()
    this.#descriptors = new Descriptors(calls, new OpenFds(this.#openFds))
    this.#operations = socketOperations(calls, this.#descriptors)
    this.#wakening = new Wakening(this.#bell)
    this.#wakeFd = this.#descriptors.keep(checked(calls.eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)))
    this.#wakening.wakeFd = this.#wakeFd
    this.#waiting = new Waiting({
      ...{ calls, platform, now, descriptors: this.#descriptors, wakening: this.#wakening, wakeFd: this.#wakeFd },
      mostMs: options.mayVanish ? PIECE_MS : Number.POSITIVE_INFINITY,
      checkStopped: () => this.#checkStopped(),
      others: () => this.#others,
    })
    this.network = ((name: Operation, input: never) => this.#carryOut(name, input)) as Network
  }

  attach(stream: Duplex, names?: { local?: Address; peer?: Address }): Handle {
    return this.#bridgeNow().attach(stream, names) + BRIDGED
  }

  /** Takes up a connection that the host keeps in another thread. */
  adoptOffered(connection: number): Handle {
    return this.#bridgeNow().adoptOffered(connection) + BRIDGED
  }

  /** What was sent goes out by itself: the system does that. Only connections of the bridge are waited for. */
  async close(lingerMs?: number): Promise<void> {
    await this.#bridge?.close(lingerMs)
    this.#descriptors.closeAll({ except: this.#options.given && this.#wakeFd })
  }

  #carryOut<K extends Operation>(name: K, input: Input<K>): unknown {
    if (this.#wakening.isStopped && name !== 'close') this.#checkStopped() // its sockets are still closed
    const { handle = -1 } = input as { handle?: Handle }
    if (handle >= BRIDGED) return this.#bridged(name, input, handle - BRIDGED)
    if (this.#hasSecured && handle >= 0) {
      const { secured } = this.#descriptors.get(handle)
      if (secured !== undefined && name === 'close') this.#bridged('close', input as Input<'close'>, secured)
      else if (secured !== undefined && ofStream.has(name)) return this.#bridged(name, input, secured)
    }
    const operation = this.#operations[name as keyof SocketOperations] as ((input: Input<K>) => unknown) | undefined
    return operation === undefined ? this.#carryOutOther(name, input) : operation(input)
  }

  #carryOutOther(name: Operation, input: unknown): unknown {
    const { hostname, interfaces } = this.#options.bridge
    switch (name) {
      case 'wait': {
        const { on, timeoutMs } = input as Input<'wait'>
        return this.#waiting.wait(on, timeoutMs)
      }
      case 'hostname':
        return hostname
      case 'interfaces':
        return interfaces()
      case 'resolve':
      case 'resolveBack':
        this.#needHelper()
        return this.#bridgeNow().network(name, input as Input<typeof name>) + BRIDGED
      case 'tlsState':
        this.#descriptors.get((input as Input<'tlsState'>).handle)
        return { is: 'none' }
      case 'startTls':
        return this.#startTls(input as Input<'startTls'>)
      default:
        throw new SysError('EBADF')
    }
  }

  /** TLS is the helper's: it is handed the connection, with what nobody has received yet, by a descriptor of its own. */
  #startTls(input: Input<'startTls'>): unknown {
    const { handle } = input
    const descriptor = this.#descriptors.get(handle)
    if (descriptor.type !== 'stream' || descriptor.isPaired) throw new SysError('EOPNOTSUPP')
    const peer = this.#operations.peerName({ handle }) // or ENOTCONN
    const { bridge } = this.#options
    ensureGranted(bridge.tlsGrant ?? grantOf(bridge.tls ?? {}), input)
    this.#needHelper()
    const copy = this.#descriptors.duplicate(descriptor)
    this.#waiting.remove(descriptor)
    descriptor.secured = this.#bridgeNow().takeOver(copy, this.#openFds, {
      local: this.#operations.localName({ handle }),
      peer,
    })
    this.#hasSecured = true
    return this.#bridged('startTls', input, descriptor.secured)
  }

  #bridged<K extends Operation>(name: K, input: Input<K>, handle: Handle): unknown {
    return this.#bridgeNow().network(name, { ...input, handle } as Input<K>)
  }

  #othersOf(bridge: Bridge) {
    const theirs = (on: readonly Interest[]) =>
      on.map((interest, index) => ({ ...interest, handle: this.#theirs(interest.handle), tag: index }))
    return {
      look(on: readonly Interest[]) {
        if (on.length > 0) bridge.ensureAlive()
        return bridge.look(theirs(on))
      },
      announce: (on: readonly Interest[], isWaiting: boolean) => bridge.announce(theirs(on), isWaiting),
    }
  }

  #needHelper(): void {
    if (!this.#hasHelper) this.#options.given?.needsHelper()
    this.#hasHelper = true
  }

  /** The bridge, started with its helper if it is not there yet. */
  #bridgeNow(): Bridge {
    this.#bridge ??= new Bridge({ ...this.#options.bridge, bell: this.#bell })
    this.#others ??= this.#othersOf(this.#bridge)
    return this.#bridge
  }

  #theirs(handle: Handle): Handle {
    return handle >= BRIDGED ? handle - BRIDGED : (this.#descriptors.find(handle)?.secured ?? 0)
  }

  #checkStopped(): void {
    if (this.#wakening.isStopped) throw new GuestStopped('the guest was stopped')
  }
}
