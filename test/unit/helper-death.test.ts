import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { bellMemory } from '../../src/bridge/doorbell.js'
import { linkEnds, startHelper } from '../../src/bridge/link.js'
import { threadStart } from '../../src/bridge/worker-files.js'
import { bundled } from '../support/bundled.js'
import { listeningPorts } from '../support/resources.js'
import { within } from '../support/workers.js'

/** How often a guest makes sure that its helper is alive, in ms, as sleeper.ts has it. */
const CHECK_MS = 1000
const SLACK_MS = 1500

let bundle = ''
let guest: Worker | undefined
beforeAll(async () => {
  bundle = await bundled({
    'bridge/bridge.ts': ['Bridge'],
    'socket-shim.ts': ['SocketShim'],
    'machine.ts': ['machineBridge', 'machineWorld'],
  })
})
afterEach(() => guest?.terminate())

function mortalHelper(bell: SharedArrayBuffer) {
  const { guest, pump } = linkEnds(bell, { mayBeBusy: false })
  const data = { ...pump, helperFile: threadStart('helper').file.href }
  const file = new URL('../support/mortal-helper.mjs', import.meta.url)
  return { end: guest, worker: new Worker(file, { workerData: data, transferList: [pump.port] }) }
}

const deaths: [string, typeof startHelper, (worker: Worker) => unknown, number, number][] = [
  ['ends itself', mortalHelper, (worker) => worker.postMessage('end'), 20_000, SLACK_MS],
  ['is terminated', startHelper, (worker) => worker.terminate(), 1000, 2 * CHECK_MS + SLACK_MS],
  [
    'is terminated, to a guest of little patience',
    startHelper,
    (worker) => worker.terminate(),
    200,
    CHECK_MS + SLACK_MS,
  ],
]

test.each(deaths)('a helper that %s turns a blocked accept into EIO', async (_, start, kill, patienceMs, limitMs) => {
  const bell = bellMemory()
  const { end, worker } = start(bell)
  const workerData = { bundle, bell, helper: end, patienceMs }
  guest = new Worker(new URL('../support/accepting-guest.mjs', import.meta.url), {
    workerData,
    transferList: [end.port],
  })
  const [{ listening }] = await within(10_000, once(guest, 'message'))
  expect(listeningPorts()).toContain(listening)
  const [answered, ended] = [once(guest, 'message'), once(worker, 'exit')]
  kill(worker)
  const [{ errno }] = await within(limitMs, answered, 'accept')
  expect(errno).toBe('EIO')
  await within(10_000, ended)
  expect(listeningPorts()).not.toContain(listening)
})
