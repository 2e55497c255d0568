import { EventEmitter, once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { bellMemory } from '../../src/bridge/doorbell.js'
import { Wakening } from '../../src/bridge/wakening.js'
import { NativeGuest } from '../../src/host/native-guest.js'

/** A thread that says when it is terminated. */
function fakeThread() {
  const events = new EventEmitter()
  const worker = Object.assign(events, { terminate: () => events.emit('exit') }) as unknown as Worker
  return { worker, ended: once(events, 'exit') }
}

/** Another thread, in which a guest loads until `release`. */
async function loadingThread(bell: SharedArrayBuffer) {
  const hold = new Int32Array(new SharedArrayBuffer(8))
  // The fifth word of the bell, as wakening.ts has it.
  const worker = new Worker(
    `const { workerData: { bell, hold } } = require('node:worker_threads')
    const words = new Int32Array(bell)
    Atomics.store(words, 4, 1)
    Atomics.store(hold, 0, 1)
    Atomics.notify(hold, 0)
    Atomics.wait(hold, 1, 0, 200)
    Atomics.store(words, 4, 0)
    Atomics.notify(words, 4)`,
    { eval: true, workerData: { bell, hold } },
  )
  Atomics.wait(hold, 0, 0)
  const release = () => {
    Atomics.store(hold, 1, 1)
    Atomics.notify(hold, 1)
  }
  return { gone: once(worker, 'exit'), release }
}

test('a thread that loads is ended only when it has loaded', async () => {
  const bell = bellMemory()
  const guest = new NativeGuest(bell)
  const { release, gone } = await loadingThread(bell)
  const { worker, ended } = fakeThread()
  const order: string[] = []
  ended.then(() => order.push('ended'))
  guest.stop(worker)
  await new Promise((resolve) => setTimeout(resolve, 60)) // thrice what a guest is given to end by itself
  order.push('loaded')
  release()
  await gone
  await ended
  expect(order).toEqual(['loaded', 'ended'])
  guest.closeLeft()
})

test('the end of the process waits for a guest that loads', async () => {
  const bell = bellMemory()
  const guest = new NativeGuest(bell)
  const { gone } = await loadingThread(bell)
  for (const listener of process.listeners('exit')) if (listener.name === 'awaitLoading') listener(0)
  expect(new Wakening(bell).isLoading).toBe(false)
  expect(new Wakening(bell).isStopped).toBe(true)
  await gone
  guest.closeLeft()
  expect(process.listeners('exit').map(({ name }) => name)).not.toContain('awaitLoading')
})

test('a guest that was stopped loads nothing', () => {
  const wakening = new Wakening(bellMemory())
  expect(wakening.loading(() => 'loaded')).toBe('loaded')
  wakening.stop()
  expect(wakening.loading(() => 'loaded')).toBeUndefined()
  expect(wakening.isLoading).toBe(false)
})
