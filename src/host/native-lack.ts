import { findNative, type NativeLibrary } from '../native/load.js'

/** What decides how a system is called. */
export const machine = () => ({ system: process.platform, processor: process.arch })

/** Node's own is an experiment, and says so on standard error: only who asks for native mode gets that. */
export const librariesFor = (isAskedFor: boolean): NativeLibrary[] => (isAskedFor ? ['koffi', 'node:ffi'] : ['koffi'])

/** Why native mode cannot be had here; undefined where it can. */
export function lackOfNative({ isAskedFor }: { isAskedFor: boolean }): string | undefined {
  const found = findNative(machine(), librariesFor(isAskedFor))
  return 'lack' in found ? found.lack : undefined
}
