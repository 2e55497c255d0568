import { Bridge } from '../../src/bridge/bridge.js'
import { machineBridge, machineWorld } from '../../src/machine.js'
import { policy } from '../../src/network/rules/policy.js'
import { testNetwork } from './suite.js'

const bridge = () => new Bridge(machineBridge(machineWorld()))

testNetwork('the bridge, under rules that allow all', bridge, (network) => policy(network, { allow: ['*'] }))
testNetwork('the bridge, under rules that deny what is not used', bridge, (network) =>
  policy(network, { deny: ['198.51.100.0/24', 'connect:a.test'] }),
)
