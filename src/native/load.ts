import { hasKoffi, koffiCalls } from './koffi.js'
import { hasNodeFfi, nodeFfiCalls } from './node-ffi.js'
import { type Platform, platformFor } from './platform.js'
import type { SystemCalls } from './system-calls.js'

/** What makes the system's calls: a package that the program installs, or a module of Node's that is an experiment. */
export type NativeLibrary = 'koffi' | 'node:ffi'

export interface NativeMeans {
  readonly calls: SystemCalls
  readonly platform: Platform
  readonly library: NativeLibrary
}

/** A machine, as Node names it. */
export interface Machine {
  /** `process.platform`. */
  readonly system: string
  /** `process.arch`. */
  readonly processor: string
}

interface Library {
  readonly isThere: () => boolean
  readonly load: () => SystemCalls
}

const libraries: Record<NativeLibrary, Library> = {
  koffi: { isThere: hasKoffi, load: koffiCalls },
  'node:ffi': { isThere: hasNodeFfi, load: nodeFfiCalls },
}

const noLibrary = 'it needs the package koffi: run npm install koffi in your project'

/** The first of these libraries that is there, or why native mode cannot be had: words for a person. Nothing is loaded. */
export function findNative(
  { system, processor }: Machine,
  wanted: readonly NativeLibrary[],
): { library: NativeLibrary } | { lack: string } {
  const platform = platformFor(system, processor)
  if (typeof platform === 'string') return { lack: platform }
  const library = wanted.find((name) => libraries[name].isThere())
  return library === undefined ? { lack: noLibrary } : { library }
}

/** The system's calls by a library that is there. Throws what the library throws when it cannot be loaded. */
export function loadNative({ system, processor }: Machine, library: NativeLibrary): NativeMeans {
  const platform = platformFor(system, processor)
  if (typeof platform === 'string') throw new TypeError(platform)
  return { calls: libraries[library].load(), platform, library }
}
