// Finds out what can run here: the columns and the peer, each as a function that gives a command.
import { execFile } from 'node:child_process'
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const here = fileURLToPath(new URL('.', import.meta.url))
const root = fileURLToPath(new URL('..', import.meta.url))
const built = join(root, 'build/bench')

/**
 * Compiles what needs compiling. `columns` maps a column's name to `(program, args, descriptors) => command`, `peer` is
 * `(mode, args) => command`, and `remarks` says what is different for want of a compiler.
 */
export async function prepare({ dist = join(root, 'dist') }) {
  const problem = await compileAll()
  const node = (...command) => [process.execPath, ...command.map(String)]
  const native = problem ? {} : { native: (program, args) => [join(built, program), ...args.map(String)] }
  const columns = {
    ...native,
    guest: (program, args, descriptors = 1024) =>
      node(join(here, 'guest-host.mjs'), dist, descriptors, join(root, `build/guests/${program}.wasm`), ...args),
    'node:net': (program, args) => node(join(here, `net/${program}.mjs`), ...args),
  }
  if (!problem) return { columns, peer: (mode, args) => [join(built, 'peer'), mode, ...args.map(String)], remarks: [] }
  return {
    columns,
    peer: (mode, args) => node(join(here, 'peer.mjs'), mode, ...args),
    remarks: [
      `There is no native column and no ratio: ${problem}`,
      'For the same reason the peer runs on Node, and may be what limits a figure.',
    ],
  }
}

/** Compiles the programs and the peer natively; resolves to why that is impossible, or to undefined. */
async function compileAll() {
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
    if (error.code === 'ENOENT') return `there is no C compiler ${compiler}.`
    return `${compiler} failed: ${(error.stderr || error.message).trim()}`
  }
}
