import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type ImportType, importTypes } from '../abi/import-types.js'
import { printable } from '../posix/printable.js'
import { moduleHash } from '../recording/header.js'
import { ModuleError, OptionError } from './errors.js'
import { type SizeOptions, sizedModule } from './module-limits.js'
import type { ModuleSource } from './options.js'

export interface LoadedModule {
  /** The most memory that it may have, in pages of 64 KiB: for one that it imports. */
  readonly maxPages?: number | undefined
  /** Where it was read from. */
  readonly file?: string
  /** SHA-256 of its bytes, where it was asked for and there are any. */
  readonly hash?: string
  readonly module: WebAssembly.Module
  /** With their types; undefined for a module that came compiled, and for one with types newer than WebAssembly 2. */
  readonly importTypes?: readonly ImportType[] | undefined
  /** What messages and `argv[0]` call it. */
  readonly name: string
}

export interface LoadOptions extends SizeOptions {
  /** Whether the module's hash will be needed. */
  readonly wantsHash?: boolean
}

/** Not that of `node:fs/promises`, which takes longer to load than a module to read. */
const readFile = promisify(fs.readFile)

/** Reads and compiles a module. Throws a `ModuleError` that says what is wrong with the file. */
export async function loadModule(source: ModuleSource, options: LoadOptions = {}): Promise<LoadedModule> {
  if (source instanceof WebAssembly.Module) return compiledAlready(source, options)
  if (source instanceof Uint8Array || source instanceof ArrayBuffer)
    return { ...(await compile(source, 'the module', options)), name: 'guest' }
  const file = source instanceof URL ? fileURLToPath(source) : source
  return { ...(await compile(await read(file), file, options)), name: path.basename(file), file }
}

function compiledAlready(module: WebAssembly.Module, { maxPages }: LoadOptions): LoadedModule {
  if (maxPages !== undefined)
    throw new OptionError('the memory of a compiled module cannot be limited: give its file or its bytes')
  return { module, name: 'guest' }
}

async function read(file: string): Promise<Uint8Array> {
  try {
    return withoutScript(await readFile(file))
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code
    const told =
      reason === 'ENOENT' ? 'there is no such file' : reason === 'EISDIR' ? 'it is a directory' : String(reason)
    throw new ModuleError('NOT_FOUND', `cannot read ${file}: ${told}`, { cause: error })
  }
}

/** A program may follow a script that runs it, in one file: what `posix-wasm cc --runnable` makes. */
function withoutScript(bytes: Buffer): Uint8Array {
  return bytes.indexOf('#!') === 0 ? bytes.subarray(bytes.indexOf('\n\0asm') + 1) : bytes
}

async function compile(
  source: Uint8Array | ArrayBuffer,
  name: string,
  { wantsHash = false, ...limits }: LoadOptions,
): Promise<Omit<LoadedModule, 'name'>> {
  const bytes = new Uint8Array(source as ArrayBuffer)
  const sized = sizedModule(bytes, name, limits)
  const module = await compiled(sized.bytes, name)
  if (!sized.isKnown)
    throw new ModuleError(
      'NOT_WEBASSEMBLY',
      `${name} has parts of a kind that posix-wasm does not know, so that its size cannot be limited`,
    )
  const { maxPages } = sized
  return { module, importTypes: importTypes(bytes), maxPages, ...(wantsHash && { hash: moduleHash(bytes) }) }
}

async function compiled(bytes: Uint8Array<ArrayBuffer>, name: string): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(bytes)
  } catch (error) {
    const start = new TextDecoder('latin1').decode(bytes.subarray(0, 4))
    const reason =
      start === '\0asm'
        ? printable((error as Error).message)
        : 'it does not begin with the bytes of a WebAssembly module'
    throw new ModuleError('NOT_WEBASSEMBLY', `${name} is not a WebAssembly module: ${reason}`, { cause: error })
  }
}
