import type { WasiProvider } from './provider.js'

/** Directories of the host's, by `node:wasi`. `preopens` maps what the guest calls them to where they are. */
export async function hostFiles(preopens: Readonly<Record<string, string>>): Promise<WasiProvider> {
  const { WASI } = await withoutWarning(() => import('node:wasi'))
  const wasi = new WASI({ version: 'preview1', preopens, returnOnExit: true })
  return {
    functions: wasi.wasiImport as WasiProvider['functions'],
    preopens: Object.keys(preopens).length,
    // Node learns of the memory only by being shown an instance. This one has nothing to initialise.
    setMemory: (memory) => wasi.initialize({ exports: { memory } } as unknown as WebAssembly.Instance),
  }
}

/** Loads a module without the note that it is experimental: whoever passes a directory did not choose the module. */
async function withoutWarning<T>(load: () => Promise<T>): Promise<T> {
  const { emitWarning } = process
  process.emitWarning = () => {}
  try {
    return await load()
  } finally {
    process.emitWarning = emitWarning
  }
}
