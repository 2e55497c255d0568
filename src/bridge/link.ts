import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { SysError } from '../posix/errno.js'
import { type DoorbellMemory, doorMemory, GuestDoorbell, PumpDoorbell } from './doorbell.js'
import type { Command, Report } from './messages.js'
import { Pump } from './pump.js'
import { workerFiles } from './worker-files.js'

/** One of a link's ends as it travels to the thread that uses it; the port must be transferred. */
export interface LinkEnd {
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
  readonly #port: MessagePort
  #read = 0
  #posted = 0

  constructor({ port, doorbell }: LinkEnd) {
    this.doorbell = new GuestDoorbell(doorbell.door)
    this.#port = port
  }

  /** Sends a command. `EIO` when the pump does not keep up because it has died. */
  post(command: Command): void {
    this.#port.postMessage(command)
    this.#posted = (this.#posted + 1) | 0
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
export function linkEnds(bell: SharedArrayBuffer): { guest: LinkEnd; pump: LinkEnd } {
  const { port1, port2 } = new MessageChannel()
  const doorbell = { bell, door: doorMemory() }
  return { guest: { port: port1, doorbell }, pump: { port: port2, doorbell } }
}

/** Starts a helper worker with a pump, which does not keep the process alive; answers the guest's end and the worker. */
export function startHelper(bell: SharedArrayBuffer): { end: LinkEnd; worker: Worker } {
  const { guest, pump } = linkEnds(bell)
  const worker = new Worker(workerFiles.helper, {
    workerData: pump,
    transferList: [pump.port],
    name: 'posix-wasm helper',
  })
  worker.unref()
  return { end: guest, worker }
}

/** A pump in this very thread, for streams of the host's. */
export function startPumpHere({ port, doorbell }: LinkEnd): Pump {
  const pump = new Pump(port, new PumpDoorbell(doorbell, { now: () => 0, lingerMs: 0 }))
  port.unref()
  return pump
}
