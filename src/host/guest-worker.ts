/* The thread of a guest that `runWithSockets` runs. */
import fs from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { type CallEvent, formatCall } from '../abi/trace.js'
import { Bridge } from '../bridge/bridge.js'
import type { LinkEnd } from '../bridge/link.js'
import type { TlsGrant } from '../bridge/tls-settings.js'
import { machineBridge, machineWorld } from '../machine.js'
import type { Figures, SocketEvent } from '../network/figures/figures.js'
import type { Network, NetworkDriver } from '../network/network.js'
import type { Refusal } from '../network/rules/refusals.js'
import type { NetworkRules } from '../network/rules/rules.js'
import type { Listener } from '../posix-sockets/sockets.js'
import { RecordingError, ReplayDiverged } from '../recording/errors.js'
import type { Ending } from '../recording/recorder.js'
import type { Three } from '../recording/stdio.js'
import { SocketShim } from '../socket-shim.js'
import { overNetwork, type Stdio } from '../wasi/stdio.js'
import { type FiguresOptions, measured } from './figures-option.js'
import { guarded } from './guarded.js'
import { filesFor, instantiate, invoke } from './guest-instance.js'
import { shimOptions } from './instantiate.js'
import { limitNotice, withinLimits } from './limits-option.js'
import type { LoadedModule } from './load.js'
import type { ExtraImports, GuestOptions, InputOption } from './options.js'
import { endSession, type Live, type Replayed, sessionOf, stopped, wantsHash } from './session.js'
import { inputOf, outputOf, sinkOf } from './stdio-options.js'

/** Where a standard descriptor leads: to the process's own, to given bytes, nowhere, or to a stream in the host's thread, by a connection or by messages. */
export type StdioPlan =
  | 'inherit'
  | 'ignore'
  | Uint8Array
  | 'told'
  | { readonly connection: number; readonly isTerminal: boolean }

/** How a trace is printed: a line for each call, as strace does, or a `CallEvent` as JSON. */
export type TraceFormat = 'strace' | 'json'

/** What the host's thread hands over. */
export interface GuestTask
  extends LoadedModule,
    Pick<
      GuestOptions,
      | 'args'
      | 'argv0'
      | 'env'
      | 'dirs'
      | 'listen'
      | 'connect'
      | 'descriptors'
      | 'numbering'
      | 'hostname'
      | 'lingerMs'
      | 'limits'
      | 'figuresEveryMs'
      | 'record'
      | 'replay'
    > {
  /** Undefined for a guest that is replayed. */
  readonly links: { readonly bell: SharedArrayBuffer; readonly helper: LinkEnd; readonly host: LinkEnd } | undefined
  readonly stdio: readonly [StdioPlan, StdioPlan, StdioPlan]
  readonly connections: readonly number[]
  /** What `WasmFs.toJSON` answered. */
  readonly files: object | undefined
  readonly importsFrom: string | undefined
  /** What the guest may reach. */
  readonly rules?: NetworkRules
  readonly trace: { readonly isPosted: boolean; readonly printedAs: TraceFormat | undefined }
  /** Of what the host's thread wants to be told. */
  readonly tell: Readonly<Record<'listening' | 'notices' | 'refusals' | 'figures' | 'socketEvents', boolean>>
  /** What the guest may do of its own accord; all else of the option stays with those who shake hands. */
  readonly tlsGrant: TlsGrant
  readonly invoke: { readonly name: string; readonly args: readonly string[] }
}

/** What the guest's thread tells the host's. */
export type GuestNews =
  | { is: 'exited'; code: number; result?: string; files?: object }
  | {
      is: 'failed'
      name: string
      message: string
      code?: string
      stack: string | undefined
      detail: Partial<Record<'reason' | 'call' | 'recorded' | 'asked', unknown>>
    }
  | { is: 'attached'; connection: number; fd: number }
  | { is: 'refused'; connection: number }
  | { is: 'called'; event: CallEvent }
  | { is: 'listening'; listener: Listener }
  | { is: 'notice'; text: string }
  | { is: 'figures'; figures: Figures }
  | { is: 'socket'; event: SocketEvent }
  | { is: 'written'; fd: 1 | 2; bytes: Uint8Array }
  | { is: 'refusal'; refusal: Refusal }

const task = workerData as GuestTask
const tell = (news: GuestNews) => parentPort?.postMessage(news)

try {
  tell(await run())
} catch (error) {
  const { name, message, stack, code } = error as Error & { code?: string }
  const detail = error instanceof RecordingError || error instanceof ReplayDiverged ? { ...error } : {}
  tell({ is: 'failed', name, message, stack, detail, ...(code !== undefined && { code }) })
}
parentPort?.close()

