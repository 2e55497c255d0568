import type { Filestat } from './structures.js'
import type { Tree } from './tree.js'

/** A function of WASI preview 1: numbers and bigints in, an errno out. */
export type WasiFunction = (...args: never[]) => number | undefined

/** A directory that a guest has from the start. */
export interface Preopen {
  /** What the guest calls it. */
  readonly name: string
  /** Where it is in the provider's tree, without symbolic links. */
  readonly at: string
  /** True for one that nothing is above, where `..` leads to itself, as in the root of Linux. */
  readonly isTop?: boolean
}

/** Something that answers WASI's calls on files and directories, with descriptors of its own numbering: its preopened ones from 3 on. */
export interface WasiProvider {
  readonly functions: Readonly<Record<string, WasiFunction>>
  readonly preopens: readonly Preopen[]
  /** For looking names up, before a provider is asked to act on one. */
  readonly tree: Tree
  /** True when its descriptors can be told O_APPEND. Where not, each write looks for the end. */
  readonly appends: boolean
  /** True as long as nothing has been asked of it: then nothing needs to be closed either. */
  readonly isIdle?: boolean
  /** What the guest is shown of a file, by what is known of it. Default: the same. */
  shown?(stat: Filestat): Filestat
  /** Where the calls find their arguments. */
  setMemory(memory: WebAssembly.Memory): void
}

/** No files at all. */
export const noFiles: WasiProvider = {
  functions: {},
  preopens: [],
  tree: { lstat: () => undefined, readlink: () => '', symlink() {}, readdir: () => [], setTimes() {} },
  appends: false,
  setMemory() {},
}
