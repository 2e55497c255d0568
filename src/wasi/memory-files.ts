import { webcrypto } from 'node:crypto'
import path from 'node:path'
import * as wasmerWasi from '@wasmer/wasi'
import type { WasmFs } from '@wasmer/wasmfs'
import * as wasmerWasmFs from '@wasmer/wasmfs'
import { mended } from './memory-fs.js'
import type { WasiProvider } from './provider.js'

const { WASI } = exportsOf(wasmerWasi)
const { WasmFs: EmptyWasmFs } = exportsOf(wasmerWasmFs)

/** Files in memory, by `@wasmer/wasi` over an `@wasmer/wasmfs` file system: nothing of the host's disk can be seen. */
export function memoryFiles(given: WasmFs = new EmptyWasmFs()): WasiProvider {
  const { fs, tree } = mended(given.fs)
  const wasi = new WASI({
    preopens: { '/': '/' },
    bindings: {
      hrtime: () => process.hrtime.bigint(),
      exit() {},
      kill() {},
      randomFillSync: (buffer) => webcrypto.getRandomValues(buffer as never) as never,
      isTTY: () => false,
      fs,
      path: path.posix,
    },
  })
  return {
    functions: wasi.wasiImport as WasiProvider['functions'],
    preopens: [{ name: '/', at: '/' }],
    tree,
    appends: false,
    setMemory: (memory) => wasi.setMemory(memory),
  }
}

/** A file system with the contents of another, by way of what `toJSON` answered. */
export function wasmFsOf(contents: object): WasmFs {
  const fs = new EmptyWasmFs()
  fs.fromJSON(contents)
  return fs
}

/** Both packages are CommonJS: Node hands their exports over as the default, a bundler as they are. */
function exportsOf<T extends object>(namespace: T): T {
  const { default: inner } = namespace as { default?: T }
  return typeof inner === 'object' ? inner : namespace
}
