import fs from 'node:fs'
import path from 'node:path'
import { nodeWasi } from './node-wasi.js'
import type { WasiProvider } from './provider.js'
import { filestatOf, lookedUp, type Tree } from './tree.js'

/** Directories of the host's, by `node:wasi`. `preopens` maps what the guest calls them to where they are. */
export async function hostFiles(preopens: Readonly<Record<string, string>>): Promise<WasiProvider> {
  const { WASI } = await nodeWasi()
  const wasi = new WASI({ version: 'preview1', preopens, returnOnExit: true })
  return {
    functions: wasi.wasiImport as WasiProvider['functions'],
    preopens: Object.entries(preopens).map(([name, given]) => {
      const at = fs.realpathSync(given)
      return { name, at, isTop: path.dirname(at) === at }
    }),
    tree,
    appends: process.platform !== 'win32',
    // Node learns of the memory only by being shown an instance. This one has nothing to initialise.
    setMemory: (memory) => wasi.initialize({ exports: { memory } } as unknown as WebAssembly.Instance),
  }
}

const seconds = (ns: bigint) => Number(ns) / 1e9

const tree: Tree = {
  lstat: (path) => lookedUp(() => filestatOf(fs.lstatSync(path, { bigint: true }))),
  readlink: (path) => fs.readlinkSync(path),
  symlink: (target, path) => fs.symlinkSync(target, path),
  readdir: (path) => fs.readdirSync(path),
  setTimes: (path, { accessed, modified }) => fs.lutimesSync(path, seconds(accessed), seconds(modified)),
  ...(process.platform === 'win32' && { unfit: /[\\:]/ }),
}
