import module from 'node:module'

/** By this variable the threads that are started know where compiled code is kept. */
const VARIABLE = 'NODE_COMPILE_CACHE'

/**
 * Has Node keep this program's own code compiled, in its usual place, where it can: from Node 22.8 on. A start is 15 ms shorter by that.
 * Answers the variables of the environment that are set for it, which the user has not set.
 */
export function keepCompiled(): readonly string[] {
  const { enableCompileCache, getCompileCacheDir } = module as Partial<CompileCache>
  if (process.env[VARIABLE] !== undefined) return []
  enableCompileCache?.()
  const directory = getCompileCacheDir?.()
  if (directory === undefined) return []
  process.env[VARIABLE] = directory
  return [VARIABLE]
}

/** TypeScript's types are those of Node 20. */
interface CompileCache {
  enableCompileCache(): unknown
  getCompileCacheDir(): string | undefined
}
