/* The thread of a guest that `runWithSockets` runs. */

import { once } from 'node:events'
import { type MessagePort, parentPort } from 'node:worker_threads'
import { type CallEvent, formatCall } from '../abi/trace.js'
import { GuestBacklog } from '../bridge/backlog.js'
import { Bridge } from '../bridge/bridge.js'
import { GuestPresence } from '../bridge/presence.js'
import { machineBridge, machineWorld } from '../machine.js'
import { GuestStopped } from '../native/native-network.js'
import type { Handle, Network, NetworkDriver } from '../network/network.js'
import type { Refusal } from '../network/rules/refusals.js'
import { Chance } from '../network/virtual/chance.js'
import { printableJson } from '../posix/printable.js'
import type { World } from '../posix/world.js'
import type { Listener } from '../posix-sockets/sockets.js'
import { RecordingError, ReplayDiverged } from '../recording/errors.js'
import type { Ending } from '../recording/recorder.js'
import type { Three } from '../recording/stdio.js'
import { SocketShim } from '../socket-shim.js'
import { overNetwork, type Stdio } from '../wasi/stdio.js'
import { GuestTimeout, GuestTrap } from './errors.js'
import { importsFrom } from './extra-imports.js'
import { type FiguresOptions, measured } from './figures-option.js'
import { guarded } from './guarded.js'
import { shimOptions } from './guest-here.js'
import { filesFor, instantiate, invoke } from './guest-instance.js'
import { printForHost } from './host-text.js'
import { limitNotice, ringsWithin, withinLimits } from './limits-option.js'
import { nativeNetwork } from './native-mode.js'
import type { InputOption } from './options.js'
import { endSession, type Live, type Replayed, sessionOf, stopped, traceOf, wantsHash } from './session.js'
import { inputOf, outputOf, sinkOf } from './stdio-options.js'
import { bytesOf, type GuestNews, type GuestTask, type StdioPlan } from './thread-messages.js'
import { MOST_FRAMES } from './trap.js'

const [task] = (await once(parentPort as MessagePort, 'message')) as [GuestTask]
const backlog = new GuestBacklog(task.backlog)
const tell = (news: GuestNews) => {
  const bytes = bytesOf(news)
  if (bytes !== undefined) backlog.add(bytes)
  parentPort?.postMessage(news)
}
/** Of a guest whose network has a clock of its own. */
const presence = task.presence && new GuestPresence(task.presence, machineWorld())
/** False as long as nobody would tell the helper that the guest has ended. */
let isLinked = task.links === undefined

Error.stackTraceLimit = MOST_FRAMES

try {
  tell(await run())
} catch (error) {
  const { name, message, code, cause } = error as Error & { code?: string }
  const { stack } = cause instanceof Error && error instanceof GuestTrap ? cause : (error as Error)
  if (!isLinked) tell({ is: 'early' })
  const isDetailed = [RecordingError, ReplayDiverged, GuestTimeout, GuestTrap].some((each) => error instanceof each)
  const detail = isDetailed ? { ...(error as Error) } : {}
  tell({ is: 'failed', name, message, stack, detail, ...(code !== undefined && { code }) })
}
parentPort?.close()

