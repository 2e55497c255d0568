/** The variable of the environment that says which mode `auto` is, where that can be had. For the command it is as good as `--mode`. */
export const MODE_VARIABLE = 'POSIX_WASM_MODE'

/** What the environment asks for: an empty variable is as good as none. */
export function modeWanted(env: NodeJS.ProcessEnv): string {
  return env[MODE_VARIABLE] || 'auto'
}
