import { Bridge } from '../../src/bridge/bridge.js'
import { machineBridge, machineWorld } from '../../src/machine.js'
import { partial } from '../support/partial.js'
import { testNetwork } from './suite.js'

const bridge = () => new Bridge(machineBridge(machineWorld()))

testNetwork('the bridge to a helper worker', bridge)
testNetwork('the bridge, with every read and write made partial', bridge, partial)
