import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { SysError } from '../posix/errno.js'
import { type DoorbellMemory, doorMemory, GuestDoorbell, leaveDoor } from './doorbell.js'
import type { Command, Report } from './messages.js'
import { END_MS, threadEnd } from './thread-end.js'
import { after } from './timer.js'
import type { TlsSettings } from './tls-settings.js'
import { threadLimits, threadStart } from './worker-files.js'

/** One of a link's ends as it travels to the thread that uses it; the port must be transferred. */
export interface LinkEnd {
  /** True for a pump in a thread with other things to do: that it is silent says nothing. */
  readonly mayBeBusy: boolean
  readonly port: MessagePort
  readonly doorbell: DoorbellMemory
}

/** How many commands may be on their way: a guest that asks faster than the pump obeys has to wait. */
const MOST_AHEAD = 1024
/** How often a guest that waits for the pump to obey counts, and how often in a row in vain until the pump counts as dead. */
const SLICE_MS = 1000
const MOST_SLICES = 20

/** The guest's end of what joins it to one pump. */
export interface Link {
  /** True for a pump in a thread with other things to do. */
  readonly mayBeBusy: boolean
  readonly doorbell: Pick<GuestDoorbell, 'queue' | 'nextNews' | 'waitsForMany' | 'call' | 'hasAnswered' | 'isGone'>
  /** Sends a command. `EIO` when the pump does not keep up because it has died. */
  post(command: Command): void
  /** The reports that have come since the last time. */
  reports(): Iterable<Report>
  close(): void
}

/** The one to a pump in another thread: by messages, and shared memory. */
export class ThreadLink implements Link {
  readonly doorbell: GuestDoorbell
  readonly mayBeBusy: boolean
  readonly #port: MessagePort
  #read = 0
  #posted = 0

  constructor({ port, doorbell, mayBeBusy }: LinkEnd) {
    this.mayBeBusy = mayBeBusy
    this.doorbell = new GuestDoorbell(doorbell.door)
    this.#port = port
  }

  post(command: Command): void {
    this.#port.postMessage(command)
    this.doorbell.notePosted()
    this.#posted = (this.#posted + 1) | 0
    if (!this.mayBeBusy) this.#keepNear() // a busy one may even be this thread
  }

  /**
   * Waits until not too many commands are under way. Only time that has passed whole without a command being obeyed counts against the
   * pump: a wake-up may come late, for a command that was obeyed before, and a process may be stopped for hours.
   */
  #keepNear(): void {
    for (let silent = 0; ; ) {
      const { obeyed } = this.doorbell
      if (((this.#posted - obeyed) | 0) <= MOST_AHEAD) return
      if (this.doorbell.isGone || silent >= MOST_SLICES) throw new SysError('EIO')
      const isSilent = this.doorbell.sleepUntilObeyed(obeyed, SLICE_MS) === 'timed-out'
      silent = isSilent ? silent + 1 : 0
    }
  }

  reports(): Iterable<Report> {
    return this.#read === this.doorbell.mailCount ? nothing : this.#received()
  }

  close(): void {
    this.#port.close()
  }

  *#received(): Generator<Report> {
    while (this.#read !== this.doorbell.mailCount) {
      const received = receiveMessageOnPort(this.#port)
      if (received === undefined) return
      this.#read = (this.#read + 1) | 0
      yield received.message as Report
    }
  }
}

const nothing: readonly Report[] = []

/** Two ends that belong together: the guest's and the pump's. */
export function linkEnds(
  bell: SharedArrayBuffer,
  { mayBeBusy }: { mayBeBusy: boolean },
): { guest: LinkEnd; pump: LinkEnd } {
  const { port1, port2 } = new MessageChannel()
  const doorbell = { bell, door: doorMemory() }
  return { guest: { port: port1, doorbell, mayBeBusy }, pump: { port: port2, doorbell, mayBeBusy } }
}

/** Starts a helper worker with a pump, which does not keep the process alive; answers the guest's end and the worker. */
export function startHelper(bell: SharedArrayBuffer, tls?: TlsSettings): { end: LinkEnd; worker: Worker } {
  const { guest, pump } = linkEnds(bell, { mayBeBusy: false })
  return { end: guest, worker: helperFor(pump, tls) }
}

/** Starts the helper worker of a link, likewise: what was asked over it before is done first. */
export function helperFor(pump: LinkEnd, tls?: TlsSettings): Worker {
  const { file, argv } = threadStart('helper')
  const worker = new Worker(file, {
    argv,
    workerData: { ...pump, tls },
    transferList: [pump.port],
    name: 'posix-wasm helper',
    resourceLimits: threadLimits,
  })
  worker.unref()
  worker.on('error', () => {}) // the guest is told EIO; whoever else wants to know listens too
  worker.once('exit', () => leaveDoor(pump.doorbell)) // a thread that was terminated does not say so itself
  return worker
}

/** How long a helper may take to reset what it could not send in time, in ms. */
const RESET_MS = 500

/**
 * Resolves when the helper has ended. After `lingerMs` it resets whatever is not out by then, so that no peer takes a part for the whole;
 * soon after that it is not waited for any more, whatever it does.
 */
export async function helperGone(worker: Worker, lingerMs: number): Promise<void> {
  if (worker.threadId === -1) return
  const callOff = after(lingerMs, () => worker.postMessage('reset'))
  const callOffForce = after(lingerMs + RESET_MS, () => void worker.terminate())
  await threadEnd(worker, lingerMs + RESET_MS + END_MS)
  callOff()
  callOffForce()
}
