import type { Duplex } from 'node:stream'
import { isMainThread, type Worker } from 'node:worker_threads'
import { backlogMemory, HostBacklog } from '../bridge/backlog.js'
import { helperGone, linkEnds } from '../bridge/link.js'
import { startPumpHere } from '../bridge/pump-here.js'
import { END_MS, threadEnd } from '../bridge/thread-end.js'
import { after } from '../bridge/timer.js'
import { ensureNotAborted, onAbortOr } from '../embedder/signals.js'
import type { ThreadedNetwork } from '../network/transport.js'
import { RecordingError, type RecordingFault, ReplayDiverged } from '../recording/errors.js'
import { type Attachments, attached } from './attach.js'
import { HostCallbacks } from './callbacks.js'
import { takeStartOptions } from './check-options.js'
import { ensureSendable } from './check-run-options.js'
import { GuestTimeout, GuestTrap, ModuleError, OptionError } from './errors.js'
import { type Held, hold } from './given-streams.js'
import { liveTask, replayTask } from './guest-task.js'
import { beginGuest, dismissThreads, type GuestThreads, startThreads } from './guest-threads.js'
import { maxPagesOf } from './limits-option.js'
import { type Loading, loadInTime } from './loading.js'
import { chooseMode, type Mode } from './mode.js'
import { MODE_VARIABLE } from './mode-variable.js'
import { NativeGuest } from './native-guest.js'
import { threadedOf } from './network-option.js'
import { takeSource } from './object-options.js'
import type { ModuleSource, RunOptions, StartOptions } from './options.js'
import { type HostPump, seatIn } from './seat.js'
import { wantsHash } from './session.js'
import { type StoppedRecording, stoppedRecording } from './stopped-recording.js'
import { bytesOf, type GuestNews } from './thread-messages.js'

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
 * caller's event loop stays free: the guest may talk to a server of this very process. With `mode: 'suspend'` it runs on the calling
 * thread and is suspended while it waits; then it is in the way only while it computes, and can be stopped only when it next waits.
 */
export async function runWithSockets(source: ModuleSource, options: RunOptions = {}): Promise<number> {
  return (await startWithSockets(source, options)).exitCode
}

/** The same, resolving as soon as the guest has been started. */
export async function startWithSockets(module: ModuleSource, given: StartOptions = {}): Promise<RunningGuest> {
  const source = takeSource(module)
  const taken = takeStartOptions(given)
  const { mode } = chooseMode(taken.mode ?? 'auto', { mayTakeThread: false, preferred: process.env[MODE_VARIABLE] })
  const held = hold(taken)
  try {
    ensureNotAborted(taken.signal)
    if (mode === 'suspend') return await (await import('./run-here.js')).startHere(source, taken, held)
    return await startInThread(source, ensureSendable(taken), { ...held, mode })
  } catch (error) {
    held.leave()
    throw error
  }
}

async function startInThread(source: ModuleSource, options: StartOptions, start: Starting): Promise<RunningGuest> {
  const recording = stoppedRecording(options.record)
  const threads = options.threads ?? startThreads({ ...options, chosen: start.mode })
  const release = threadedOf(options.network)?.time.hold()
  try {
    const sizes = { wantsHash: wantsHash(options), maxPages: maxPagesOf(options.limits) }
    const { loaded, tookMs } = await loadInTime(source, { ...options, ...sizes })
    await start.listenerFiles.clear()
    const beginning = { ...start, loaded, tookMs, options, backlog: backlogMemory(), gate: recording.gate }
    return supervise(begun(threads, beginning), beginning, recording)
  } catch (error) {
    dismissThreads(threads)
    throw error
  } finally {
    release?.()
  }
}

interface Starting extends Held {
  readonly mode: Mode
}

interface Beginning extends Starting, Loading {
  readonly options: StartOptions
  readonly backlog: SharedArrayBuffer
  readonly gate: StoppedRecording['gate']
}

