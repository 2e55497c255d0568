import type { Duplex } from 'node:stream'
import { type MessagePort, Worker } from 'node:worker_threads'
import { bellMemory } from '../bridge/doorbell.js'
import { helperGone, linkEnds, startHelper, startPumpHere } from '../bridge/link.js'
import type { Pump } from '../bridge/pump.js'
import { after } from '../bridge/timer.js'
import { workerFiles } from '../bridge/worker-files.js'
import { unnamed } from '../network/network.js'
import { RecordingError, type RecordingFault, ReplayDiverged } from '../recording/errors.js'
import { checkOptions } from './check-options.js'
import { GuestTimeout, GuestTrap, ModuleError, OptionError } from './errors.js'
import { driverOf, type NetworkOption } from './guarded.js'
import { liveTask, replayTask } from './guest-task.js'
import { maxPagesOf } from './limits-option.js'
import { loadModule } from './load.js'
import type { ModuleSource, RunOptions, StartOptions } from './options.js'
import { wantsHash } from './session.js'
import { sinkOf } from './stdio-options.js'
import type { GuestNews, GuestTask } from './thread-messages.js'

/** A guest in a thread of its own. */
export interface RunningGuest {
  /** Its exit code. Rejects with a `GuestTrap`, a `GuestTimeout`, or the signal's reason. */
  readonly exitCode: Promise<number>
  /** What the invoked function answered, as text; undefined for none. */
  readonly result: Promise<string | undefined>
  /** Gives the guest a connection of the host's; answers its descriptor, at the latest when the guest next waits. */
  attach(stream: Duplex): Promise<number>
  /** Stops the guest at once and closes its sockets. `exitCode` rejects with `reason`. */
  stop(reason?: unknown): void
}

/**
 * Runs a module's `_start` in a worker thread of its own, with POSIX sockets and WASI preview 1; resolves to its exit code. The
 * caller's event loop stays free: the guest may talk to a server of this very process.
 */
export async function runWithSockets(source: ModuleSource, options: RunOptions = {}): Promise<number> {
  return (await startWithSockets(source, options)).exitCode
}

/** The same, resolving as soon as the guest has been started. */
export async function startWithSockets(source: ModuleSource, options: StartOptions = {}): Promise<RunningGuest> {
  checkRunOptions(options)
  options.signal?.throwIfAborted()
  const loaded = await loadModule(source, { wantsHash: wantsHash(options), maxPages: maxPagesOf(options.limits) })
  options.signal?.throwIfAborted()
  if (options.replay !== undefined) return supervise({ worker: guestWorker(replayTask(loaded, options)) }, options)
  const bell = bellMemory()
  const { end: helper, worker: helperWorker } = startHelper(bell, options.tls)
  const ends = linkEnds(bell, { mayBeBusy: true })
  const pump = startPumpHere(ends.pump, options.tls)
  let worker: Worker
  try {
    const task = liveTask(loaded, options, { links: { bell, helper, host: ends.guest }, pump })
    worker = guestWorker(task, [helper.port, ends.guest.port])
  } catch (error) {
    void helperWorker.terminate()
    pump.stop()
    throw error
  }
  return supervise({ worker, helperWorker, pump }, options)
}

function guestWorker(workerData: GuestTask, transferList: MessagePort[] = []): Worker {
  return new Worker(workerFiles.guest, { workerData, transferList, name: 'posix-wasm guest' })
}

interface Threads {
  readonly worker: Worker
  /** Undefined for a guest that is replayed. */
  readonly helperWorker?: Worker | undefined
  readonly pump?: Pump | undefined
}

