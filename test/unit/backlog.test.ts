import { Worker } from 'node:worker_threads'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { backlogMemory, HostBacklog } from '../../src/bridge/backlog.js'
import { bundled } from '../support/bundled.js'

let backlog = ''
beforeAll(async () => {
  backlog = await bundled({ 'bridge/backlog.ts': ['GuestBacklog'] })
})
const workers: Worker[] = []
afterEach(() => Promise.all(workers.splice(0).map((worker) => worker.terminate())))

/** A thread that adds so many messages; `reaches` resolves when it has added a number of them. */
function guest(count: number, bytes: number) {
  const shared = { memory: backlogMemory(), added: new SharedArrayBuffer(4) }
  const worker = new Worker(new URL('../support/backlog-guest.mjs', import.meta.url), {
    workerData: { backlog, shared, count, bytes },
  })
  workers.push(worker)
  const words = new Int32Array(shared.added)
  const added = () => Atomics.load(words, 0)
  return {
    host: new HostBacklog(shared.memory),
    added,
    done: new Promise((resolve) => worker.once('message', resolve)),
    async reaches(number: number) {
      for (let now = added(); now < number; now = added()) await Atomics.waitAsync(words, 0, now, 20_000).value
    },
  }
}

const KIB = 1024
const MOST = 16 * KIB * KIB

test('a guest goes on as its host handles what it is told, and no sooner', async () => {
  const { host, added, done, reaches } = guest(48, MOST / 16)
  await reaches(16)
  for (let handled = 1; handled <= 32; handled++) {
    expect(added() - handled + 1).toBeLessThanOrEqual(16 + 1) // one more where it has lost its patience
    host.remove(MOST / 16)
    await reaches(16 + handled)
  }
  await done
})

test('a message that is larger than the bound passes alone', async () => {
  const { host, done, reaches } = guest(2, 3 * MOST)
  await reaches(1)
  host.remove(3 * MOST)
  await done
})

test('a host that handles nothing does not hold a guest up for ever', async () => {
  const { done } = guest(3, MOST)
  expect(await done).toBe('done')
})
