import fs from 'node:fs'
import { type CommandLine, readCommandLine } from './command-line.js'
import { compileFlags, posixLinkFlags } from './libposix.js'
import { linkLongDouble } from './long-double.js'
import { makeRunnable } from './runnable.js'
import { sysrootFlags } from './sysroots.js'
import { findToolchain, type Language, type Toolchain } from './toolchain.js'
import { ToolchainError, UsageError } from './toolchain-error.js'

/** `posix-wasm cc` and `c++`: clang, with what a POSIX program needs added. Messages and exit codes are the compiler's. */
export function cc(language: Language, all: readonly string[]): Promise<number> {
  return reporting(async () => {
    const toolchain = await findToolchain(language)
    const line = readCommandLine(all)
    if (line.verbose) console.error(`posix-wasm: ${toolchain.name}`)
    refuseOverwriting(line)
    const output = line.output ?? 'a.out'
    const before = stateOf(output)
    const code = await compile(toolchain, language, line)
    if (code === 0 && line.links && stateOf(output) !== before) finish(output, line.runnable)
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
  const late = sysrootFlags(line)
  const run = (before: readonly string[], after: readonly string[]) =>
    toolchain.compile(language, [...quietly([...flags, ...before]), ...line.args, ...quietly([...late, ...after])])
  if (!line.links || line.ownLibraries) return run([], [])
  const { before, after } = await posixLinkFlags(toolchain, line)
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

/** A compiler would replace its own source by the program, if a command line is mistaken. */
function refuseOverwriting({ inputs, output, links }: CommandLine): void {
  if (output === undefined && !links) return
  const own = fileOf(output ?? 'a.out')
  if (own === undefined) return
  const input = inputs.find((each) => fileOf(each) === own)
  if (input !== undefined)
    throw new UsageError(`error: the input ${input} is the same file as the output ${output ?? 'a.out'}`)
}

/** Identifies a regular file, by whatever name; undefined for anything else. */
function fileOf(name: string): string | undefined {
  const stats = fs.statSync(name, { throwIfNoEntry: false })
  return stats?.isFile() ? `${stats.dev} ${stats.ino}` : undefined
}

/** Changes when a file is written: a file that this call has not written is left alone. */
function stateOf(file: string): string | undefined {
  const stats = fs.statSync(file, { throwIfNoEntry: false, bigint: true })
  return stats?.isFile() ? `${stats.ino} ${stats.size} ${stats.mtimeNs} ${stats.ctimeNs}` : undefined
}

/** As a native linker leaves it: executable. */
function finish(output: string, runnable: boolean): void {
  if (stateOf(output) === undefined) return
  if (runnable) makeRunnable(output)
  fs.chmodSync(output, fs.statSync(output).mode | (0o111 & ~process.umask()))
}

const CANNOT_RUN = 127

async function reporting(run: () => Promise<number>): Promise<number> {
  try {
    return await run()
  } catch (error) {
    if (!(error instanceof ToolchainError) && !isFromSystem(error)) throw error
    console.error(`posix-wasm: ${error.message}`)
    return error instanceof ToolchainError ? error.exitCode : CANNOT_RUN
  }
}

/** What the file system answered: a cache that cannot be written, for one. */
function isFromSystem(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error
}
