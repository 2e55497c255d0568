import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'
import { LLVM_KEY, llvmFiles, NAME, VERSION } from '../../../src/toolchain/llvm-files.js'

export const root = fileURLToPath(new URL('../../..', import.meta.url))
export const cli = path.join(root, 'dist/cli.js')
const genuine = path.join(root, 'node_modules', NAME)
/** The cache of the other tests: its sysroot is borrowed. */
const builtCache = path.join(root, 'build/cache')

export interface Setting {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly command?: string
  readonly input?: string
}

/** A folder of this test file, which is removed at its end; its names are short, since a cache below it holds a socket. */
export function scenes(): () => string {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'pw-')))
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))
  return () => fs.mkdtempSync(path.join(folder, 's'))
}

/** Runs a build tool of the package with the npm compiler, in this process's own way: without a server that would outlive the test. */
export function build(args: readonly string[], { cwd, env, command = cli, input = '' }: Setting = {}): Result {
  const options = { cwd, env: environment(env), input, encoding: 'utf8' } as const
  return resultOf(spawnSync(process.execPath, [command, ...args], options))
}

/** The same, while this process answers requests. */
export async function buildWhileServing(
  args: readonly string[],
  { cwd, env, command = cli }: Setting,
): Promise<Result> {
  const child = spawn(process.execPath, [command, ...args], {
    cwd,
    env: environment(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  return { code: code as number | null, stdout, stderr }
}

function environment(env: Setting['env']): NodeJS.ProcessEnv {
  return { ...process.env, WASI_SDK_PATH: '', POSIX_WASM_TOOLCHAIN: 'npm', POSIX_WASM_COMPILER_SERVER: '0', ...env }
}

export interface Result {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

function resultOf({ status, stdout, stderr }: SpawnSyncReturns<string>): Result {
  return { code: status, stdout, stderr }
}

/** The name of the compiler server's socket, as the first call makes it. */
export async function socketName(cache: string): Promise<string> {
  await buildWhileServing(['cc', '-E', '-x', 'c', '/dev/null'], {
    env: { POSIX_WASM_CACHE: cache, POSIX_WASM_COMPILER_SERVER: '1' },
  })
  const name = fs.readdirSync(cache).find((each) => each.endsWith('.sock'))
  if (name === undefined) throw new Error('there is no socket')
  return name
}

/** The processes of compiler servers whose socket is below `cache`. */
export function serversOf(cache: string): number[] {
  const { stdout } = spawnSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' })
  const lines = stdout.split('\n').filter((line) => line.includes('compiler-server') && line.includes(`${cache}/`))
  return lines.map((line) => Number.parseInt(line, 10))
}

/** They would go on for two minutes. */
export function stopServers(cache: string): void {
  for (const pid of serversOf(cache)) process.kill(pid)
}

/** A refusal: one line, and no stack. */
export function oneLine(pattern: RegExp): RegExp {
  return new RegExp(`^posix-wasm: (?=[^\\n]*${pattern.source})[^\\n]*\\n$`)
}

/** A copy of the package that has no compiler beside it. Returns its command. */
export function installIn(modules: string): string {
  const folder = path.join(modules, 'posix-wasm')
  fs.cpSync(path.join(root, 'dist'), path.join(folder, 'dist'), { recursive: true })
  fs.cpSync(path.join(root, 'c'), path.join(folder, 'c'), { recursive: true })
  fs.copyFileSync(path.join(root, 'package.json'), path.join(folder, 'package.json'))
  return path.join(folder, 'dist/cli.js')
}

/** Puts a package of that name and version below `modules`, with `files` in place of the real ones. */
export function packageIn(modules: string, files: Partial<Record<keyof typeof llvmFiles, string>> = {}): string {
  const folder = path.join(modules, NAME)
  fs.mkdirSync(path.join(folder, 'gen'), { recursive: true })
  const about = { name: NAME, version: VERSION, type: 'module', exports: { default: './gen/bundle.js' } }
  fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify(about))
  fs.writeFileSync(path.join(folder, 'gen/bundle.js'), "console.log('PLANTED')")
  for (const [key, { name }] of Object.entries(llvmFiles)) {
    const text = files[key as keyof typeof llvmFiles]
    if (text === undefined) fs.symlinkSync(path.join(genuine, name), path.join(folder, name))
    else if (text !== '') fs.writeFileSync(path.join(folder, name), text)
  }
  return folder
}

/** A module whose `_start` traps, which no compiler does. */
export const PLANTED_MODULE = 'not WebAssembly'

/** A cache that has all that is made once, borrowed from the tests' own and from the package beside this repository. */
export function soundCache(folder: string): string {
  if (!fs.existsSync(path.join(builtCache, `sysroot-${LLVM_KEY}`)))
    build(['cc', '-E', '-'], { env: { POSIX_WASM_CACHE: builtCache } })
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
  fs.symlinkSync(path.join(builtCache, `sysroot-${LLVM_KEY}`), path.join(folder, `sysroot-${LLVM_KEY}`))
  packageIn(path.join(folder, `llvm-${LLVM_KEY}/node_modules`))
  return folder
}
