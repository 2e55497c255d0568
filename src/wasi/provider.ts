/** A function of WASI preview 1: numbers and bigints in, an errno out. */
export type WasiFunction = (...args: never[]) => number | undefined

/** Something that answers WASI's calls on files and directories, with descriptors of its own numbering. */
export interface WasiProvider {
  readonly functions: Readonly<Record<string, WasiFunction>>
  /** Its preopened directories: so many, from descriptor 3 on. */
  readonly preopens: number
  setMemory(memory: WebAssembly.Memory): void
}

/** No files at all. */
export const noFiles: WasiProvider = { functions: {}, preopens: 0, setMemory() {} }
