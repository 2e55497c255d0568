import { Bridge } from '../bridge/bridge.js'
import { machineBridge, machineWorld } from '../machine.js'
import { interruptible } from '../network/interruptible.js'
import type { Network, NetworkDriver } from '../network/network.js'
import { SocketShim } from '../socket-shim.js'
import { fromBytes, inherited, type Stdio, toFunction } from '../wasi/stdio.js'
import { GuestTimeout, OptionError } from './errors.js'
import { checkGiven } from './given-sockets.js'
import { checkRules, driverOf, guarded, type NetworkOption, rulesOf, withNetwork } from './guarded.js'
import { filesFor, instantiate, invoke } from './guest-instance.js'
import { loadModule } from './load.js'
import type { GuestOptions, InputOption, InstantiateOptions, ModuleSource, OutputOption } from './options.js'

/** A guest on this thread. */
export interface SocketInstance {
  readonly module: WebAssembly.Module
  readonly instance: WebAssembly.Instance
  /** Its descriptors and sockets. */
  readonly sockets: SocketShim
  /** Runs `_start` to its end, blocking this thread while the guest waits; then closes its sockets. Answers the exit code. */
  start(): Promise<number>
  /** Closes its sockets and ends the helper; resolves when all that was sent is out. For a guest that is not started but called. */
  close(): Promise<void>
}

/**
 * Instantiates a module on the calling thread, like `WebAssembly.instantiate`, with POSIX sockets and WASI preview 1. The thread is
 * blocked while the guest waits, so nothing else on it runs then: no server of the same thread can answer the guest, and no timer
 * fires. `runWithSockets` uses a thread of its own.
 */
export async function instantiateWithSockets(
  source: ModuleSource,
  options: InstantiateOptions = {},
): Promise<SocketInstance> {
  checkOptions(options)
  options.signal?.throwIfAborted()
  const loaded = await loadModule(source)
  const world = options.world ?? machineWorld()
  const provider = await filesFor(loaded.module, options)
  const driver = driverOf(options.network) ?? new Bridge(machineBridge(world, options.hostname))
  const onRefusal = options.onRefusal ?? (({ text }) => sockets.guest.notice(text))
  const ruled = guarded(
    withInterrupts(driver, options, () => world.now()),
    rulesOf(options.network),
    onRefusal,
  )
  const sockets = new SocketShim({
    network: ruled.driver,
    world,
    ...shimOptions(options),
    ...(options.trace && { trace: options.trace }),
    onListen: options.onListen,
  })
  const close = () => sockets.end(options.lingerMs)
  try {
    const stdio = [inputOf(options.stdin), outputOf(1, options.stdout), outputOf(2, options.stderr)] as const
    const ready = () => {
      for (const stream of options.connections ?? []) sockets.attach(stream)
      ruled.begin()
    }
    const instance = await instantiate(loaded, { ...options, sockets, stdio, provider, ready })
    const start = async () => {
      try {
        return invoke(instance, '_start', []).code
      } finally {
        await close()
      }
    }
    return { module: loaded.module, instance, sockets, start, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** The options that are the shim's own. */
export function shimOptions({ descriptors, numbering }: Pick<InstantiateOptions, 'descriptors' | 'numbering'>) {
  return { ...(descriptors !== undefined && { descriptors }), ...(numbering !== undefined && { numbering }) }
}

function withInterrupts(driver: Network | NetworkDriver, { signal, timeoutMs }: InstantiateOptions, now: () => number) {
  if (signal === undefined && timeoutMs === undefined) return driver
  const deadline = timeoutMs === undefined ? Number.POSITIVE_INFINITY : now() + timeoutMs
  const interrupts = {
    check() {
      signal?.throwIfAborted()
      if (timeoutMs !== undefined && now() >= deadline) throw new GuestTimeout(timeoutMs)
    },
    leftMs: () => deadline - now(),
  }
  if (typeof driver === 'function') return interruptible(driver, interrupts)
  return withNetwork(driver, interruptible(driver.network, interrupts))
}

export function checkOptions(options: GuestOptions & { network?: NetworkOption }): void {
  const { dirs, fs, timeoutMs, network } = options
  checkGiven(options)
  checkRules(network)
  if (dirs !== undefined && fs !== undefined)
    throw new OptionError('give either dirs (directories of the host) or fs (files in memory), not both')
  if (timeoutMs !== undefined && !(timeoutMs > 0))
    throw new OptionError(`timeoutMs must be a positive number of milliseconds, not ${timeoutMs}`)
}

export function inputOf(option: InputOption = 'inherit'): Stdio {
  if (option === 'inherit') return inherited(0)
  if (option === 'ignore') return fromBytes(new Uint8Array(0))
  return fromBytes(typeof option === 'string' ? new TextEncoder().encode(option) : option)
}

export function outputOf(fd: 1 | 2, option: OutputOption = 'inherit'): Stdio {
  if (option === 'inherit') return inherited(fd)
  if (option === 'ignore') return toFunction(() => {})
  if (typeof option === 'function') return toFunction(option)
  return toFunction((bytes) => void option.write(bytes))
}
