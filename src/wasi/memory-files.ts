import path from 'node:path'
import * as wasmerWasi from '@wasmer/wasi'
import type { WasmFs } from '@wasmer/wasmfs'
import * as wasmerWasmFs from '@wasmer/wasmfs'
import { mended } from './memory-fs.js'
import type { WasiProvider } from './provider.js'

/**
 * Files in memory, by `@wasmer/wasi` over an `@wasmer/wasmfs` file system: nothing of the host's disk can be seen. They are made when they
 * are first asked for: most guests could open files and do not.
 */
export function memoryFiles(given?: WasmFs): WasiProvider {
  let files: ReturnType<typeof filesOver> | undefined
  const made = () => (files ??= filesOver(given ?? emptyWasmFs()))
  return {
    preopens: [{ name: '/', at: '/' }],
    appends: false,
    get isIdle() {
      return files === undefined
    },
    get functions() {
      return made().functions
    },
    tree: {
      lstat: (path) => made().tree.lstat(path),
      readlink: (path) => made().tree.readlink(path),
      symlink: (target, at) => made().tree.symlink(target, at),
      readdir: (path) => made().tree.readdir(path),
      setTimes: (path, times) => made().tree.setTimes(path, times),
    },
    setMemory: (memory) => made().setMemory(memory),
  }
}

function filesOver(given: WasmFs): Pick<WasiProvider, 'functions' | 'tree' | 'setMemory'> {
  const { WASI } = exportsOf(wasmerWasi)
  const { fs, tree } = mended(given.fs)
  const wasi = new WASI({
    preopens: { '/': '/' },
    bindings: {
      hrtime: () => process.hrtime.bigint(),
      exit() {},
      kill() {},
      randomFillSync: (buffer) => crypto.getRandomValues(buffer as never) as never,
      isTTY: () => false,
      fs,
      path: path.posix,
    },
  })
  return {
    functions: wasi.wasiImport as WasiProvider['functions'],
    tree,
    setMemory: (memory) => wasi.setMemory(memory),
  }
}

/** A file system with the contents of another, by way of what `toJSON` answered. */
export function wasmFsOf(contents: object): WasmFs {
  const fs = emptyWasmFs()
  fs.fromJSON(contents)
  return fs
}

function emptyWasmFs(): WasmFs {
  const { WasmFs: Empty } = exportsOf(wasmerWasmFs)
  return new Empty()
}

/** Both packages are CommonJS: Node hands their exports over as the default, a bundler as they are. */
function exportsOf<T extends object>(namespace: T): T {
  const { default: inner } = namespace as { default?: T }
  return typeof inner === 'object' ? inner : namespace
}
