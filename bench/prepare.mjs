// Builds what the benchmark itself needs, and finds the Nodes that it runs under.
import { execFile, execFileSync } from 'node:child_process'
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'tsup'
import { newestNode } from '../scripts/newest-node.mjs'
import { built } from './columns.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))

/** Compiles the programs and the peer natively; resolves to why that is impossible, or to undefined. */
export async function compileNatively() {
  const compiler = process.env['CC'] || 'cc'
  const programs = (await readdir(join(here, 'guests'))).filter((name) => name.endsWith('.c'))
  await mkdir(built, { recursive: true })
  const compile = (source, name) =>
    promisify(execFile)(compiler, ['-O2', '-o', join(built, name.replace(/\.c$/, '')), source])
  try {
    await Promise.all([
      compile(join(here, 'peer.c'), 'peer.c'),
      ...programs.map((name) => compile(join(here, 'guests', name), name)),
    ])
  } catch (error) {
    if (error.code === 'ENOENT') return `there is no C compiler ${compiler}`
    return `${compiler} failed: ${(error.stderr || error.message).trim()}`
  }
}

/** What costs.mjs compares with. */
export function bundleUnhooked() {
  const entry = { unhooked: join(here, 'unhooked.ts') }
  const outExtension = () => ({ js: '.mjs' })
  return build({ entry, outDir: built, format: ['esm'], outExtension, config: false, clean: false, silent: true })
}

const named = {
  this: () => [process.execPath],
  newest: () => [newestNode()],
  both: () => [process.execPath, newestNode()],
}

/** The Nodes that `--node` or BENCH_NODE names: `this`, `newest`, `both`, or a path. Throws where none can be had. */
export function findNodes(wanted) {
  const paths = (named[wanted]?.() ?? [wanted]).filter((path) => path !== undefined)
  if (paths.length === 0) throw new Error('the newest Node could not be fetched')
  const nodes = paths.map((path) => ({ path, version: versionOf(path) }))
  return nodes.filter(({ version }, place) => nodes.findIndex((other) => other.version === version) === place)
}

function versionOf(path) {
  try {
    return execFileSync(path, ['-p', 'process.versions.node'], { encoding: 'utf8' }).trim()
  } catch (error) {
    throw new Error(`${path} is no Node: ${error.message}`)
  }
}
