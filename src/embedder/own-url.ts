import { pathToFileURL } from 'node:url'

/**
 * Returns the URL of the file that this code was bundled into; undefined where a bundler has left no trace of it. A bundle of the
 * CommonJS kind has no `import.meta.url`, but the name of its file: in a single executable, that of the executable.
 */
export function ownUrl(): string | undefined {
  if (typeof import.meta.url === 'string') return import.meta.url
  return typeof __filename === 'string' ? pathToFileURL(__filename).href : undefined
}
