import { Suspension, SuspensionError } from '../abi/suspension.js'
import { clockOfAsks } from '../abi/turns.js'
import { after } from '../bridge/timer.js'
import { attempt } from '../embedder/watched-streams.js'
import { loopClock, machineWorld } from '../machine.js'
import type { Ending } from '../recording/recorder.js'
import type { Three } from '../recording/stdio.js'
import { SocketShim } from '../socket-shim.js'
import type { Stdio } from '../wasi/stdio.js'
import { callbackNames, passingCallbacks } from './callbacks.js'
import { OptionError } from './errors.js'
import type { Held } from './given-streams.js'
import { type Ended, filesFor, type Invocation, instantiate, invokeAnyhow } from './guest-instance.js'
import { Halt } from './halt.js'
import { maxPagesOf } from './limits-option.js'
import type { LoadedModule } from './load.js'
import { loadInTime } from './loading.js'
import type { Mode } from './mode.js'
import { liveNetwork, type NetworkHere, replayedNetwork } from './network-here.js'
import { threadedOf } from './network-option.js'
import type { InstantiateOptions, ModuleSource } from './options.js'
import { OutputHere } from './output-here.js'
import { endSession, type Live, type Replayed, sessionOf, stopped, traceOf, wantsHash } from './session.js'
import { blockingStdio, type Outputs, type StdioOptions, suspendingStdio } from './stdio-here.js'
import { trapOf } from './trap.js'

export type HereOptions = Omit<InstantiateOptions, 'stdin'> & StdioOptions

/** An exported function of a guest's. */
export type GuestExport = (...args: (number | bigint)[]) => Promise<unknown>

/** How long the caller's functions and streams may take once the guest has ended, in ms. */
const LINGER_MS = 5000

/** In a network in memory nothing may depend on how fast this machine is. */
function suspensionFor({ network }: HereOptions): Suspension {
  return new Suspension(threadedOf(network) === undefined ? loopClock() : clockOfAsks())
}

/** What a guest is opened with besides its options. */
export interface Opening extends Held {
  readonly mode: Mode
}

/** Loads and instantiates a guest on the calling thread: its waits block that, or in the mode `suspend` suspend the guest. */
export async function guestHere(source: ModuleSource, given: HereOptions, opening: Opening): Promise<GuestHere> {
  const { mode, failures } = opening
  const options = passingCallbacks(given, failures)
  const suspension = mode === 'suspend' ? suspensionFor(options) : undefined
  const { loaded, tookMs } = await loadInTime(source, {
    ...options,
    wantsHash: wantsHash(options),
    maxPages: maxPagesOf(options.limits),
    needsMaximum: suspension !== undefined, // for views of a memory to outlive that it grows
  })
  const otherClock = options.world ?? threadedOf(options.network)?.time.world
  const machine = otherClock ?? machineWorld()
  const spentMs = otherClock === undefined ? tookMs : 0
  const notify = (text: string) => guest.sockets.guest.notice(text)
  const files = await filesFor(loaded.module, options, notify)
  const session = sessionOf(loaded, options, machine)
  const halt = new Halt({ ...options, mayFail: hasOwn(options), spentMs }, () => machine.now())
  failures.onFailure((reason, graceMs) => {
    if (graceMs === 0) halt.stop(reason)
    else halt.stopWithin(graceMs, reason)
  })
  const surroundings = session.isReplay
    ? replayedNetwork(session, options, halt)
    : liveNetwork(session, options, { halt, notify, suspension, isNative: mode === 'native' })
  await opening.listenerFiles.clear()
  const guest = new GuestHere(loaded, options, { ...opening, session, surroundings, halt, suspension })
  await guest.instantiate(session.files(files))
  return guest
}

interface Means extends Held {
  readonly session: Live | Replayed
  readonly surroundings: NetworkHere
  readonly halt: Halt
  readonly suspension: Suspension | undefined
}

