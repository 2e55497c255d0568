import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { afterEach, expect, test } from 'vitest'
import { bellMemory, leaveDoor, OBEYED } from '../../src/bridge/doorbell.js'
import { linkEnds, ThreadLink } from '../../src/bridge/link.js'
import { SysError } from '../../src/posix/errno.js'
import { SocketShim } from '../../src/socket-shim.js'

/** More commands than may be under way. */
const COMMANDS = 1100

let pump: Worker | undefined
afterEach(() => pump?.terminate())

function postAll(link: ThreadLink): void {
  for (let id = 0; id < COMMANDS; id++) link.post({ do: 'close', id, abort: false })
}

test.each([1, 3, 50])('a guest woken %i times for nothing goes on waiting for its helper', async (wakes) => {
  const { guest } = linkEnds(bellMemory(), { mayBeBusy: false })
  const workerData = { door: guest.doorbell.door, obeyedAt: OBEYED, wakes, commands: COMMANDS }
  pump = new Worker(new URL('../support/late-waker.mjs', import.meta.url), { workerData })
  await once(pump, 'message')
  const link = new ThreadLink(guest)
  expect(() => postAll(link)).not.toThrow()
  link.close()
})

test('a guest that waits for a helper that has ended is told at once', () => {
  const { guest } = linkEnds(bellMemory(), { mayBeBusy: false })
  leaveDoor(guest.doorbell)
  const link = new ThreadLink(guest)
  expect(() => postAll(link)).toThrow(SysError)
  link.close()
})

test('a socket is opened and closed 300,000 times', { timeout: 300_000 }, async () => {
  const shim = new SocketShim({ descriptors: 8 })
  for (let index = 0; index < 300_000; index++) {
    const fd = shim.socket({ family: 'inet', type: 'stream', nonBlocking: false })
    shim.run(shim.close(fd))
  }
  await shim.end()
})
