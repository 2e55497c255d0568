/* The thread of a guest that `runWithSockets` runs. */
import fs from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { type CallEvent, formatCall } from '../abi/trace.js'
import { Bridge } from '../bridge/bridge.js'
import type { LinkEnd } from '../bridge/link.js'
import { machineBridge, machineWorld } from '../machine.js'
import type { Refusal } from '../network/refusals.js'
import type { NetworkRules } from '../network/rules.js'
import type { Listener } from '../posix-sockets/sockets.js'
import { SocketShim } from '../socket-shim.js'
import { overNetwork, type Stdio } from '../wasi/stdio.js'
import { guarded } from './guarded.js'
import { filesFor, instantiate, invoke } from './guest-instance.js'
import { inputOf, outputOf, shimOptions } from './instantiate.js'
import type { LoadedModule } from './load.js'
import type { ExtraImports, GuestOptions } from './options.js'

/** Where a standard descriptor leads: to the process's own, to given bytes, nowhere, or to a stream in the host's thread. */
export type StdioPlan =
  | 'inherit'
  | 'ignore'
  | Uint8Array
  | { readonly connection: number; readonly isTerminal: boolean }

/** How a trace is printed: a line for each call, as strace does, or a `CallEvent` as JSON. */
export type TraceFormat = 'strace' | 'json'

/** What the host's thread hands over. */
export interface GuestTask
  extends LoadedModule,
    Pick<
      GuestOptions,
      'args' | 'argv0' | 'env' | 'dirs' | 'listen' | 'connect' | 'descriptors' | 'numbering' | 'hostname' | 'lingerMs'
    > {
  readonly bell: SharedArrayBuffer
  readonly helper: LinkEnd
  readonly host: LinkEnd
  readonly stdio: readonly [StdioPlan, StdioPlan, StdioPlan]
  readonly connections: readonly number[]
  /** What `WasmFs.toJSON` answered. */
  readonly files: object | undefined
  readonly importsFrom: string | undefined
  /** What the guest may reach. */
  readonly rules?: NetworkRules
  readonly trace: { readonly isPosted: boolean; readonly printedAs: TraceFormat | undefined }
  /** Of what the host's thread wants to be told. */
  readonly tell: { readonly listening: boolean; readonly notices: boolean; readonly refusals: boolean }
  readonly invoke: { readonly name: string; readonly args: readonly string[] }
}

/** What the guest's thread tells the host's. */
export type GuestNews =
  | { is: 'exited'; code: number; result?: string; files?: object }
  | { is: 'failed'; name: string; message: string; code?: string; stack: string | undefined }
  | { is: 'attached'; connection: number; fd: number }
  | { is: 'refused'; connection: number }
  | { is: 'called'; event: CallEvent }
  | { is: 'listening'; listener: Listener }
  | { is: 'notice'; text: string }
  | { is: 'refusal'; refusal: Refusal }

const task = workerData as GuestTask
const tell = (news: GuestNews) => parentPort?.postMessage(news)

try {
  tell(await run())
} catch (error) {
  const { name, message, stack, code } = error as Error & { code?: string }
  tell({ is: 'failed', name, message, stack, ...(code !== undefined && { code }) })
}
parentPort?.close()

async function run(): Promise<GuestNews> {
  const world = machineWorld()
  const bridge = new Bridge(machineBridge(world, task.hostname), task)
  const trace = tracer()
  const onListen = task.tell.listening ? (listener: Listener) => tell({ is: 'listening', listener }) : undefined
  const onRefusal = (refusal: Refusal) =>
    task.tell.refusals ? tell({ is: 'refusal', refusal }) : sockets.guest.notice(refusal.text)
  const { driver: network, begin } = guarded(bridge, task.rules, onRefusal)
  const sockets = new SocketShim({ network, world, ...shimOptions(task), ...(trace && { trace }), onListen })
  const known = new Set([...task.stdio.map((plan) => (isConnection(plan) ? plan.connection : -1)), ...task.connections])
  const attach = (connection: number) => {
    if (!sockets.table.hasRoom()) {
      bridge.declineOffered(connection)
      return tell({ is: 'refused', connection })
    }
    tell({ is: 'attached', connection, fd: sockets.adopt(bridge.adoptOffered(connection)) })
  }
  bridge.onOffer = (connection) => known.has(connection) || attach(connection)
  try {
    const memoryFs = task.files && (await import('../wasi/memory-files.js')).wasmFsOf(task.files)
    const provider = await filesFor(task.module, { ...task, ...(memoryFs && { fs: memoryFs }) })
    const instance = await instantiate(task, {
      ...task,
      sockets,
      provider,
      stdio: [stdioOf(bridge, 0), stdioOf(bridge, 1), stdioOf(bridge, 2)],
      imports: await extraImports(task.importsFrom),
      trace,
      ...(task.tell.notices && { notice: (text) => tell({ is: 'notice', text }) }),
      ready: () => {
        task.connections.forEach(attach)
        begin()
      },
    })
    const { code, result } = invoke(instance, task.invoke.name, task.invoke.args.map(Number))
    return {
      is: 'exited',
      code,
      ...(result !== undefined && { result: String(result) }),
      ...(memoryFs && { files: memoryFs.toJSON() }),
    }
  } finally {
    await sockets.end()
  }
}

function stdioOf(bridge: Bridge, fd: 0 | 1 | 2): Stdio {
  const plan = task.stdio[fd]
  const carries = fd === 0 ? 'input' : 'output'
  if (isConnection(plan)) {
    const { isTerminal, connection } = plan
    return overNetwork(bridge.network, { isTerminal, carries }, () => bridge.adoptOffered(connection))
  }
  return fd === 0 ? inputOf(plan) : outputOf(fd, plan as 'inherit' | 'ignore')
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