/** A guest on the calling thread. */
export class GuestHere {
  readonly loaded: LoadedModule
  readonly sockets: SocketShim
  readonly #options: HereOptions
  readonly #means: Means
  readonly #trace: ReturnType<typeof traceOf>
  readonly #outputs: Outputs
  #instance: WebAssembly.Instance | undefined
  /** Calls under way. */
  readonly #calls = new Set<Promise<unknown>>()
  #ending: Ending = { stopped: 'it was closed' }
  #isStarted = false
  #closing: Promise<void> | undefined
  /** Waits no longer for what the caller does. */
  #hurry = () => {}

  constructor(loaded: LoadedModule, options: HereOptions, means: Means) {
    const { session, surroundings } = means
    this.loaded = loaded
    this.#options = options
    this.#means = means
    this.#trace = traceOf(session, options.trace)
    this.#outputs = [
      new OutputHere(1, options.stdout, means.failures),
      new OutputHere(2, options.stderr, means.failures),
    ]
    this.sockets = new SocketShim({
      network: surroundings.network,
      world: session.world,
      ...shimOptions(options),
      ...(this.#trace && { trace: this.#trace }),
      onListen: wantsHash(options) ? (listener) => options.onListen?.(listener) : options.onListen,
    })
    if (means.suspension !== undefined) this.sockets.guest.yielded = means.suspension.turns.note
  }

  /** To be called once, before all else. What fails closes the guest. */
  async instantiate(provider: Parameters<typeof instantiate>[1]['provider']): Promise<void> {
    const { sockets } = this
    const { suspension, session, halt } = this.#means
    const { stdin: _, ...options } = this.#options
    if (options.figuresEveryMs !== undefined) this.#means.surroundings.tell() // one that only computes tells no more
    try {
      const parts = {
        ...options,
        ...session.started,
        trace: this.#trace,
        sockets,
        zone: session.zone,
        provider,
        suspension,
        ask: halt.isForeseen ? this.#ask : undefined,
      }
      const ready = () => this.#begin()
      this.#instance = await instantiate(this.loaded, { ...parts, stdio: this.#stdio(), ready })
    } catch (error) {
      await this.close().catch(() => {}) // that it left its recording by failing is less than why it failed
      throw error instanceof SuspensionError ? withoutMaximum(error) : error
    }
  }

  /** The instance; of a guest that is suspended with exports that say so when they cannot be. */
  get instance(): WebAssembly.Instance {
    return this.#means.suspension?.guarded(this.#raw) ?? this.#raw
  }

