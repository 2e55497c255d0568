import { bare } from '../abi/bare.js'
import type { CallEvent } from '../abi/trace.js'
import type { SocketShim } from '../socket-shim.js'
import { GuestExit } from '../wasi/exit.js'
import { overlay } from '../wasi/overlay.js'
import { noFiles, type WasiProvider } from '../wasi/provider.js'
import type { Stdio } from '../wasi/stdio.js'
import { GuestTrap, ModuleError } from './errors.js'
import { givenEnv, openGiven } from './given-sockets.js'
import { checkImports, type LoadedModule } from './load.js'
import type { ExtraImports, GuestOptions, ImportContext } from './options.js'

export interface Parts extends Pick<GuestOptions, 'args' | 'argv0' | 'env' | 'listen' | 'connect'> {
  readonly sockets: SocketShim
  readonly stdio: readonly [Stdio, Stdio, Stdio]
  readonly provider: WasiProvider
  readonly imports?: ExtraImports | undefined
  readonly trace?: ((event: CallEvent) => void) | undefined
  /** Called when the guest's descriptors 0 to 2 and its directories have their places, before it runs. */
  readonly ready?: () => void
}

/** Instantiates a guest on this thread from its parts. */
export async function instantiate({ module, name }: LoadedModule, parts: Parts): Promise<WebAssembly.Instance> {
  const { sockets, provider, args = [], argv0 = name, env = {}, trace } = parts
  const start = { args: [argv0, ...args], env: { ...env, ...givenEnv(parts) } }
  const wasi = overlay(sockets.guest, { provider, stdio: parts.stdio, ...start, trace })
  openGiven(sockets, parts)
  parts.ready?.()
  let memory: WebAssembly.Memory | undefined
  const bytes: ImportContext['bytes'] = (pointer, length) => sockets.guest.memory.bytes(pointer, length)
  const extra = extraImports(parts.imports, bytes, () => memory)
  const imports = merge({ ...sockets.imports, wasi_snapshot_preview1: wasi, wasi_unstable: wasi }, extra)
  checkImports(module, name, imports)
  const instance = await WebAssembly.instantiate(module, imports)
  memory = (instance.exports['memory'] ?? importedMemory(module, imports)) as WebAssembly.Memory | undefined
  if (memory instanceof WebAssembly.Memory) sockets.setMemory(memory)
  if (instance.exports['_initialize'] !== undefined) invoke(instance, '_initialize', [])
  return instance
}

/** Calls an exported function; answers the exit code, 0 when the guest returned. A trap becomes a `GuestTrap`. */
export function invoke(
  instance: WebAssembly.Instance,
  name: string,
  args: readonly (number | bigint)[],
): { code: number; result?: unknown } {
  const called = instance.exports[name]
  if (typeof called !== 'function') {
    const functions = Object.entries(instance.exports).flatMap(([each, value]) =>
      typeof value === 'function' ? [each] : [],
    )
    throw new ModuleError(
      'NO_START',
      `the module exports no function ${name}; it has: ${functions.join(', ') || 'none'}`,
    )
  }
  try {
    return { code: 0, result: called(...args) }
  } catch (error) {
    if (error instanceof GuestExit) return { code: error.code }
    if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError)
      throw new GuestTrap(`the guest trapped: ${error.message}`, { cause: error })
    throw error
  }
}

/** The provider of files that the options ask for. The packages are loaded only for a guest that can open files. */
export async function filesFor(
  module: WebAssembly.Module,
  { dirs, fs }: Pick<GuestOptions, 'dirs' | 'fs'>,
): Promise<WasiProvider> {
  if (dirs !== undefined && Object.keys(dirs).length > 0)
    return await (await import('../wasi/host-files.js')).hostFiles(dirs)
  const opensFiles = WebAssembly.Module.imports(module).some(({ name }) => name.startsWith('path_'))
  if (!opensFiles && fs === undefined) return noFiles
  return (await import('../wasi/memory-files.js')).memoryFiles(fs)
}

function extraImports(
  given: ExtraImports | undefined,
  bytes: ImportContext['bytes'],
  memory: () => WebAssembly.Memory | undefined,
): WebAssembly.Imports {
  if (typeof given !== 'function') return given ?? {}
  const context: ImportContext = {
    memory() {
      const found = memory()
      if (found === undefined) throw new Error('the guest has no memory yet')
      return found
    },
    bytes,
  }
  return given(context)
}

/** The caller's functions come first, so that it may replace one of ours. Nothing is found by way of a prototype: that is the host's. */
function merge(ours: WebAssembly.Imports, theirs: WebAssembly.Imports): WebAssembly.Imports {
  const names = new Set([...Object.keys(ours), ...Object.keys(theirs)])
  return bare(Object.fromEntries([...names].map((name) => [name, bare({ ...ours[name], ...theirs[name] })])))
}

function importedMemory(module: WebAssembly.Module, imports: WebAssembly.Imports): unknown {
  const found = WebAssembly.Module.imports(module).find(({ kind }) => kind === 'memory')
  return found && imports[found.module]?.[found.name]
}
