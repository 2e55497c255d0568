/* Adds messages to a backlog, and reports how many it has added. */
import { parentPort, workerData } from 'node:worker_threads'

const { backlog, shared, count, bytes } = workerData
const { GuestBacklog } = await import(backlog)
const guest = new GuestBacklog(shared.memory)
const added = new Int32Array(shared.added)
for (let index = 0; index < count; index++) {
  guest.add(bytes)
  Atomics.add(added, 0, 1)
  Atomics.notify(added, 0)
}
parentPort.postMessage('done')
