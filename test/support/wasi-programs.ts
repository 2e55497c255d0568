import { execFile } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Compiles programs of test/wasi as `posix-wasm cc` does, with the compiler from npm. Returns their paths by name. */
export function compileWasi(names: readonly string[]): Promise<Record<string, string>> {
  return compileFrom('test/wasi', names)
}

/** Compiles C programs of `folder`, a path from the root of the project, in the same way. Returns their paths by name. */
export async function compileFrom(folder: string, names: readonly string[]): Promise<Record<string, string>> {
  const built = path.join(root, 'build', path.relative('test', folder))
  mkdirSync(built, { recursive: true })
  const env = {
    ...process.env,
    WASI_SDK_PATH: '',
    POSIX_WASM_TOOLCHAIN: 'npm',
    POSIX_WASM_CACHE: `${root}/build/cache`,
  }
  const compiled: Record<string, string> = {}
  for (const name of names) {
    const output = path.join(built, `${name}.wasm`)
    const source = path.join(root, folder, `${name}.c`)
    const args = ['dist/cli.js', 'cc', '-O1', '-Wall', '-Wextra', '-Werror', source, '-o', output]
    await promisify(execFile)(process.execPath, args, { cwd: root, env })
    compiled[name] = output
  }
  return compiled
}
