/* The helper worker: a pump with an event loop of its own. It ends when its guest has finished and all is sent. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { type DoorbellMemory, PumpDoorbell } from '../bridge/doorbell.js'
import { Pump } from '../bridge/pump.js'
import { machinePace } from '../machine.js'

const { port, doorbell } = workerData as { port: MessagePort; doorbell: DoorbellMemory }
const pumpDoorbell = new PumpDoorbell(doorbell, machinePace())
process.once('exit', () => pumpDoorbell.leave())
const pump = new Pump(port, pumpDoorbell)
parentPort?.once('message', () => pump.stop())
parentPort?.unref()
