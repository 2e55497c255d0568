import { Bridge } from '../bridge/bridge.js'
import { machineBridge, machineWorld } from '../machine.js'
import { interruptible } from '../network/interruptible.js'
import type { Network, NetworkDriver } from '../network/network.js'
import type { World } from '../posix/world.js'
import type { Ending } from '../recording/recorder.js'
import type { Three } from '../recording/stdio.js'
import { SocketShim } from '../socket-shim.js'
import type { Stdio } from '../wasi/stdio.js'
import { checkOptions } from './check-options.js'
import { GuestTimeout } from './errors.js'
import { measured } from './figures-option.js'
import { driverOf, guarded, rulesOf, withNetwork } from './guarded.js'
import { filesFor, instantiate, invoke } from './guest-instance.js'
import { limitNotice, maxPagesOf, withinLimits } from './limits-option.js'
import { loadModule } from './load.js'
import type { InstantiateOptions, ModuleSource } from './options.js'
import { endSession, type Live, type Replayed, sessionOf, stopped, wantsHash } from './session.js'
import { inputOf, outputOf, sinkOf } from './stdio-options.js'

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
  const loaded = await loadModule(source, { wantsHash: wantsHash(options), maxPages: maxPagesOf(options.limits) })
  const machine = options.world ?? machineWorld()
  const files = await filesFor(loaded.module, options)
  const session = sessionOf(loaded, options, machine)
  const provider = session.files(files)
  const notify = (text: string) => sockets.guest.notice(text)
  const { network, begin, tell } = session.isReplay
    ? replayedNetwork(session, options, () => machine.now())
    : liveNetwork(session, options, { world: machine, notify })
  const sockets = new SocketShim({
    network,
    world: session.world,
    ...shimOptions(options),
    ...(options.trace && { trace: options.trace }),
    onListen: wantsHash(options) ? (listener) => options.onListen?.(listener) : options.onListen,
  })
  let ending: Ending = { stopped: 'it was closed' }
  let closing: Promise<void> | undefined
  const end = async () => {
    await sockets.end(options.lingerMs)
    tell()
    endSession(session, ending)
  }
  const close = () => (closing ??= end())
  try {
    const stdio = session.isReplay ? session.stdio(sinksOf(options)) : session.stdio(stdioOf(options))
    const ready = () => {
      for (const stream of options.connections ?? [])
        if (session.isReplay) sockets.adopt(session.adopt())
        else sockets.attach(stream)
      begin()
      if (session.isReplay) session.onOffer(() => void sockets.adopt(session.adopt()))
    }
    const instance = await instantiate(loaded, { ...options, sockets, stdio, provider, ready })
    const start = async () => {
      try {
        const { code } = invoke(instance, '_start', [])
        ending = { code }
        return code
      } catch (error) {
        ending = stopped(error)
        throw error
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

/** This machine's network, or the caller's, with rules, limits of time, and a recorder around all. */
function liveNetwork(
  session: Live,
  options: InstantiateOptions,
  { world, notify }: { world: World; notify: (text: string) => void },
) {
  const bridge = () => new Bridge({ ...machineBridge(world, options.hostname), tls: options.tls })
  const now = () => world.now()
  const small = withinLimits(driverOf(options.network) ?? bridge(), options.limits, {
    now,
    onLimit: limitNotice(notify),
  })
  const patient = withInterrupts(small, options, now)
  const onRefusal = options.onRefusal ?? (({ text }) => notify(text))
  const { driver, begin } = guarded(patient, rulesOf(options.network), onRefusal)
  const { driver: counted, end } = measured(driver, options, now)
  return { network: session.driver(counted), begin, tell: end }
}

/** A recorded network. A limit of time stops the guest, and shortens no wait: none takes any. */
function replayedNetwork({ network }: Replayed, options: InstantiateOptions, now: () => number) {
  const { check } = interruptsOf(options, now)
  const patient = interruptible(network, { check, leftMs: () => Number.POSITIVE_INFINITY })
  const { driver, end } = measured(patient, { ...options, figuresEveryMs: undefined }, now)
  return { network: driver, begin() {}, tell: end }
}

function stdioOf({ stdin, stdout, stderr }: InstantiateOptions): Three<Stdio> {
  return [inputOf(stdin), outputOf(1, stdout), outputOf(2, stderr)]
}

/** Takes what a replayed guest writes. */
function sinksOf({ stdout, stderr }: InstantiateOptions): (fd: number, bytes: Uint8Array) => void {
  const sinks = [sinkOf(1, stdout), sinkOf(2, stderr)]
  return (fd, bytes) => sinks[fd - 1]?.(bytes)
}

/** The options that are the shim's own. */
export function shimOptions({ descriptors, numbering }: Pick<InstantiateOptions, 'descriptors' | 'numbering'>) {
  return { ...(descriptors !== undefined && { descriptors }), ...(numbering !== undefined && { numbering }) }
}

function withInterrupts(driver: Network | NetworkDriver, options: InstantiateOptions, now: () => number) {
  if (options.signal === undefined && options.timeoutMs === undefined) return driver
  const interrupts = interruptsOf(options, now)
  if (typeof driver === 'function') return interruptible(driver, interrupts)
  return withNetwork(driver, interruptible(driver.network, interrupts))
}

function interruptsOf({ signal, timeoutMs }: InstantiateOptions, now: () => number) {
  const deadline = timeoutMs === undefined ? Number.POSITIVE_INFINITY : now() + timeoutMs
  return {
    check() {
      signal?.throwIfAborted()
      if (timeoutMs !== undefined && now() >= deadline) throw new GuestTimeout(timeoutMs)
    },
    leftMs: () => deadline - now(),
  }
}
