import os from 'node:os'
import { exists, faultOfMadeFolder } from '../toolchain/trust.js'
import { userCache } from '../toolchain/user-cache.js'

/**
 * Returns the folder in which this program keeps its own code compiled, or undefined if no folder can be trusted: V8 runs the compiled
 * code that it is given, so only this user may be able to write there. `NODE_DISABLE_COMPILE_CACHE` switches it off, as it does in Node.
 */
export function keptFolder(): string | undefined {
  if (process.env.NODE_DISABLE_COMPILE_CACHE) return undefined
  const home = process.platform === 'win32' ? os.homedir() : process.env.HOME
  const cache = userCache(process.env, home !== undefined && exists(home) ? home : undefined)
  if (cache === undefined || !/^(\/|[a-z]:)/i.test(cache)) return undefined
  const folder = `${cache}/compiled`
  try {
    return faultOfMadeFolder(folder) === undefined ? folder : undefined
  } catch {
    return undefined // the home is read-only, or not this user's
  }
}
