/* The helper worker: a pump with an event loop of its own. It ends when its guest has finished and all is sent. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import type { DoorbellMemory } from '../bridge/doorbell.js'
import { Pump } from '../bridge/pump.js'
import { PumpDoorbell } from '../bridge/pump-doorbell.js'
import type { TlsSettings } from '../bridge/tls-settings.js'
import { machinePace } from '../machine.js'

const { port, doorbell, tls } = workerData as { port: MessagePort; doorbell: DoorbellMemory; tls?: TlsSettings }
const pumpDoorbell = new PumpDoorbell(doorbell, { ...machinePace(), gathers: true })
process.once('exit', () => pumpDoorbell.leave())
const pump = new Pump(port, pumpDoorbell, { tls })
parentPort?.once('message', () => pump.stop())
parentPort?.unref()