function supervise({ worker, helperWorker, pump }: Threads, options: StartOptions): RunningGuest {
  const { signal, timeoutMs, lingerMs = 5000 } = options
  const attached = new Map<number, { resolve: (fd: number) => void; reject: (error: Error) => void }>()
  let resultText: string | undefined
  let stop: (reason?: unknown) => void = () => {}
  const ended = new Promise<number>((resolve, reject) => {
    stop = (reason = new Error('the guest was stopped')) => {
      reject(reason)
      void worker.terminate()
      void helperWorker?.terminate()
      pump?.stop()
    }
    worker.on('message', (news: GuestNews) => {
      if (news.is === 'called') options.trace?.(news.event)
      else if (news.is === 'listening') options.onListen?.(news.listener)
      else if (news.is === 'notice') options.notice?.(news.text)
      else if (news.is === 'early') {
        void helperWorker?.terminate()
        pump?.stop()
      } else if (news.is === 'figures') options.onFigures?.(news.figures)
      else if (news.is === 'socket') options.onSocketEvent?.(news.event)
      else if (news.is === 'written') sinkOf(news.fd, news.fd === 1 ? options.stdout : options.stderr)(news.bytes)
      else if (news.is === 'refusal') options.onRefusal?.(news.refusal)
      else if (news.is === 'attached') attached.get(news.connection)?.resolve(news.fd)
      else if (news.is === 'refused')
        attached.get(news.connection)?.reject(new Error('the guest has no descriptor free (EMFILE)'))
      else if (news.is === 'failed') reject(revived(news))
      else {
        resultText = news.result
        if (news.files !== undefined) options.fs?.fromJSON(news.files)
        resolve(news.code)
      }
    })
    worker.on('error', (error) =>
      reject(new GuestTrap(`the guest's thread failed: ${error.message}`, { cause: error })),
    )
    worker.on('exit', () => reject(new GuestTrap("the guest's thread ended early")))
    helperWorker?.on('error', (error) => stop(new Error(`the helper failed: ${error.message}`, { cause: error })))
  })
  const abort = () => stop(signal?.reason)
  signal?.addEventListener('abort', abort, { once: true })
  const callOffTimeout = timeoutMs === undefined ? () => {} : after(timeoutMs, () => stop(new GuestTimeout(timeoutMs)))
  const exitCode = ended.finally(async () => {
    callOffTimeout()
    signal?.removeEventListener('abort', abort)
    await finished({ worker, helperWorker, pump }, lingerMs)
  })
  const result = exitCode.then(() => resultText)
  for (const promise of [exitCode, result]) promise.catch(() => {}) // whoever wants to know asks for it
  return {
    exitCode,
    result,
    stop,
    attach: (stream) =>
      new Promise((resolve, reject) => {
        const refuse = (error: unknown) => {
          stream.destroy()
          reject(error)
        }
        if (pump === undefined)
          return refuse(new Error('a guest that is replayed has the connections of its recording'))
        const connection = pump.offerFromHost(stream, { local: unnamed, peer: unnamed })
        attached.set(connection, { resolve, reject })
        ended.then(() => refuse(new Error('the guest has ended')), refuse)
      }),
  }
}

/** Resolves when what the guest has sent is out and its threads are gone; what is not out after `lingerMs` is reset. */
async function finished({ worker, helperWorker, pump }: Threads, lingerMs: number): Promise<void> {
  helperWorker?.ref()
  const callOff = after(lingerMs, () => pump?.stop())
  await Promise.all([gone(worker), helperWorker && helperGone(helperWorker, lingerMs), pump?.stopped])
  callOff()
}

function gone(worker: Worker): Promise<unknown> {
  return worker.threadId === -1 ? Promise.resolve() : new Promise((resolve) => worker.once('exit', resolve))
}

function revived({ name, message, code, stack, detail }: Extract<GuestNews, { is: 'failed' }>): Error {
  if (name === 'OptionError') return new OptionError(message)
  if (name === 'RecordingError') return new RecordingError(detail.reason as RecordingFault, message)
  if (name === 'ReplayDiverged')
    return new ReplayDiverged(Number(detail.call), String(detail.recorded), String(detail.asked))
  if (name === 'ModuleError') return new ModuleError(code as ModuleError['code'], message)
  const cause = Object.assign(new Error(message), { name, stack })
  return name === 'GuestTrap' ? new GuestTrap(message, { cause }) : cause
}

function checkRunOptions(options: StartOptions & { world?: unknown }): void {
  checkOptions(options)
  const unsendable = { 'a network other than rules': driverOf(options.network as NetworkOption), world: options.world }
  for (const [name, value] of Object.entries(unsendable))
    if (value !== undefined)
      throw new OptionError(`${name} cannot be sent to the guest's thread; use instantiateWithSockets for it`)
  if (options.imports !== undefined && !(options.imports instanceof URL))
    throw new OptionError(
      "imports must be the URL of a module that exports them: functions cannot be sent to the guest's thread",
    )
}
