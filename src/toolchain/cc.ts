import fs from 'node:fs'
import { type CommandLine, readCommandLine } from './command-line.js'
import { compileFlags, posixLinkFlags } from './libposix.js'
import { linkLongDouble } from './long-double.js'
import { makeRunnable } from './runnable.js'
import { findToolchain, type Language, type Toolchain } from './toolchain.js'
import { ToolchainError } from './toolchain-error.js'

/** Our own option: the program is written as a script that runs itself. */
const RUNNABLE = '--runnable'

/** `posix-wasm cc` and `c++`: clang, with what a POSIX program needs added. Messages and exit codes are the compiler's. */
export function cc(language: Language, all: readonly string[]): Promise<number> {
  return reporting(async () => {
    const toolchain = await findToolchain(language)
    const line = readCommandLine(all.filter((arg) => arg !== RUNNABLE))
    if (line.verbose) console.error(`posix-wasm: ${toolchain.name}`)
    const code = await compile(toolchain, language, line)
    if (code === 0 && line.links) finish(line.output ?? 'a.out', all.includes(RUNNABLE))
    return code
  })
}

/** `posix-wasm ar`, `ranlib` and the other tools that work on objects and archives. */
export function binaryTool(name: string, args: readonly string[]): Promise<number> {
  return reporting(async () => {
    const run = (await findToolchain('c')).tool(name)
    if (run === undefined) throw new ToolchainError(`this toolchain has no ${name}`)
    return run(args)
  })
}

async function compile(toolchain: Toolchain, language: Language, line: CommandLine): Promise<number> {
  const flags = [...toolchain.flags, ...compileFlags(line), ...flagsOf(language, line)]
  const run = (before: readonly string[], after: readonly string[]) =>
    toolchain.compile(language, [...quietly([...flags, ...before]), ...line.args, ...quietly(after)])
  if (!line.links || line.ownLibraries) return run([], [])
  const { before, after } = await posixLinkFlags(toolchain)
  return linkLongDouble({
    output: line.output ?? 'a.out',
    isOnce: line.inputs.some((input) => /^(-|\/dev\/stdin)$/.test(input)),
    isLikely: language === 'c++',
    compile: (first, last) => run([...first, ...before], [...after, ...last, ...toolchain.linkFlags(language)]),
  })
}

function flagsOf(language: Language, line: CommandLine): readonly string[] {
  if (language === 'c') return oldC
  return line.asksExceptions ? [] : noExceptions
}

/** Configure scripts and programs of many years count on it that a compiler warns of these; clang has made them errors, as gcc 14 has. */
const oldC = [
  'implicit-int',
  'implicit-function-declaration',
  'int-conversion',
  'incompatible-function-pointer-types',
].map((name) => `-Wno-error=${name}`)

/** libc++ is built without: a program that would throw ends instead. */
const noExceptions = ['-fignore-exceptions']

/** Options that no one asked for shall not be complained about where they are of no use. */
function quietly(flags: readonly string[]): string[] {
  return flags.length === 0 ? [] : ['--start-no-unused-arguments', ...flags, '--end-no-unused-arguments']
}

/** As a native linker leaves it: executable. */
function finish(output: string, runnable: boolean): void {
  if (!fs.statSync(output, { throwIfNoEntry: false })?.isFile()) return
  if (runnable) makeRunnable(output)
  fs.chmodSync(output, fs.statSync(output).mode | (0o111 & ~process.umask()))
}

const NO_TOOLCHAIN = 127

async function reporting(run: () => Promise<number>): Promise<number> {
  try {
    return await run()
  } catch (error) {
    if (!(error instanceof ToolchainError) && !isFromSystem(error)) throw error
    console.error(`posix-wasm: ${error.message}`)
    return NO_TOOLCHAIN
  }
}

/** What the file system answered: a cache that cannot be written, for one. */
function isFromSystem(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error
}
