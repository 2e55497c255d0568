import { describe, test } from 'vitest'
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

/** Describes the same by each library that can make the system's calls; one that is not here is skipped, with the reason. */
export function forLibraries(body: (library: NativeLibrary, means: NativeMeans) => void): void {
  for (const library of ['koffi', 'node:ffi'] as const) {
    const means = nativeHere(library)
    if (typeof means === 'string') describe.skip(`${library}: ${means}`, () => test('the system by it', () => {}))
    else body(library, means)
  }
}