function begun(threads: GuestThreads, beginning: Beginning): Threads {
  const { loaded, options, mode, failures, backlog, gate } = beginning
  const { guest: worker, helper } = threads
  const network = options.replay === undefined ? threadedOf(options.network) : undefined
  if (network !== undefined) return seated(threads, network, beginning)
  if (helper === undefined) {
    beginGuest(threads, { ...replayTask(loaded, options), backlog })
    return { worker }
  }
  const { bell, end } = helper
  const ends = linkEnds(bell, { mayBeBusy: true })
  const pump = startPumpHere(ends.pump, options)
  const native = mode === 'native' ? new NativeGuest(bell) : undefined
  try {
    const task = liveTask(loaded, options, { links: { bell, helper: end, host: ends.guest }, pump, failures })
    beginGuest(threads, { ...task, gate, backlog, openFds: native?.openFds, mayVanish: !isMainThread }, [
      end.port,
      ends.guest.port,
    ])
    return { worker, helper, pump, native }
  } catch (error) {
    native?.closeLeft()
    pump.stop()
    throw error
  }
}

/** The guest's sockets are in a network that exists in this thread. */
function seated(threads: GuestThreads, network: ThreadedNetwork, beginning: Beginning): Threads {
  const { loaded, options, failures, backlog, gate } = beginning
  const { leave, ...means } = seatIn(network, options.tls)
  try {
    const task = liveTask(loaded, options, { ...means, failures })
    beginGuest(threads, { ...task, gate, backlog }, [means.links.helper.port, means.links.host.port])
  } catch (error) {
    means.pump.stop()
    leave()
    throw error
  }
  threads.guest.once('exit', leave)
  return { worker: threads.guest, pump: means.pump }
}

interface Threads {
  readonly worker: Worker
  /** Undefined for a guest that is replayed. */
  readonly helper?: GuestThreads['helper']
  readonly pump?: HostPump | undefined
  /** For one that makes the system's calls itself. */
  readonly native?: NativeGuest | undefined
}

