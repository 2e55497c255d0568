import path from 'node:path'
import * as wasmerWasi from '@wasmer/wasi'
import type { WasmFs } from '@wasmer/wasmfs'
import * as wasmerWasmFs from '@wasmer/wasmfs'
import { checkedTree } from './checked-tree.js'
import type { Directory } from './directory.js'
import { Exchange } from './exchange.js'
import { HeldByNames } from './held-by-names.js'
import { MemoryTree } from './memory/memory-tree.js'
import { MendedFs } from './memory/mended-fs.js'
import { DEFAULT_FILE_LIMITS, type MemoryFileLimits, type OnFileLimit, Room } from './memory/room.js'
import { PathDirectory } from './path-directory.js'
import type { WasiProvider } from './provider.js'

/**
 * Files in memory, by `@wasmer/wasi` over an `@wasmer/wasmfs` file system: nothing of the host's disk can be seen. They are made when they
 * are first asked for: most guests could open files and do not. `onLimit` is called once for each limit that the guest reaches.
 */
export function memoryFiles(
  given?: WasmFs,
  limits: MemoryFileLimits = DEFAULT_FILE_LIMITS,
  onLimit: OnFileLimit = () => {},
): WasiProvider {
  return {
    preopens: [{ name: '/', isLazy: true, open: () => rootOf(given ?? emptyWasmFs(), new Room(limits, onLimit)) }],
  }
}

function rootOf(wasmFs: WasmFs, room: Room): Directory {
  const mended = new MendedFs(wasmFs)
  const { WASI } = exportsOf(wasmerWasi)
  const wasi = new WASI({
    preopens: { '/': '/' },
    bindings: {
      hrtime: () => process.hrtime.bigint(),
      exit() {},
      kill() {},
      randomFillSync: (buffer) => crypto.getRandomValues(buffer as never) as never,
      isTTY: () => false,
      fs: mended.bound,
      path: path.posix,
    },
  })
  const exchange = new Exchange({
    functions: wasi.wasiImport as Exchange['functions'],
    setMemory: (memory) => wasi.setMemory(memory),
  })
  const tree = checkedTree(new MemoryTree({ wasmFs, exchange, room }, mended))
  const names = { tree, isCertain: true, followsNone: true, open: new Set<HeldByNames>(), release() {}, fsync() {} }
  return new PathDirectory(tree, HeldByNames.root(names, ''))
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
