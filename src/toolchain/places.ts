import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { ToolchainError } from './toolchain-error.js'
import { faultOfMadeFolder, faultOfParentFolder } from './trust.js'
import { userCache } from './user-cache.js'

/** The folder of this package: the nearest one above this file that has a package.json, wherever the file was bundled to. */
export const packageFolder = findPackage(path.dirname(fileURLToPath(import.meta.url)))

let cache: { readonly named: string; readonly folder: string } | undefined

/**
 * Returns the folder for files that are made once: POSIX_WASM_CACHE, or `posix-wasm` in the user's cache. What lies there is run and
 * linked, so a folder in which another user can write is refused.
 */
export function cacheFolder(env = process.env): string {
  const named = userCache(env, env.HOME || passwordHome())
  if (named === undefined)
    throw new ToolchainError('there is no folder for the cache: set POSIX_WASM_CACHE to a folder of your own')
  if (cache?.named === named) return cache.folder
  const folder = path.resolve(named)
  refuse(faultOfMadeFolder(folder), folder)
  cache = { named, folder }
  return folder
}

/** Returns a folder for temporary files, in which no other user can replace them: the usual one, or one in the cache. */
export function temporaryFolder(): string {
  const usual = os.tmpdir()
  if (path.isAbsolute(usual) && isWritableFolder(usual) && faultOfParentFolder(usual) === undefined) return usual
  const own = path.join(cacheFolder(), 'tmp')
  refuse(faultOfMadeFolder(own), own)
  return own
}

/**
 * Returns the folder `name` of the cache, made by `make` if it does not exist. It appears whole or not at all; two processes that make
 * it at once both succeed.
 */
export async function madeOnce(name: string, make: (folder: string) => void | Promise<void>): Promise<string> {
  const folder = path.join(cacheFolder(), name)
  if (fs.existsSync(folder)) return folder
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

function refuse(fault: string | undefined, folder: string): void {
  if (fault === undefined) return
  const why = fault.startsWith(`${folder} `) ? fault : `${folder} cannot be trusted: ${fault}`
  throw new ToolchainError(`the cache ${why}. Set POSIX_WASM_CACHE to a folder of your own`)
}

/** A user without an entry in the password file has none. */
function passwordHome(): string | undefined {
  try {
    return os.homedir()
  } catch {
    return undefined
  }
}

function isWritableFolder(folder: string): boolean {
  try {
    fs.accessSync(folder, fs.constants.W_OK | fs.constants.X_OK)
    return fs.statSync(folder).isDirectory()
  } catch {
    return false
  }
}

function findPackage(from: string): string {
  if (fs.existsSync(path.join(from, 'package.json'))) return from
  const above = path.dirname(from)
  if (above === from) throw new Error('the package.json of posix-wasm is missing')
  return findPackage(above)
}
