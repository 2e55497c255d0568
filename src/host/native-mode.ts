import type { BridgeOptions } from '../bridge/bridge.js'
import { Wakening } from '../bridge/wakening.js'
import { findNative, loadNative } from '../native/load.js'
import { type GivenMeans, GuestStopped, NativeNetwork } from '../native/native-network.js'
import { librariesFor, machine } from './native-lack.js'

/** A network of this machine's own calls. To be asked for where nothing is lacking. */
export function nativeNetwork(bridge: BridgeOptions, given?: GivenMeans): NativeNetwork {
  const found = findNative(machine(), librariesFor(true))
  if ('lack' in found) throw new TypeError(found.lack)
  const load = () => loadNative(machine(), found.library)
  const means = given === undefined ? load() : new Wakening(given.bell).loading(load)
  if (means === undefined) throw new GuestStopped('the guest was stopped')
  const { calls, platform } = means
  return new NativeNetwork({ calls, platform, bridge, given })
}
