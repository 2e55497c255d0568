import { isMainThread } from 'node:worker_threads'
import { findNative, type NativeLibrary } from '../native/load.js'

/** What decides how a system is called. */
export const machine = () => ({ system: process.platform, processor: process.arch })

/** Node's own is an experiment, and says so on standard error: only who asks for native mode gets that. */
export const librariesFor = (isAskedFor: boolean): NativeLibrary[] => (isAskedFor ? ['koffi', 'node:ffi'] : ['koffi'])

/**
 * Why native mode cannot be had here; undefined where it can. An app may terminate its own worker threads at any moment, and all threads that
 * those have started: one that is just loading koffi then ends the whole process, since koffi takes it for a fatal error.
 */
export function lackOfNative({ isAskedFor }: { isAskedFor: boolean }): string | undefined {
  if (!isAskedFor && !isMainThread) return 'the app could terminate this thread while koffi is loaded'
  const found = findNative(machine(), librariesFor(isAskedFor))
  return 'lack' in found ? found.lack : undefined
}
