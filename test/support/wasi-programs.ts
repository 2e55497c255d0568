import { execFile } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Compiles programs of test/wasi as `posix-wasm cc` does, by the compiler of npm; answers where they are by their names. */
export async function compileWasi(names: readonly string[]): Promise<Record<string, string>> {
  mkdirSync(path.join(root, 'build/wasi'), { recursive: true })
  const env = {
    ...process.env,
    WASI_SDK_PATH: '',
    POSIX_WASM_TOOLCHAIN: 'npm',
    POSIX_WASM_CACHE: `${root}/build/cache`,
  }
  const compiled: Record<string, string> = {}
  for (const name of names) {
    const output = path.join(root, 'build/wasi', `${name}.wasm`)
    const source = path.join(root, 'test/wasi', `${name}.c`)
    const args = ['dist/cli.js', 'cc', '-O1', '-Wall', '-Wextra', '-Werror', source, '-o', output]
    await promisify(execFile)(process.execPath, args, { cwd: root, env })
    compiled[name] = output
  }
  return compiled
}
