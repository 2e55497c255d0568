/* The thread of a guest that `runWithSockets` runs. */
import fs from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { type CallEvent, formatCall } from '../abi/trace.js'
import { Bridge } from '../bridge/bridge.js'
import { machineBridge, machineWorld } from '../machine.js'
import type { Network, NetworkDriver } from '../network/network.js'
import type { Refusal } from '../network/rules/refusals.js'
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
import type { ExtraImports, InputOption } from './options.js'
import { endSession, type Live, type Replayed, sessionOf, stopped, wantsHash } from './session.js'
import { inputOf, outputOf, sinkOf } from './stdio-options.js'
import type { GuestNews, GuestTask, StdioPlan } from './thread-messages.js'

const task = workerData as GuestTask
const tell = (news: GuestNews) => parentPort?.postMessage(news)
/** False as long as nobody would tell the helper that the guest has ended. */
let isLinked = task.links === undefined

try {
  tell(await run())
} catch (error) {
  const { name, message, stack, code } = error as Error & { code?: string }
  if (!isLinked) tell({ is: 'early' })
  const detail = error instanceof RecordingError || error instanceof ReplayDiverged ? { ...error } : {}
  tell({ is: 'failed', name, message, stack, detail, ...(code !== undefined && { code }) })
}
parentPort?.close()

async function run(): Promise<GuestNews> {
  const session = sessionOf(task, task, machineWorld())
  const surroundings = session.isReplay ? replayed(session) : live(session)
  const trace = tracer()
  const onListen = (listener: Listener) => void (task.tell.listening && tell({ is: 'listening', listener }))
  const sockets = new SocketShim({
    network: surroundings.network,
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
    surroundings.end()
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
  /** Tells the last figures. */
  end(): void
}

/** This machine's network, by way of the helper's thread, and the host's streams. */
function live(session: Live): Surroundings {
  if (task.links === undefined) throw new Error('a guest that is not replayed needs links')
  const bridge = new Bridge({ ...machineBridge(session.machine, task.hostname), tlsGrant: task.tlsGrant }, task.links)
  isLinked = true
  let sockets: SocketShim
  const onRefusal = (refusal: Refusal) =>
    task.tell.refusals ? tell({ is: 'refusal', refusal }) : sockets.guest.notice(refusal.text)
  const onLimit = limitNotice((text) => sockets.guest.notice(text))
  const small = withinLimits(bridge, task.limits, { now: () => session.machine.now(), onLimit })
  const { driver, begin } = guarded(small, task.rules, onRefusal)
  const counted = measured(driver, tellers(), () => session.machine.now())
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
    network: session.driver(counted.driver),
    end: counted.end,
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
  // Its waits take no time, and are to be those of then: nothing is told during one.
  const counted = measured(session.network, { ...tellers(), figuresEveryMs: undefined }, () => session.machine.now())
  const sinks = ([1, 2] as const).map((fd) => {
    const plan = task.stdio[fd]
    if (plan === 'told') return (bytes: Uint8Array) => tell({ is: 'written', fd, bytes: bytes.slice() })
    return sinkOf(fd, plan as 'inherit' | 'ignore')
  })
  return {
    network: counted.driver,
    end: counted.end,
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
