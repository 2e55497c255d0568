import type { Guest } from './abi/guest.js'
import { type LinkOptions, linkSockets } from './abi/link.js'
import { Bridge } from './bridge/bridge.js'
import { Failures } from './embedder/failures.js'
import { type Table, takeFields } from './embedder/fields.js'
import { callback, has, oneOf, shape, type Take, text, whole } from './embedder/take.js'
import { machineBridge, machineWorld } from './machine.js'
import { givenNetwork } from './network/given.js'
import type { Network, NetworkDriver } from './network/network.js'
import { takeWorld } from './posix/take-world.js'
import type { World } from './posix/world.js'
import { type Listener, Sockets } from './posix-sockets/sockets.js'
import { ForeignWasi } from './wasi/foreign.js'

export interface SocketShimOptions extends LinkOptions {
  /** Where the sockets live. Default: this machine's network, by way of a helper worker. */
  readonly network?: Network | NetworkDriver
  /** The clocks and the randomness of the guest. Default: the machine's. */
  readonly world?: World
  /** The most descriptors the guest may have, RLIMIT_NOFILE. Default 1024. */
  readonly descriptors?: number
  /** The name gethostname answers. Default: the machine's. */
  readonly hostname?: string
  /** Called when a socket of the guest's begins to listen. */
  readonly onListen?: ((listener: Listener) => void) | undefined
}

/** The most descriptors: what Linux lets RLIMIT_NOFILE be. */
export const MOST_DESCRIPTORS = 1 << 20

const MUST_BE_NETWORK = 'a network function, or a driver with the functions network, attach and close'

/** Takes a network itself, by reference: rules are for `runWithSockets` and `instantiateWithSockets`. */
const takeDriver: Take<Network | NetworkDriver> = shape(
  MUST_BE_NETWORK,
  (value) => typeof value === 'function' || has(value, ['network', 'attach', 'close']),
  'policy() puts rules around a network',
)

const shimTable: Table<SocketShimOptions> = {
  network: takeDriver,
  world: takeWorld,
  descriptors: whole(1, MOST_DESCRIPTORS),
  hostname: text,
  onListen: callback(),
  numbering: oneOf('linux', 'wasi-libc'),
  trace: callback(),
}

/**
 * The sockets of one guest and the imports by which it reaches them, for those who instantiate by themselves with a WASI of their
 * own: merge `imports` into the import object, and call `setMemory` when there is an instance.
 */
export class SocketShim extends Sockets {
  readonly imports: { readonly posix_sockets: WebAssembly.ModuleImports }
  /** The guest as other import tables over the same descriptors see it. */
  readonly guest: Guest
  /** Says where the guest's memory is. A call before that throws. */
  readonly setMemory: (memory: WebAssembly.Memory) => void
  readonly #failures: Failures

  constructor(given: SocketShimOptions = {}) {
    const options = takeFields(given, shimTable, { whole: 'the options', field: 'option' })
    const { world = machineWorld(), hostname, descriptors } = options
    const failures = new Failures()
    const onListen = followed(options.onListen, failures)
    const trace = followed(options.trace, failures)
    const network = networkOf(options) ?? new Bridge(machineBridge(world, hostname))
    super({ network, world, onListen, ...(descriptors !== undefined && { descriptors }) })
    const { imports, guest, setMemory } = linkSockets(this, { ...options, trace })
    this.#failures = failures
    this.imports = imports
    this.guest = guest
    this.setMemory = setMemory
  }

  /**
   * Puts the descriptors of another WASI into the guest's table: files and sockets never share a number, and `read`, `write`, `close`
   * and `poll` work on both. `imports` is the import object of that WASI, as `getImportObject()` of `node:wasi` returns it. Returns an
   * import object with its functions and those of `posix_sockets`, to be passed to `WebAssembly.instantiate`.
   */
  wrap(imports: WebAssembly.Imports): WebAssembly.Imports {
    const given = imports['wasi_snapshot_preview1'] ?? imports['wasi_unstable']
    if (given === undefined) throw new TypeError('wrap() needs an import object with wasi_snapshot_preview1')
    const wasi = new ForeignWasi(this.guest, given)
    const both = { wasi_snapshot_preview1: wasi.functions, wasi_unstable: wasi.functions }
    return { ...imports, ...both, posix_sockets: wasi.before(this.imports.posix_sockets) }
  }

  /** The same as of `Sockets`. Rejects with what a promise of `trace` or `onListen` has been rejected with, unless a call has thrown it. */
  override async end(lingerMs?: number): Promise<void> {
    await super.end(lingerMs)
    this.#failures.end()
  }
}

function networkOf({ network }: SocketShimOptions): Network | NetworkDriver | undefined {
  return typeof network === 'function' ? givenNetwork(network, { maySuspend: true }) : network
}

/** A function of the caller's, whose promise nobody awaits: its rejection is thrown by the next call of the function. */
function followed<T>(called: ((news: T) => void) | undefined, failures: Failures): ((news: T) => void) | undefined {
  if (called === undefined) return undefined
  return (news) => {
    failures.check()
    void failures.follow(called(news))
  }
}
