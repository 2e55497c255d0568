// The pump's end of a link, which wakes the guest without having obeyed anything: as a wake-up does that comes late. Then it obeys all.
import { parentPort, workerData } from 'node:worker_threads'

const { door, obeyedAt, wakes, commands } = workerData
const words = new Int32Array(door)
parentPort.postMessage('ready')
for (let woken = 0; woken < wakes; ) woken += Atomics.notify(words, obeyedAt)
Atomics.add(words, obeyedAt, commands)
Atomics.notify(words, obeyedAt)
