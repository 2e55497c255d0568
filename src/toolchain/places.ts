import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of this package: what stands above this file, wherever it was bundled to. */
export const packageFolder = findPackage(path.dirname(fileURLToPath(import.meta.url)))

/** Where what is made once is kept: POSIX_WASM_CACHE, else `posix-wasm` among the user's caches. */
export function cacheFolder(env = process.env): string {
  const ofUser = env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache')
  return env.POSIX_WASM_CACHE || path.join(ofUser, 'posix-wasm')
}

/**
 * The folder `name` of the cache, made by `make` when it is not there. It appears whole or not at all; two processes that make
 * it at once both succeed.
 */
export async function madeOnce(name: string, make: (folder: string) => void | Promise<void>): Promise<string> {
  const folder = path.join(cacheFolder(), name)
  if (fs.existsSync(folder)) return folder
  fs.mkdirSync(cacheFolder(), { recursive: true, mode: 0o700 })
  const unfinished = fs.mkdtempSync(`${folder}.`)
  try {
    await make(unfinished)
    fs.renameSync(unfinished, folder)
  } catch (error) {
    fs.rmSync(unfinished, { recursive: true, force: true })
    if (!fs.existsSync(folder)) throw error
  }
  return folder
}

function findPackage(from: string): string {
  if (fs.existsSync(path.join(from, 'package.json'))) return from
  const above = path.dirname(from)
  if (above === from) throw new Error('the package.json of posix-wasm is missing')
  return findPackage(above)
}
