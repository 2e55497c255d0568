import { spawn } from 'node:child_process'

import fs from 'node:fs'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { childEnvironment } from './child-environment.js'
import { runLlvm } from './compiler-client.js'
import { LLVM_KEY, VERSION } from './llvm-files.js'
import { llvmSysroot } from './llvm-package.js'
import { writeOutput } from './output.js'
import { temporaryFolder } from './places.js'
import { identityOf } from './program-identity.js'
import { responseText } from './response-files.js'
import { findSystemClang, type SystemClang } from './system-clang.js'
import { ToolchainError } from './toolchain-error.js'

export type Language = 'c' | 'c++'

/** A compiler with a C library for `wasm32-wasip1`, and its tools. */
export interface Toolchain {
  /** For people: which it is. */
  readonly name: string
  /** Distinguishes files that different toolchains make: depends on the very programs, so that none spoils the cache of another. */
  readonly id: string
  /** What each call of the compiler needs, and each that links besides, after everything else. */
  readonly flags: readonly string[]
  readonly linkFlags: (language: Language) => readonly string[]
  /** Runs the compiler on this process's standard streams; resolves to its exit code. */
  compile(language: Language, args: readonly string[]): Promise<number>
  /** Runs another tool, `ar` for one; undefined where there is none of that name. */
  tool(name: string): ((args: readonly string[]) => Promise<number>) | undefined
}

/** libc++ warns about compilers that are older. */
const OLDEST_FOR_CXX = 20

/** The toolchain to use: that of WASI_SDK_PATH, else a clang of the system's, else the one from npm. POSIX_WASM_TOOLCHAIN names one: `sdk`, `system` or `npm`. */
export async function findToolchain(language: Language, env = process.env): Promise<Toolchain> {
  const { WASI_SDK_PATH: sdk, POSIX_WASM_TOOLCHAIN: wanted = '' } = env
  if (!['', 'sdk', 'system', 'npm'].includes(wanted))
    throw new ToolchainError(`POSIX_WASM_TOOLCHAIN is '${wanted}'; it can be sdk, system or npm`)
  if (wanted === 'sdk' || (wanted === '' && sdk !== undefined && sdk !== '')) return sdkToolchain(sdk ?? '')
  const clang = wanted === 'npm' ? undefined : findSystemClang(env)
  if (clang !== undefined && (language === 'c' || clang.version >= OLDEST_FOR_CXX || wanted === 'system'))
    return systemToolchain(clang)
  if (wanted === 'system')
    throw new ToolchainError(
      'no clang in PATH has the target wasm32 and wasm-ld beside it; install clang 19 or newer and lld',
    )
  return npmToolchain()
}

function sdkToolchain(named: string): Toolchain {
  const sdk = path.resolve(named)
  const bin = path.join(sdk, 'bin')
  const clang = path.join(bin, 'clang')
  if (!fs.existsSync(clang)) throw new ToolchainError(`WASI_SDK_PATH is '${named}', but there is no ${clang}`)
  return {
    name: `the WASI SDK in ${sdk}`,
    id: `sdk-${identityOf(clang)}`,
    flags: [`--sysroot=${path.join(sdk, 'share/wasi-sysroot')}`, ...legacyExceptions(undefined)],
    linkFlags: () => [],
    compile: (language, args) => runNative(clang, [...driverMode(language), ...args]),
    tool: (name) =>
      nativeTool([name, `llvm-${name}`].map((n) => path.join(bin, n)).find((file) => fs.existsSync(file))),
  }
}

async function systemToolchain({ clang, version, tools }: SystemClang): Promise<Toolchain> {
  const sysroot = await llvmSysroot()
  const fallback = await npmToolchain()
  return {
    name: `clang ${version} (${clang}) with the libraries of @yowasp/clang ${VERSION}`,
    id: `clang-${identityOf(clang)}-${LLVM_KEY}`,
    flags: [`--sysroot=${sysroot}`, ...headersOf(sysroot), ...legacyExceptions(version)],
    // The compiler's run-time library is the sysroot's, whatever of it the system has.
    linkFlags: (language) => [
      '-nodefaultlibs',
      ...(language === 'c++' ? ['-lc++', '-lc++abi'] : []),
      '-lc',
      '-x',
      'none', // whatever language the program's files were said to be in
      builtins(sysroot),
    ],
    compile: (language, args) => runNative(clang, [...driverMode(language), ...args]),
    tool: (name) => nativeTool(tools[name]) ?? fallback.tool(name),
  }
}

