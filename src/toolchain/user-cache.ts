/**
 * Returns the folder for files that are made once: POSIX_WASM_CACHE, or `posix-wasm` in the user's cache. Returns undefined if no
 * variable names a place. The XDG specification ignores relative paths, which would lead to another folder in each working directory.
 */
export function userCache(env: NodeJS.ProcessEnv, home: string | undefined): string | undefined {
  if (env.POSIX_WASM_CACHE) return env.POSIX_WASM_CACHE
  const caches = absolute(env.XDG_CACHE_HOME) ?? below(absolute(home), '.cache')
  return below(caches, 'posix-wasm')
}

function absolute(path: string | undefined): string | undefined {
  return path !== undefined && /^(\/|[a-z]:[\\/]|\\\\)/i.test(path) ? path : undefined
}

function below(folder: string | undefined, name: string): string | undefined {
  return folder === undefined ? undefined : `${folder.replace(/[\\/]+$/, '')}/${name}`
}
