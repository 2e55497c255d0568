import type { BridgeOptions } from '../bridge/bridge.js'
import { findNative, loadNative } from '../native/load.js'
import { type GivenMeans, NativeNetwork } from '../native/native-network.js'
import { librariesFor, machine } from './native-lack.js'

/** A network of this machine's own calls. To be asked for where nothing is lacking. */
export function nativeNetwork(bridge: BridgeOptions, given?: GivenMeans): NativeNetwork {
  const found = findNative(machine(), librariesFor(true))
  if ('lack' in found) throw new TypeError(found.lack)
  const { calls, platform } = loadNative(machine(), found.library)
  return new NativeNetwork({ calls, platform, bridge, given })
}
