import fs from 'node:fs'
import type { Worker } from 'node:worker_threads'
import { after } from './timer.js'

/** How long a thread that was terminated may take to end, in ms. One that a system call blocks may never end. */
export const END_MS = 2000

/** Threads that were terminated and have not ended. */
const stuck = new Set<Worker>()

/** Resolves when a thread has ended, at the latest after `mostMs`: then it is not waited for any more. */
export function threadEnd(worker: Worker, mostMs = Number.POSITIVE_INFINITY): Promise<void> {
  if (worker.threadId === -1) return Promise.resolve()
  return new Promise((resolve) => {
    const callOff = after(mostMs, () => {
      abandon(worker)
      resolve()
    })
    worker.once('exit', () => {
      callOff()
      resolve()
    })
  })
}

function abandon(worker: Worker): void {
  worker.unref()
  if (stuck.size === 0) process.on('exit', forceEnd)
  stuck.add(worker)
  worker.once('exit', () => {
    stuck.delete(worker)
    if (stuck.size === 0) process.off('exit', forceEnd)
  })
}

/** As the process ends, Node waits for all threads, and so for ever for one that is stuck. */
function forceEnd(code: number): void {
  const { execve } = process as { execve?: (file: string, args: string[], env: object) => void }
  try {
    execve?.('/bin/sh', ['sh', '-c', `exit ${code}`], {}) // keeps the exit code
  } catch {
    // there is no such shell
  }
  fs.writeSync(2, 'posix-wasm: a thread is blocked in a system call and cannot be ended; the process ends by SIGKILL\n')
  process.kill(process.pid, 'SIGKILL')
}
