import { Bridge } from '../../src/bridge/bridge.js'
import { machineBridge, machineWorld } from '../../src/machine.js'
import { metered } from '../../src/network/figures/metered.js'
import { ticking } from '../../src/network/figures/ticking.js'
import { interruptible } from '../../src/network/interruptible.js'
import { limited } from '../../src/network/limits/limits.js'
import { policy } from '../../src/network/rules/policy.js'
import { virtualNetwork } from '../../src/network/virtual/virtual-network.js'
import { partial } from '../support/partial.js'
import { testNetwork } from './suite.js'

const generous = {
  ...{ sockets: 1e6, connectionsPerSecond: 1e6, datagramsPerSecond: 1e6, lookups: 1e6, lookupsPerSecond: 1e6 },
  ...{ bytesIn: 1e12, bytesOut: 1e12, bytesPerSecondIn: 1e12, bytesPerSecondOut: 1e12 },
}
const slow = { connectionsPerSecond: 100, datagramsPerSecond: 100, bytesPerSecondIn: 2e6 }
const bridge = () => new Bridge(machineBridge(machineWorld()))
/** Whose waits are promises. */
const bridgeHere = () => new Bridge(machineBridge(machineWorld()), 'here')

testNetwork('the bridge to a helper worker', bridge)
testNetwork('the network in memory', () => virtualNetwork({ seed: 7 }).host('here', ['10.0.0.1']).driver())
testNetwork('the bridge to a pump on this thread', bridgeHere)
testNetwork('the bridge to a pump on this thread, with all that can be around it', bridgeHere, (network) => {
  const { now } = machineWorld()
  const patient = interruptible(limited(network, slow, { now }), {
    check() {},
    leftMs: () => 1e6,
    listen: () => () => {},
  })
  return metered(ticking(policy(patient, { allow: ['*'] }), { now, everyMs: 5, tick() {} }), { now }).network
})
testNetwork('the bridge, with every read and write made partial', bridge, partial)
testNetwork('the bridge, with all that passes counted', bridge, (network) => metered(network, machineWorld()).network)
testNetwork('the bridge, with limits that nobody reaches', bridge, (network) =>
  limited(network, generous, machineWorld()),
)
testNetwork('the bridge, with rates that hold up now and then', bridge, (network) =>
  limited(network, slow, machineWorld()),
)
