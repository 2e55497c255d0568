import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { SysError } from '../posix/errno.js'
import { type DoorbellMemory, doorMemory, GuestDoorbell } from './doorbell.js'
import type { Command, Report } from './messages.js'
import { after } from './timer.js'
import type { TlsSettings } from './tls-settings.js'
import { threadLimits, workerFiles } from './worker-files.js'

/** One of a link's ends as it travels to the thread that uses it; the port must be transferred. */
export interface LinkEnd {
  /** True for a pump in a thread with other things to do: that it is silent says nothing. */
  readonly mayBeBusy: boolean
  readonly port: MessagePort
  readonly doorbell: DoorbellMemory
}

/** How many commands may be on their way: a guest that asks faster than the pump obeys has to wait. */
const MOST_AHEAD = 1024
/** How long to wait for the pump to obey anything at all, in ms. */
const PATIENCE_MS = 20_000

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
    if (this.mayBeBusy) return // it may even be this thread
    for (let obeyed = this.doorbell.obeyed; ((this.#posted - obeyed) | 0) > MOST_AHEAD; obeyed = this.doorbell.obeyed) {
      this.doorbell.sleepUntilObeyed(obeyed, PATIENCE_MS)
      if (this.doorbell.isGone || this.doorbell.obeyed === obeyed) throw new SysError('EIO')
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
  const worker = new Worker(workerFiles.helper, {
    workerData: { ...pump, tls },
    transferList: [pump.port],
    name: 'posix-wasm helper',
    resourceLimits: threadLimits,
  })
  worker.unref()
  worker.on('error', () => {}) // the guest is told EIO; whoever else wants to know listens too
  return worker
}

/** How long a helper may take to reset what it could not send in time, in ms. */
const RESET_MS = 500

/** Resolves when the helper has ended. After `lingerMs` it resets whatever is not out by then, so that no peer takes a part for the whole. */
export async function helperGone(worker: Worker, lingerMs: number): Promise<void> {
  if (worker.threadId === -1) return
  const gone = new Promise<void>((resolve) => void worker.once('exit', () => resolve()))
  const callOff = after(lingerMs, () => worker.postMessage('reset'))
  const callOffForce = after(lingerMs + RESET_MS, () => void worker.terminate())
  await gone
  callOff()
  callOffForce()
}