/** The C library's headers without those of the other compiler, which stand beside them and exclude this one's by the same guards. */
function headersOf(sysroot: string): string[] {
  const folder = (name: string) => path.join(sysroot, 'include', name)
  return ['-nostdlibinc', '-idirafter', folder('wasm32-wasip1'), '-stdlib++-isystem', folder('c++/v1')]
}

async function npmToolchain(): Promise<Toolchain> {
  const sysroot = await llvmSysroot()
  const run = (args: readonly string[]) => runInServer(args)
  return {
    name: `clang of @yowasp/clang ${VERSION}, which is WebAssembly itself`,
    id: `npm-${LLVM_KEY}`,
    flags: [`--sysroot=${sysroot}`, '-resource-dir', sysroot, ...legacyExceptions(22)],
    linkFlags: () => [],
    compile: (language, args) => run([language === 'c' ? 'clang' : 'clang++', ...args]),
    tool: (name) => (npmTools.has(name) ? (args) => run([name, ...args]) : undefined),
  }
}

const npmTools = new Set(['ar', 'ranlib', 'nm', 'strip', 'objdump', 'objcopy', 'size'])

/** Node 20 knows only the first form of WebAssembly's exceptions, which setjmp is made of. Up to LLVM 19 there was no other. */
function legacyExceptions(version = 22): string[] {
  return version >= 20 ? ['-mllvm', '-wasm-use-legacy-eh=true'] : []
}

function driverMode(language: Language): string[] {
  return language === 'c++' ? ['--driver-mode=g++'] : []
}

function builtins(sysroot: string): string {
  return path.join(sysroot, 'lib/wasm32-unknown-wasip1/libclang_rt.builtins.a')
}

function nativeTool(program: string | undefined): ((args: readonly string[]) => Promise<number>) | undefined {
  return program === undefined ? undefined : (args) => runNative(program, args)
}

const SIGNALLED = 128

/** What a process can be given as arguments is limited; on Linux the least limit is 128 KiB, for all of them and the environment. */
const MOST_ARGUMENT_BYTES = 64 * 1024

async function runNative(program: string, args: readonly string[]): Promise<number> {
  if (args.join('\n').length < MOST_ARGUMENT_BYTES) return spawned(program, args)
  const folder = fs.mkdtempSync(path.join(temporaryFolder(), 'posix-wasm-args-'))
  try {
    fs.writeFileSync(path.join(folder, 'args'), responseText(args))
    return await spawned(program, [`@${folder}/args`])
  } finally {
    fs.rmSync(folder, { recursive: true, force: true })
  }
}

function spawned(program: string, args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'inherit', env: childEnvironment() })
    child.once('error', (cause) => reject(new ToolchainError(`cannot run ${program}`, { cause })))
    child.once('exit', (code) => resolve(code ?? SIGNALLED))
  })
}

/** The server has standard streams of its own: what is said of them by path is said by `-`, and travels. */
async function runInServer(all: readonly string[]): Promise<number> {
  const args = all.map((arg) => (/^\/dev\/(stdin|stdout)$/.test(arg) ? '-' : arg))
  const input = args.includes('-') ? await text(process.stdin.setEncoding('latin1')) : ''
  const { code, stdout, stderr } = await runLlvm({
    args,
    cwd: process.cwd(),
    env: passedOn(process.env),
    temporary: temporaryFolder(),
    input,
  })
  return writeOutput(stdout, stderr, code)
}

/** The variables that clang and lld ask for. */
function passedOn(env: NodeJS.ProcessEnv): Record<string, string> {
  const names = [
    'SOURCE_DATE_EPOCH',
    'CPATH',
    'C_INCLUDE_PATH',
    'CPLUS_INCLUDE_PATH',
    'LIBRARY_PATH',
    'ZERO_AR_DATE',
    'DEPENDENCIES_OUTPUT',
  ]
  return Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])))
}