async function run(): Promise<GuestNews> {
  const session = sessionOf(task, task, machineWorld())
  const surroundings = session.isReplay ? replayed(session) : live(session)
  const counted = measured(surroundings.network, tellers(), () => session.machine.now())
  const trace = tracer()
  const onListen = (listener: Listener) => void (task.tell.listening && tell({ is: 'listening', listener }))
  const sockets = new SocketShim({
    network: counted.driver,
    world: session.world,
    ...shimOptions(task),
    ...(trace && { trace }),
    ...((task.tell.listening || wantsHash(task)) && { onListen }),
  })
  surroundings.serve(sockets)
  let ending: Ending = { stopped: 'it did not start' }
  try {
    const memoryFs = task.files && (await import('../wasi/memory-files.js')).wasmFsOf(task.files)
    const provider = await filesFor(task.module, { ...task, ...(memoryFs && { fs: memoryFs }) })
    const instance = await instantiate(task, {
      ...task,
      sockets,
      provider: session.files(provider),
      stdio: surroundings.stdio(),
      imports: await extraImports(task.importsFrom),
      trace,
      ...(task.tell.notices && { notice: (text) => tell({ is: 'notice', text }) }),
      ready: surroundings.ready,
    })
    const { code, result } = invoke(instance, task.invoke.name, task.invoke.args.map(Number))
    ending = { code }
    return {
      is: 'exited',
      code,
      ...(result !== undefined && { result: String(result) }),
      ...(memoryFs && { files: memoryFs.toJSON() }),
    }
  } catch (error) {
    ending = stopped(error)
    throw error
  } finally {
    await sockets.end()
    counted.end()
    endSession(session, ending)
  }
}

/** What is told of the guest's network to the host's thread. */
function tellers(): FiguresOptions {
  const { figures, socketEvents } = task.tell
  return {
    figuresEveryMs: task.figuresEveryMs,
    ...(figures && { onFigures: (figures) => tell({ is: 'figures', figures }) }),
    ...(socketEvents && { onSocketEvent: (event) => tell({ is: 'socket', event }) }),
  }
}

/** What is around the guest. */
interface Surroundings {
  readonly network: Network | NetworkDriver
  stdio(): Three<Stdio>
  /** Begins to give the guest the connections that the host offers. */
  serve(sockets: SocketShim): void
  /** Gives it those that it is started with; from then on the rules hold. */
  readonly ready: () => void
}

/** This machine's network, by way of the helper's thread, and the host's streams. */
function live(session: Live): Surroundings {
  if (task.links === undefined) throw new Error('a guest that is not replayed needs links')
  const bridge = new Bridge({ ...machineBridge(session.machine, task.hostname), tlsGrant: task.tlsGrant }, task.links)
  let sockets: SocketShim
  const onRefusal = (refusal: Refusal) =>
    task.tell.refusals ? tell({ is: 'refusal', refusal }) : sockets.guest.notice(refusal.text)
  const onLimit = limitNotice((text) => sockets.guest.notice(text))
  const small = withinLimits(bridge, task.limits, { now: () => session.machine.now(), onLimit })
  const { driver, begin } = guarded(small, task.rules, onRefusal)
  const known = new Set([...task.stdio.map((plan) => (isConnection(plan) ? plan.connection : -1)), ...task.connections])
  const attach = (connection: number) => {
    if (!sockets.table.hasRoom()) {
      bridge.declineOffered(connection)
      return tell({ is: 'refused', connection })
    }
    const handle = session.adopt(() => bridge.adoptOffered(connection))
    tell({ is: 'attached', connection, fd: sockets.adopt(handle) })
  }
  return {
    network: session.driver(driver),
    stdio: () => session.stdio([stdioOf(bridge, 0), stdioOf(bridge, 1), stdioOf(bridge, 2)]),
    serve(given) {
      sockets = given
      bridge.onOffer = (connection) => known.has(connection) || attach(connection)
    },
    ready() {
      task.connections.forEach(attach)
      begin()
    },
  }
}

/** A recording. */
function replayed(session: Replayed): Surroundings {
  let adopt = () => {}
  const sinks = ([1, 2] as const).map((fd) => {
    const plan = task.stdio[fd]
    if (plan === 'told') return (bytes: Uint8Array) => tell({ is: 'written', fd, bytes: bytes.slice() })
    return sinkOf(fd, plan as 'inherit' | 'ignore')
  })
  return {
    network: session.network,
    stdio: () => session.stdio((fd, bytes) => sinks[fd - 1]?.(bytes)),
    serve(sockets) {
      adopt = () => void sockets.adopt(session.adopt())
    },
    ready() {
      for (const _ of task.connections) adopt()
      session.onOffer(adopt)
    },
  }
}

function stdioOf(bridge: Bridge, fd: 0 | 1 | 2): Stdio {
  const plan = task.stdio[fd]
  const carries = fd === 0 ? 'input' : 'output'
  if (isConnection(plan)) {
    const { isTerminal, connection } = plan
    return overNetwork(bridge.network, { isTerminal, carries }, () => bridge.adoptOffered(connection))
  }
  return fd === 0 ? inputOf(plan as InputOption) : outputOf(fd, plan as 'inherit' | 'ignore')
}

function isConnection(plan: StdioPlan): plan is Extract<StdioPlan, { connection: number }> {
  return typeof plan === 'object' && 'connection' in plan
}

async function extraImports(from: string | undefined): Promise<ExtraImports | undefined> {
  if (from === undefined) return undefined
  const { imports } = (await import(from)) as { imports?: ExtraImports }
  if (imports === undefined) throw new TypeError(`${from} exports no imports`)
  return imports
}

function tracer(): ((event: CallEvent) => void) | undefined {
  const { isPosted, printedAs } = task.trace
  if (!isPosted && printedAs === undefined) return undefined
  const format = printedAs === 'json' ? JSON.stringify : formatCall
  return (event) => {
    if (isPosted) tell({ is: 'called', event })
    if (printedAs !== undefined) fs.writeSync(2, `${format(event)}\n`)
  }
}
