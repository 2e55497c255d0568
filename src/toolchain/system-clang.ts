import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { childEnvironment, programFolders } from './child-environment.js'
import { cacheFolder } from './places.js'
import { identityOf } from './program-identity.js'

/** A native clang that compiles for WebAssembly, and a linker beside it. */
export interface SystemClang {
  readonly clang: string
  readonly version: number
  /** llvm-ar and its kin, where there are any. */
  readonly tools: Readonly<Record<string, string>>
}

/** Older ones cannot do setjmp, or do not know all that wasi-libc's headers ask. */
const OLDEST = 19

/** The newest clang in PATH that has the target and wasm-ld; undefined when there is none. */
export function findSystemClang(env = process.env): SystemClang | undefined {
  const candidates = programFolders(env).flatMap((folder) =>
    namesIn(folder)
      .filter((name) => /^clang(-\d+)?$/.test(name))
      .map((name) => path.join(folder, name)),
  )
  const found = [...new Set(candidates.map(realpath))].flatMap((clang) => examined(clang) ?? [])
  return found.sort((one, two) => two.version - one.version)[0]
}

/** What `examine` found, kept in the cache as long as the program is the same. */
function examined(clang: string): SystemClang | undefined {
  const file = path.join(cacheFolder(), `clang-${identityOf(clang)}.json`)
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')).found
  } catch {
    const found = examine(clang)
    fs.writeFileSync(`${file}.${process.pid}`, JSON.stringify({ found }))
    fs.renameSync(`${file}.${process.pid}`, file)
    return found
  }
}

function examine(clang: string): SystemClang | undefined {
  try {
    const ask = (...args: string[]) =>
      execFileSync(clang, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], env: childEnvironment() })
    const version = Number(/clang version (\d+)/.exec(ask('--version'))?.[1])
    if (!(version >= OLDEST) || !/\bwasm32\b/.test(ask('--print-targets'))) return undefined
    const toolOf = (name: string) =>
      [name, `${name}-${version}`].map((n) => ask(`-print-prog-name=${n}`).trim()).find(path.isAbsolute)
    if (toolOf('wasm-ld') === undefined) return undefined
    const names = {
      ar: 'llvm-ar',
      ranlib: 'llvm-ranlib',
      nm: 'llvm-nm',
      strip: 'llvm-strip',
      objdump: 'llvm-objdump',
      objcopy: 'llvm-objcopy',
      size: 'llvm-size',
    }
    const tools = Object.entries(names).flatMap(([name, program]) => {
      const found = toolOf(program)
      return found === undefined ? [] : [[name, found]]
    })
    return { clang, version, tools: Object.fromEntries(tools) }
  } catch {
    return undefined
  }
}

function namesIn(folder: string): string[] {
  try {
    return fs.readdirSync(folder)
  } catch {
    return []
  }
}

function realpath(file: string): string {
  try {
    return fs.realpathSync(file)
  } catch {
    return file
  }
}
