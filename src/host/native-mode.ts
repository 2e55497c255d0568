import { isMainThread } from 'node:worker_threads'
import type { BridgeOptions } from '../bridge/bridge.js'
import { Wakening } from '../bridge/wakening.js'
import { findNative, loadNative } from '../native/load.js'
import { type GivenMeans, GuestStopped, NativeNetwork } from '../native/native-network.js'
import type { SystemCalls } from '../native/system-calls.js'
import { librariesFor, machine } from './native-lack.js'

/** Those of this thread, once something has loaded them. */
let loaded: SystemCalls | undefined

/** The system's calls, where a guest of this thread has loaded them: native mode is on. */
export function loadedCalls(): SystemCalls | undefined {
  return loaded
}

/**
 * A network of this machine's own calls. To be asked for where nothing is lacking. `mayVanish` is true in an app's own worker thread, and in a
 * thread that such a one has started: the app may terminate them all.
 */
export function nativeNetwork(bridge: BridgeOptions, given?: GivenMeans, mayVanish = !isMainThread): NativeNetwork {
  const found = findNative(machine(), librariesFor(true))
  if ('lack' in found) throw new TypeError(found.lack)
  const load = () => loadNative(machine(), found.library)
  const means = given === undefined ? load() : new Wakening(given.bell).loading(load)
  if (means === undefined) throw new GuestStopped('the guest was stopped')
  const { calls, platform } = means
  loaded = calls
  return new NativeNetwork({ calls, platform, bridge, given, mayVanish })
}