  get exports(): Readonly<Record<string, GuestExport>> {
    const functions = Object.entries(this.#raw.exports).filter(([, value]) => typeof value === 'function')
    return Object.fromEntries(functions.map(([name]) => [name, (...args) => this.#answerOf(name, args)]))
  }

  /** Runs `_start`, which can be done once, and closes the guest. Answers the exit code. */
  async start(): Promise<number> {
    if (this.#isStarted) throw new Error('this guest has been started: it runs once')
    this.#ensureOpen()
    this.#isStarted = true
    try {
      return (await this.call({ name: '_start' })).code
    } finally {
      await this.close()
      this.#means.failures.check()
    }
  }

  /** Calls an exported function, and tells how it has ended. */
  async call(invocation: Invocation): Promise<Ended> {
    try {
      const ended = await this.#watched(invokeAnyhow(this.#raw, invocation, this.#means.suspension))
      this.#means.failures.check() // whatever the guest has made of it
      this.#ending = { code: ended.code }
      return ended
    } catch (error) {
      this.#ending = stopped(error)
      throw error
    }
  }

  /** Interrupts the guest where it waits, or next asks for something: `call` rejects with the reason. */
  stop(reason: unknown): void {
    this.#means.halt.stop(reason)
  }

  /** Interrupts what waits, and closes the guest's sockets; what was sent has `lingerMs` to leave. */
  close(lingerMs = this.#options.lingerMs): Promise<void> {
    this.#closing ??= this.#end(lingerMs)
    return this.#closing
  }

  async #end(lingerMs: number | undefined): Promise<void> {
    const { session, surroundings, halt, leave, listenerFiles } = this.#means
    if (this.#calls.size > 0) this.stop(new Error('the guest was closed while it waited'))
    await Promise.allSettled(this.#calls)
    const callOff = halt.listen(() => this.#cutShort())
    await this.sockets.end(lingerMs)
    await listenerFiles.clear()
    attempt(() => surroundings.tell()) // a failure is noted
    if (!halt.isStopped) await this.#settled(lingerMs)
    callOff()
    halt.close()
    halt.stop(closed())
    for (const output of this.#outputs) output.release()
    leave()
    endSession(session, this.#ending)
  }

  /** Waits no longer for what has not left. */
  #cutShort(): void {
    this.#means.surroundings.drop?.()
    this.#hurry()
  }

  /** Waits for the functions and streams of the caller's, as long as they may take. */
  #settled(lingerMs = LINGER_MS): Promise<void> {
    const all = Promise.all([this.#means.failures.settled(), ...this.#outputs.map((output) => output.idle())])
    return new Promise((resolve) => {
      const callOff = after(lingerMs, resolve)
      this.#hurry = resolve
      void all.then(() => resolve()).finally(callOff)
    })
  }

  /** Closes it for good, and throws what has failed since the last call. */
  async finish(): Promise<void> {
    await this.close()
    this.#means.failures.end()
  }

  /** Whether there is a reason to stop it. */
  get isStopped(): boolean {
    return this.#means.halt.isStopped
  }

  get hasEnded(): boolean {
    return this.#closing !== undefined
  }

  get #raw(): WebAssembly.Instance {
    if (this.#instance === undefined) throw new Error('the guest is not instantiated')
    return this.#instance
  }

  async #answerOf(name: string, args: readonly (number | bigint)[]): Promise<unknown> {
    this.#ensureOpen()
    const { suspension } = this.#means
    const called = this.#raw.exports[name] as (...args: readonly (number | bigint)[]) => unknown
    try {
      const result = await (suspension === undefined ? called(...args) : this.#watched(suspension.call(called, args)))
      this.#means.failures.check()
      return result
    } catch (error) {
      this.#means.failures.check()
      throw trapOf(error)
    }
  }

  /** A guest that can be suspended waits for a host that falls behind with promises of its functions. */
  readonly #ask = (): Promise<void> | undefined => {
    const { halt, suspension, failures } = this.#means
    halt.check()
    return suspension?.mayWait ? failures.room(after) : undefined
  }

  #ensureOpen(): void {
    if (!this.#isStarted) this.#means.failures.check()
    if (this.hasEnded) throw closed()
  }

  #watched<T>(call: Promise<T>): Promise<T> {
    const over = () => void this.#calls.delete(call)
    this.#calls.add(call)
    call.then(over, over)
    return call
  }

  /** Gives the guest the connections that it is started with; from then on the rules hold. */
  #begin(): void {
    const { session, surroundings } = this.#means
    const { sockets } = this
    for (const stream of this.#options.connections ?? [])
      if (session.isReplay) sockets.adopt(session.adopt())
      else sockets.attach(stream)
    surroundings.begin()
    if (session.isReplay) session.onOffer(() => void sockets.adopt(session.adopt()))
  }

  #stdio(): Three<Stdio> {
    const { session, surroundings, failures } = this.#means
    if (session.isReplay) return session.stdio((fd, bytes) => this.#outputs[fd - 1]?.write(bytes))
    const { streams } = surroundings
    if (streams === undefined) return session.stdio(blockingStdio(this.#options, this.#outputs))
    return session.stdio(suspendingStdio(this.#options, { driver: streams, failures, outputs: this.#outputs }))
  }
}

function closed(): Error {
  return new Error('this guest is closed')
}

function withoutMaximum(cause: Error): OptionError {
  return new OptionError(`${cause.message}: give the module's file or bytes, which it is given one in`, { cause })
}

/** Whether there is a function or a stream of the caller's that may fail. */
function hasOwn({ stdin, stdout, stderr, ...options }: HereOptions): boolean {
  const streams = [stdin, stdout, stderr].some((each) => typeof each === 'object' || typeof each === 'function')
  return streams || callbackNames.some((name) => options[name] !== undefined)
}

/** The options that are the shim's own. */
export function shimOptions({ descriptors, numbering }: Pick<InstantiateOptions, 'descriptors' | 'numbering'>) {
  return { ...(descriptors !== undefined && { descriptors }), ...(numbering !== undefined && { numbering }) }
}