async function run(): Promise<GuestNews> {
  const session = sessionOf(task, task, worldOf(presence))
  const surroundings = session.isReplay ? replayed(session) : live(session)
  const trace = traceOf(session, tracer())
  const onListen = (listener: Listener) => void (task.tell.listening && tell({ is: 'listening', listener }))
  const sockets = new SocketShim({
    network: surroundings.network,
    world: session.world,
    ...shimOptions(task),
    ...(trace && { trace }),
    ...((task.tell.listening || wantsHash(task)) && { onListen }),
  })
  surroundings.serve(sockets)
  if (task.figuresEveryMs !== undefined) surroundings.tellFigures() // a guest that only computes tells no more
  let ending: Ending = { stopped: 'it did not start' }
  let isMade = false
  let wasStopped = false // by the host, which has told of it already: all that is left to do is to close what is open
  try {
    const memoryFs = task.files && (await import('../wasi/memory-files.js')).wasmFsOf(task.files)
    const provider = await filesFor(task.module, { ...task, ...(memoryFs && { fs: memoryFs }) }, (text) =>
      sockets.guest.notice(text),
    )
    const instance = await instantiate(task, {
      ...task,
      ...session.started,
      sockets,
      zone: session.zone,
      provider: session.files(provider),
      stdio: surroundings.stdio(),
      imports: task.importsFrom === undefined ? undefined : await importsFrom(task.importsFrom),
      trace,
      ...(task.tell.notices && { notice: (text) => tell({ is: 'notice', text }) }),
      ready: surroundings.ready,
    })
    isMade = true
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
    wasStopped = error instanceof GuestStopped
    throw error
  } finally {
    await sockets.end()
    if (!wasStopped) {
      surroundings.tellFigures()
      endSession(session, ending, { isMade })
    }
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

/** The machine's clocks and randomness, or those of a network that has its own. */
function worldOf(presence: GuestPresence | undefined): World {
  if (presence === undefined) return machineWorld()
  const chance = new Chance(task.presence?.seed ?? 0, 0)
  return presence.world((bytes) => chance.fill(bytes))
}

/** What is around the guest. */
interface Surroundings {
  readonly network: Network | NetworkDriver
  stdio(): Three<Stdio>
  /** Begins to give the guest the connections that the host offers. */
  serve(sockets: SocketShim): void
  /** Gives it those that it is started with; from then on the rules hold. */
  readonly ready: () => void
  /** Tells the figures as they are. */
  tellFigures(): void
}

/** This machine's network, by way of the helper's thread, and the host's streams. */
function live(session: Live): Surroundings {
  if (task.links === undefined) throw new Error('a guest that is not replayed needs links')
  const rings = ringsWithin(task.limits)
  const machine = machineBridge(session.machine, task.hostname ?? task.presence?.name)
  const { interfaces } = task.presence ?? {}
  const seen = presence && { presence, maySpin: false, ...(interfaces && { interfaces: () => interfaces }) } // a clock that may stand still is none to spin by
  const served = { ...machine, ...rings, ...seen, tlsGrant: task.tlsGrant }
  const bridge = new Bridge(served, task.links)
  isLinked = true
  const { openFds } = task
  const native =
    openFds &&
    nativeNetwork(
      served,
      { bell: task.links.bell, openFds, bridge, needsHelper: () => tell({ is: 'helpless' }) },
      task.mayVanish,
    )
  const own = native ?? bridge
  const adopt = (connection: number) => own.adoptOffered(connection)
  const at = (fd: 0 | 1 | 2) => stdioOf(own.network, fd, adopt)
  let sockets: SocketShim
  const onRefusal = (refusal: Refusal) =>
    task.tell.refusals ? tell({ is: 'refusal', refusal }) : sockets.guest.notice(refusal.text)
  const onLimit = limitNotice((text) => sockets.guest.notice(text))
  const small = withinLimits(own, task.limits, { now: () => session.machine.now(), onLimit })
  const { driver, begin } = guarded(small, task.rules, { onRefusal, isOnMachine: task.presence === undefined })
  const counted = measured(driver, tellers(), () => session.machine.now())
  const known = new Set([...task.stdio.map((plan) => (isConnection(plan) ? plan.connection : -1)), ...task.connections])
  const attach = (connection: number) => {
    if (!sockets.table.hasRoom()) {
      bridge.declineOffered(connection)
      return tell({ is: 'refused', connection })
    }
    const handle = session.adopt(() => adopt(connection))
    tell({ is: 'attached', connection, fd: sockets.adopt(handle) })
  }
  return {
    network: session.driver(counted.driver),
    tellFigures: counted.end,
    stdio: () => session.stdio([at(0), at(1), at(2)]),
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
    tellFigures: counted.end,
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

function stdioOf(network: Network, fd: 0 | 1 | 2, adopt: (connection: number) => Handle): Stdio {
  const plan = task.stdio[fd]
  const carries = fd === 0 ? 'input' : 'output'
  if (isConnection(plan)) {
    const { isTerminal, connection } = plan
    return overNetwork(network, { isTerminal, carries }, () => adopt(connection))
  }
  return fd === 0 ? inputOf(plan as InputOption) : outputOf(fd, plan as 'inherit' | 'ignore')
}

function isConnection(plan: StdioPlan): plan is Extract<StdioPlan, { connection: number }> {
  return typeof plan === 'object' && 'connection' in plan
}

function tracer(): ((event: CallEvent) => void) | undefined {
  const { isPosted, printedAs } = task.trace
  if (!isPosted && printedAs === undefined) return undefined
  const format = printedAs === 'json' ? printableJson : formatCall
  return (event) => {
    if (isPosted) tell({ is: 'called', event })
    if (printedAs !== undefined) printForHost(format(event))
  }
}
