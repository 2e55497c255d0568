import { Worker } from 'node:worker_threads'
import { beforeAll } from 'vitest'
import { Bridge } from '../../src/bridge/bridge.js'
import { bellMemory } from '../../src/bridge/doorbell.js'
import { linkEnds } from '../../src/bridge/link.js'
import { GuestPresence, presenceMemory } from '../../src/bridge/presence.js'
import { machineBridge, machineWorld } from '../../src/machine.js'
import type { NetworkDriver } from '../../src/network/network.js'
import type { LinkOptions } from '../../src/network/virtual/links.js'
import { virtualNetwork } from '../../src/network/virtual/virtual-network.js'
import { testNetwork } from '../conformance/suite.js'
import { bundled } from '../support/bundled.js'
import { partial } from '../support/partial.js'

let bundle = ''
beforeAll(async () => {
  bundle = await bundled({
    'bridge/doorbell.ts': ['Bell'],
    'bridge/pump-doorbell.ts': ['PumpDoorbell'],
    'bridge/presence.ts': ['ThreadParty'],
    'bridge/pump.ts': ['Pump'],
    'machine.ts': ['machineWorld'],
    'network/virtual/virtual-network.ts': ['virtualNetwork'],
  })
})

/** A host whose way to itself is as good as `link` says. */
const host = (link: LinkOptions) => {
  const net = virtualNetwork({ seed: 11 })
  const here = net.host('here', ['10.0.0.1', 'fd00::1'])
  net.link(here, here, link)
  return here
}

/** A guest that is suspended, on the network's own thread. */
const suspended = (link: LinkOptions) => () => {
  const { transport, time } = host(link)
  return new Bridge({ ...machineBridge(time.world), transport, after: (ms, then) => time.after(ms, then) }, 'here')
}

/** A guest that blocks its thread, while the network is in another one. */
const inAnotherThread = (link: LinkOptions) => (): NetworkDriver => {
  const bell = bellMemory()
  const { guest, pump } = linkEnds(bell, { mayBeBusy: true })
  const memory = presenceMemory({ name: 'here', interfaces: [], startsAtMs: 0, seed: 1 })
  const worker = new Worker(new URL('../support/virtual-thread.mjs', import.meta.url), {
    workerData: { bundle, end: pump, presence: memory, link },
    transferList: [pump.port],
  })
  const presence = new GuestPresence(memory, machineWorld())
  const world = presence.world(() => {})
  const bridge = new Bridge({ ...machineBridge(world), maySpin: false, presence }, { bell, helper: guest })
  return {
    network: bridge.network,
    attach: (stream, names) => bridge.attach(stream, names),
    close: async () => void (await worker.terminate()),
  }
}

testNetwork('the network in memory, with every read and write made partial', () => host({}).driver(), partial)
testNetwork('the network in memory, over a long way', () => host({ latencyMs: 80 }).driver())
testNetwork('the network in memory, over a narrow way', () => host({ latencyMs: 1, bytesPerSecond: 1e6 }).driver())
testNetwork('a suspended guest in the network in memory', suspended({}))
testNetwork('a suspended guest in the network in memory, over a long way', suspended({ latencyMs: 80 }))
testNetwork('a guest in another thread than the network in memory', inAnotherThread({}))
testNetwork('a guest in another thread than the network in memory, over a long way', inAnotherThread({ latencyMs: 80 }))
