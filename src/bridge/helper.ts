/* The helper worker: a pump with an event loop of its own. It ends when its guest has finished and all is sent. */
import { availableParallelism } from 'node:os'
import { performance } from 'node:perf_hooks'
import { type MessagePort, workerData } from 'node:worker_threads'
import { type DoorbellMemory, PumpDoorbell } from './doorbell.js'
import { Pump } from './pump.js'

/** About what it costs to be woken, several times over. */
const LINGER_MS = 0.2

const { port, doorbell } = workerData as { port: MessagePort; doorbell: DoorbellMemory }
const lingerMs = availableParallelism() > 1 ? LINGER_MS : 0
const pumpDoorbell = new PumpDoorbell(doorbell, { now: () => performance.now(), lingerMs })
process.once('exit', () => pumpDoorbell.leave())
new Pump(port, pumpDoorbell)
