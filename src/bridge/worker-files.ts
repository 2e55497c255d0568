/** Where the worker files lie: beside the file that this one is bundled into. */
export const workerFiles = {
  helper: new URL('./helper.js', import.meta.url),
  guest: new URL('./guest.js', import.meta.url),
}

export type ThreadName = keyof typeof workerFiles

/** A file that loads the code of a thread, whose URL is its first argument. */
export interface ThreadLoader {
  readonly file: URL
  /** Returns the arguments that follow. */
  readonly argumentsFor: (thread: ThreadName) => readonly string[]
}

let loader: ThreadLoader | undefined

/** Makes threads that are started from now on load their code by `given`. */
export function loadThreadsBy(given: ThreadLoader | undefined): void {
  loader = given
}

/** Returns what a thread is started from. */
export function threadStart(thread: ThreadName): { file: URL; argv: string[] } {
  if (loader === undefined) return { file: workerFiles[thread], argv: [] }
  return { file: loader.file, argv: [workerFiles[thread].href, ...loader.argumentsFor(thread)] }
}

/**
 * How much the young objects of a thread may take before they are looked through. Node's own measure, 48 MiB, is filled by ten thousand
 * connections that are made once, and kept.
 */
export const threadLimits = { maxYoungGenerationSizeMb: 12 }
