import { pathToFileURL } from 'node:url'

/**
 * Returns the URL of the file that this code was bundled into, or undefined if the bundle does not know it. A CommonJS
 * bundle has no `import.meta.url`, but `__filename`: in a single executable, the name of the executable.
 */
export function ownUrl(): string | undefined {
  if (typeof import.meta.url === 'string') return import.meta.url
  return typeof __filename === 'string' ? pathToFileURL(__filename).href : undefined
}
