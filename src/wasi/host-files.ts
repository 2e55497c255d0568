import { nodeWasi } from './node-wasi.js'
import type { WasiProvider } from './provider.js'

/** Directories of the host's, by `node:wasi`. `preopens` maps what the guest calls them to where they are. */
export async function hostFiles(preopens: Readonly<Record<string, string>>): Promise<WasiProvider> {
  const { WASI } = await nodeWasi()
  const wasi = new WASI({ version: 'preview1', preopens, returnOnExit: true })
  return {
    functions: wasi.wasiImport as WasiProvider['functions'],
    preopens: Object.keys(preopens).length,
    // Node learns of the memory only by being shown an instance. This one has nothing to initialise.
    setMemory: (memory) => wasi.initialize({ exports: { memory } } as unknown as WebAssembly.Instance),
  }
}
