import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { SysError } from '../posix/errno.js'
import { type DoorbellMemory, doorMemory, GuestDoorbell, PumpDoorbell } from './doorbell.js'
import type { Command, Report } from './messages.js'
import { Pump } from './pump.js'
import { after } from './timer.js'
import type { TlsSettings } from './tls-settings.js'
import { workerFiles } from './worker-files.js'

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
export class Link {
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

  /** Sends a command. `EIO` when the pump does not keep up because it has died. */
  post(command: Command): void {
    this.#port.postMessage(command)
    this.#posted = (this.#posted + 1) | 0
    if (this.mayBeBusy) return // it may even be this thread
    for (let obeyed = this.doorbell.obeyed; ((this.#posted - obeyed) | 0) > MOST_AHEAD; obeyed = this.doorbell.obeyed) {
      this.doorbell.sleepUntilObeyed(obeyed, PATIENCE_MS)
      if (this.doorbell.isGone || this.doorbell.obeyed === obeyed) throw new SysError('EIO')
    }
  }

  /** The reports that have come since the last time. */
  *reports(): Generator<Report> {
    while (this.#read !== this.doorbell.mailCount) {
      const received = receiveMessageOnPort(this.#port)
      if (received === undefined) return
      this.#read = (this.#read + 1) | 0
      yield received.message as Report
    }
  }

  close(): void {
    this.#port.close()
  }
}

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
  const worker = new Worker(workerFiles.helper, {
    workerData: { ...pump, tls },
    transferList: [pump.port],
    name: 'posix-wasm helper',
  })
  worker.unref()
  worker.on('error', () => {}) // the guest is told EIO; whoever else wants to know listens too
  return { end: guest, worker }
}

/** A pump in this very thread, for streams of the host's. */
export function startPumpHere({ port, doorbell }: LinkEnd, tls?: TlsSettings): Pump {
  const pump = new Pump(port, new PumpDoorbell(doorbell, { now: () => 0, lingerMs: 0 }), tls)
  port.unref()
  return pump
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
