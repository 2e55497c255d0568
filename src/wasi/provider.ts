import type { Directory } from './directory.js'
import type { Filestat } from './filestat.js'

/** A directory that a guest has from the start. */
export interface Preopen {
  /** What the guest calls it. */
  readonly name: string
  /** True for one that nothing is above, where `..` leads to itself, as in the root of Linux. */
  readonly isTop?: boolean
  /** True for one that is opened when the guest first uses it, and not when it starts. */
  readonly isLazy?: boolean
  open(): Directory
}

/** What gives a guest its files. */
export interface WasiProvider {
  readonly preopens: readonly Preopen[]
  /** What the guest is shown of a file, by what is known of it. Default: the same. */
  shown?(stat: Filestat): Filestat
}

/** No files at all. */
export const noFiles: WasiProvider = { preopens: [] }