function supervise(threads: Threads, beginning: Beginning, recording: StoppedRecording): RunningGuest {
  const { options, failures } = beginning
  const callbacks = new HostCallbacks(options, failures)
  const backlog = new HostBacklog(beginning.backlog)
  const { worker, helper, pump, native } = threads
  const { signal, timeoutMs, lingerMs = 5000 } = options
  const attachments: Attachments = new Map()
  let resultText: string | undefined
  let halt: (reason: unknown) => void = () => {}
  let hurry = () => {}
  let hasEnded = false
  let isStopped = false
  /** Whether the reason why it stopped is not a failure of the caller's functions and streams. */
  let isOthers = false
  const ended = new Promise<number>((resolve, reject) => {
    const fail = (reason: unknown) => {
      if (!hasEnded) recording.stopped(reason)
      reject(reason)
    }
    halt = (reason) => {
      isStopped = true
      fail(reason)
      if (native === undefined) {
        recording.hold()
        void worker.terminate()
      } else native.stop(worker)
      void helper?.worker?.terminate()
      pump?.stop()
      hurry()
    }
    const minds = (helperWorker: Worker | undefined) =>
      helperWorker?.on('error', (error) => halt(new Error(`the helper failed: ${error.message}`, { cause: error })))
    worker.on('message', (news: GuestNews) => {
      const busy = callbacks.tell(news)
      const bytes = bytesOf(news)
      if (bytes !== undefined) {
        if (busy === undefined) backlog.remove(bytes)
        else void busy.then(() => backlog.remove(bytes))
      } else if (news.is === 'early') {
        void helper?.worker?.terminate()
        pump?.stop()
      } else if (news.is === 'helpless') minds(isStopped ? undefined : helper?.start())
      else if (news.is === 'attached') attachments.get(news.connection)?.resolve(news.fd)
      else if (news.is === 'refused')
        attachments.get(news.connection)?.reject(new Error('the guest has no descriptor free (EMFILE)'))
      else if (news.is === 'failed') {
        hasEnded = true
        reject(revived(news))
      } else if (news.is === 'exited') {
        hasEnded = true
        resultText = news.result
        resolve(news.code)
      }
    })
    worker.on('error', (error) => fail(new GuestTrap(`the guest's thread failed: ${error.message}`, { cause: error })))
    worker.on('exit', () => fail(new GuestTrap("the guest's thread ended early")))
    minds(helper?.worker)
  })
  let callOffGrace = () => {}
  failures.onFailure((reason, graceMs) => {
    if (graceMs === 0) halt(reason)
    else callOffGrace = after(graceMs, () => halt(reason))
  })
  const stop = (reason: unknown = new Error('the guest was stopped')) => {
    if (!hasEnded && !failures.hasFailed) isOthers = true
    halt(reason)
  }
  const callOffAbort = onAbortOr(signal, failures.fail, () => stop(signal?.reason))
  const callOffTimeout =
    timeoutMs === undefined
      ? () => {}
      : after(Math.max(0, timeoutMs - beginning.tookMs), () => stop(new GuestTimeout(timeoutMs)))
  /** Waits for the caller's functions and streams too, as long as they may take. */
  const settled = async () => {
    if (isStopped) return
    const all = Promise.all([failures.settled(), callbacks.idle()])
    await new Promise<void>((resolve) => {
      const callOff = after(lingerMs, resolve)
      hurry = resolve
      void all.then(() => resolve()).finally(callOff)
    })
  }
  const exitCode = ended
    .finally(() => {
      callOffTimeout()
      callOffGrace()
      return finished(threads, { lingerMs: isStopped ? 0 : lingerMs, isStopped })
    })
    .finally(() => beginning.listenerFiles.clear())
    .then(async (code) => {
      await settled()
      return code
    })
    .finally(() => {
      callOffAbort()
      callbacks.release()
      beginning.leave()
      recording.finish()
      if (isOthers) failures.seal()
      else failures.end()
    })
  const result = exitCode.then(() => resultText)
  for (const promise of [exitCode, result]) promise.catch(() => {}) // whoever wants to know asks for it
  return {
    exitCode,
    result,
    stop,
    attach: (stream) => attached(stream, { ended, pump, waiting: attachments }),
  }
}

/**
 * Resolves when what the guest has sent is out and its threads are gone; what is not out after `lingerMs` is reset. Threads of a guest that
 * was stopped, and do not end, are not waited for.
 */
async function finished({ worker, helper, pump, native }: Threads, { lingerMs, isStopped }: Finish): Promise<void> {
  helper?.worker?.ref()
  const callOff = after(lingerMs, () => pump?.stop())
  const guestGone = threadEnd(worker, isStopped ? END_MS : undefined)
  await Promise.all([guestGone, helper?.worker && helperGone(helper.worker, lingerMs), pump?.stopped])
  callOff()
  native?.closeLeft()
}

interface Finish {
  readonly lingerMs: number
  readonly isStopped: boolean
}

function revived({ name, message, code, stack, detail }: Extract<GuestNews, { is: 'failed' }>): Error {
  if (name === 'OptionError') return new OptionError(message)
  if (name === 'GuestTimeout') return new GuestTimeout(Number(detail.timeoutMs))
  if (name === 'RecordingError') return new RecordingError(detail.reason as RecordingFault, message)
  if (name === 'ReplayDiverged')
    return new ReplayDiverged(Number(detail.call), String(detail.recorded), String(detail.asked))
  if (name === 'ModuleError') return new ModuleError(code as ModuleError['code'], message)
  const from = name === 'GuestTrap' ? 'RuntimeError' : name
  const cause = Object.assign(new Error(message), { name: from, stack, ...(code !== undefined && { code }) })
  return name === 'GuestTrap' ? new GuestTrap(message, { cause, frames: detail.frames as GuestTrap['frames'] }) : cause
}
