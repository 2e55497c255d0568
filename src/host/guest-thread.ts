import { Worker } from 'node:worker_threads'
import { threadLimits, threadStart } from '../bridge/worker-files.js'

/** Starts the thread of a guest, which waits to be told what it is there for. Until then it does not keep the process alive. */
export function startGuestThread(): Worker {
  const { file, argv } = threadStart('guest')
  const guest = new Worker(file, { argv, name: 'posix-wasm guest', resourceLimits: threadLimits })
  guest.unref()
  guest.on('error', () => {}) // whoever begins it listens too
  return guest
}
