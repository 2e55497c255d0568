import path from 'node:path'
import { temporaryFolder } from './places.js'

/**
 * Returns the folders of PATH in which programs are looked for. `npm run` and `npx` add `node_modules/.bin` of the working directory
 * and of every folder above it, and a relative folder is another one in each working directory: no compiler is taken from there.
 */
export function programFolders(env = process.env): string[] {
  return (env.PATH ?? '').split(path.delimiter).filter((folder) => path.isAbsolute(folder) && !isOfPackages(folder))
}

/** Returns the environment for programs that are run. */
export function childEnvironment(env = process.env): NodeJS.ProcessEnv {
  return { ...env, PATH: programFolders(env).join(path.delimiter), TMPDIR: temporaryFolder() }
}

function isOfPackages(folder: string): boolean {
  return path.basename(folder) === '.bin' && path.basename(path.dirname(folder)) === 'node_modules'
}
