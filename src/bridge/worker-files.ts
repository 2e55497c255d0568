import fs from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { OptionError } from '../embedder/option-error.js'
import { ownUrl } from '../embedder/own-url.js'

/** Where the worker files lie: beside the file that this one is bundled into. Bundlers look for just this form. */
const besides = {
  helper: () => new URL('./helper.js', import.meta.url),
  guest: () => new URL('./guest.js', import.meta.url),
}

export type ThreadName = keyof typeof besides

/** The files of the threads, by path or URL. */
export type WorkerFiles = Readonly<Record<ThreadName, string | URL>>

/** A file that loads the code of a thread, whose URL is its first argument. */
export interface ThreadLoader {
  readonly file: URL
  /** Returns the arguments that follow. */
  readonly argumentsFor: (thread: ThreadName) => readonly string[]
}

let loader: ThreadLoader | undefined
let given: Readonly<Record<ThreadName, URL>> | undefined

/** Makes threads that are started from now on load their code by `by`. */
export function loadThreadsBy(by: ThreadLoader | undefined): void {
  loader = by
}

/**
 * Sets where the files of the threads are, for bundles that do not have them beside themselves: `guest.js` and `helper.js`
 * of this package, or copies. Counts for all guests that are started afterwards. Throws an `OptionError` for anything but
 * paths and URLs.
 */
export function useWorkerFiles(files: WorkerFiles): void {
  given = { guest: fileOf(files, 'guest'), helper: fileOf(files, 'helper') }
}

function fileOf(files: unknown, thread: ThreadName): URL {
  const file = typeof files === 'object' && files !== null ? (files as Partial<WorkerFiles>)[thread] : undefined
  if (file instanceof URL) return file
  if (typeof file !== 'string' || file === '')
    throw new OptionError(`useWorkerFiles takes { guest, helper }, each a path or a URL; ${thread} is neither`)
  return /^file:/i.test(file) ? new URL(file) : pathToFileURL(file)
}

/** Returns what a thread is started from. Throws an `OptionError` if the file is missing. */
export function threadStart(thread: ThreadName): { file: URL; argv: string[] } {
  if (loader !== undefined) return { file: loader.file, argv: [placeOf(thread).href, ...loader.argumentsFor(thread)] }
  const file = placeOf(thread)
  if (file.protocol === 'file:' && !fs.existsSync(file)) throw missing(thread, fileURLToPath(file))
  return { file, argv: [] }
}

function placeOf(thread: ThreadName): URL {
  if (given !== undefined) return given[thread]
  if (typeof import.meta.url === 'string') return besides[thread]()
  const url = ownUrl()
  if (url === undefined) throw missing(thread, `${thread}.js`)
  return new URL(`./${thread}.js`, url)
}

function missing(thread: ThreadName, file: string): OptionError {
  return new OptionError(
    `the file of the ${thread}'s thread is missing: ${file}. Copy guest.js and helper.js of posix-wasm/dist there, ` +
      'or say where they are with useWorkerFiles(); docs/bundling.md shows both',
  )
}

/**
 * How much the young objects of a thread may take before they are looked through. Node's own measure, 48 MiB, is filled by ten thousand
 * connections that are made once, and kept.
 */
export const threadLimits = { maxYoungGenerationSizeMb: 12 }
