import { createRequire } from 'node:module'
import type { Script } from 'node:vm'

// Required, not imported: an import of `fs` loads its streams and promises.
const require = createRequire(import.meta.url)
const fs: typeof import('node:fs') = require('node:fs')
const vm: typeof import('node:vm') = require('node:vm')

/** Where compiled code is kept, and what the code is compiled for: each use calls other functions of the same file. */
export interface Keeping {
  readonly folder: string
  readonly use: string
}

/** How many lines of a file precede its function. */
const HEAD_LINES = 2

/**
 * Loads a file that scripts/one-function.ts has made, and returns its exports. With `keeping` all functions that this process calls are
 * kept compiled for the next one. Node's own compile cache keeps a file as it is before it is called, without nearly all its functions.
 */
export async function loadKept(file: URL, keeping: Keeping | undefined): Promise<unknown> {
  const { constants } = vm as { constants?: { USE_MAIN_CONTEXT_DEFAULT_LOADER?: number } }
  const importModuleDynamically = constants?.USE_MAIN_CONTEXT_DEFAULT_LOADER // since Node 20.12
  if (keeping === undefined || importModuleDynamically === undefined) return import(file.href)
  const text = fs.readFileSync(file, 'latin1')
  const { ino } = fs.statSync(file) // of two copies each has its own, since compiled code knows the name of its file
  const checksum = text.slice(3, text.indexOf('\n'))
  const place = `${keeping.folder}/${keeping.use}-${checksum}-${ino}-${process.versions.v8}-${process.arch}`
  const cachedData = contentOf(place)
  const script = new vm.Script(functionIn(text), {
    ...{ filename: file.href, lineOffset: HEAD_LINES, importModuleDynamically },
    ...(cachedData !== undefined && { cachedData }),
  })
  if (cachedData === undefined || script.cachedDataRejected) process.once('exit', () => keep(script, place))
  return script.runInThisContext()(createRequire(file), file.href)
}

function functionIn(text: string): string {
  const head = text.indexOf('\n', text.indexOf('\n') + 1)
  return text.slice(head + 1, text.lastIndexOf('\n'))
}

function contentOf(file: string): Buffer | undefined {
  try {
    return fs.readFileSync(file)
  } catch {
    return undefined
  }
}

/** Other processes may do the same at the same time, and find a whole file or none. */
function keep(script: Script, place: string): void {
  const unfinished = `${place}.${process.hrtime.bigint()}`
  try {
    fs.writeFileSync(unfinished, script.createCachedData(), { mode: 0o600, flag: 'wx' })
    fs.renameSync(unfinished, place)
  } catch {
    fs.rmSync(unfinished, { force: true }) // the disk is full, or may not be written: the next start compiles again
  }
}
