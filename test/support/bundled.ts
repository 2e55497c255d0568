import { mkdtemp } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const src = fileURLToPath(new URL('../../src/', import.meta.url))

/** Bundles exports of modules in src into one file for a worker thread: `{ 'bridge/ring.ts': ['RingProducer'] }`. Answers its URL. */
export async function bundled(exports: Readonly<Record<string, readonly string[]>>): Promise<string> {
  const contents = Object.entries(exports).map(([file, names]) => `export { ${names.join(', ')} } from './${file}'`)
  const outfile = path.join(await mkdtemp(path.join(os.tmpdir(), 'posix-wasm-')), 'bundle.mjs')
  await build({
    stdin: { contents: contents.join('\n'), resolveDir: src, loader: 'ts' },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
    },
    logLevel: 'error',
  })
  return pathToFileURL(outfile).href
}
