import { machineBridge, machineWorld } from '../../src/machine.js'
import { findNative, loadNative, type NativeLibrary, type NativeMeans } from '../../src/native/load.js'
import { NativeNetwork } from '../../src/native/native-network.js'

const machine = { system: process.platform, processor: process.arch }

/** What makes the system's calls here, or why there is nothing. */
export function nativeHere(library: NativeLibrary = 'koffi'): NativeMeans | string {
  const found = findNative(machine, [library])
  return 'lack' in found ? found.lack : loadNative(machine, library)
}

/** A network of the system's own, with a bridge that is started when it is needed. */
export function nativeNetwork({ calls, platform }: NativeMeans): NativeNetwork {
  return new NativeNetwork({ calls, platform, bridge: machineBridge(machineWorld()) })
}
