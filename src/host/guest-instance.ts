import { bare } from '../abi/bare.js'
import { type Dialect, missing } from '../abi/dialect.js'
import type { Guest } from '../abi/guest.js'
import type { MemoryLimits } from '../abi/import-types.js'
import type { Suspension } from '../abi/suspension.js'
import type { CallEvent } from '../abi/trace.js'
import type { SocketShim } from '../socket-shim.js'
import { GuestExit } from '../wasi/exit.js'
import { overlay } from '../wasi/overlay.js'
import { noFiles, type WasiProvider } from '../wasi/provider.js'
import type { Stdio } from '../wasi/stdio.js'
import { checkImports, checkTypes, formOf } from './check-imports.js'
import { ModuleError } from './errors.js'
import { type Ask, asking, extraImports } from './extra-imports.js'
import { givenEnv, openGiven } from './given-sockets.js'
import { printForHost } from './host-text.js'
import { limitNotice, memoryFileLimits } from './limits-option.js'
import type { LoadedModule } from './load.js'
import { loadedCalls } from './native-mode.js'
import type { ExtraImports, GuestOptions, ImportContext } from './options.js'
import { trapOf } from './trap.js'

/** A module whose guests come with functions of every age. */
export const WASIX = 'wasix_32v1'

export interface Parts extends Pick<GuestOptions, 'args' | 'argv0' | 'env' | 'listen' | 'connect' | 'notice'> {
  readonly sockets: SocketShim
  /** Of its environment: the time zone. */
  readonly zone?: Readonly<Record<string, string>>
  readonly stdio: readonly [Stdio, Stdio, Stdio]
  readonly provider: WasiProvider
  readonly imports?: ExtraImports | undefined
  readonly trace?: ((event: CallEvent) => void) | undefined
  /** For a guest that is suspended while it waits. */
  readonly suspension?: Suspension | undefined
  /** Asked before each call of an import. */
  readonly ask?: Ask | undefined
  /** Called when the guest's descriptors 0 to 2 and its directories have their places, before it runs. */
  readonly ready?: () => void
}

/** Instantiates a guest on this thread from its parts. */
export async function instantiate(loaded: LoadedModule, parts: Parts): Promise<WebAssembly.Instance> {
  const { module, name } = loaded
  const { sockets, provider, args = [], argv0 = name, env = {}, trace, suspension } = parts
  const start = { args: [argv0, ...args], env: { ...env, ...parts.zone, ...givenEnv(parts) } }
  sockets.guest.notice = parts.notice ?? ((text) => printForHost(`posix-wasm: ${text}`))
  const imported = WebAssembly.Module.imports(module)
  sockets.guest.isWasix = imported.some((each) => each.module === WASIX)
  const wanted = new Set(imported.map((each) => each.name))
  const wasi = overlay(sockets.guest, { provider, stdio: parts.stdio, ...start, trace, wanted })
  sockets.guest.spareListeners.push(...(await openGiven(sockets, parts)))
  parts.ready?.()
  let memory: WebAssembly.Memory | undefined
  const bytes: ImportContext['bytes'] = (pointer, length) => sockets.guest.memory.bytes(pointer, length)
  const extra = extraImports(parts.imports, {
    memory() {
      if (memory === undefined) throw new Error('the guest has no memory yet')
      return memory
    },
    bytes,
  })
  const made = madeFor(loaded, sockets.guest, wasi.dialects)
  const provided = only(imported, bare({ ...sockets.imports, ...wasi.modules }))
  const ours = parts.ask === undefined ? provided : asking(provided, parts.ask)
  const imports = merge(merge(suspension?.imports(ours, loaded.importTypes) ?? ours, made), extra)
  checkImports(loaded, imports)
  checkTypes({ ...loaded, importTypes: notGiven(loaded.importTypes, merge(made, extra)) }, wasi.dialects)
  const instance = suspension?.instantiate(module, imports) ?? (await WebAssembly.instantiate(module, imports))
  memory = (instance.exports['memory'] ?? importedMemory(module, imports)) as WebAssembly.Memory | undefined
  if (memory instanceof WebAssembly.Memory) {
    suspension?.keepViews(memory)
    sockets.setMemory(memory)
  }
  if (instance.exports['_initialize'] !== undefined) await invokeAnyhow(instance, { name: '_initialize' }, suspension)
  return instance
}

/** A call of an exported function. */
export interface Invocation {
  readonly name: string
  readonly args?: readonly (number | bigint)[]
}

/** How a call has ended: 0 when the function returned. */
export interface Ended {
  readonly code: number
  readonly result?: unknown
}

/** Calls an exported function, which blocks this thread while it waits, or is suspended where there is a suspension. */
export async function invokeAnyhow(
  instance: WebAssembly.Instance,
  { name, args = [] }: Invocation,
  suspension?: Suspension,
): Promise<Ended> {
  if (suspension === undefined) return invoke(instance, name, args)
  const called = exportOf(instance, name)
  try {
    return { code: 0, result: await suspension.call(called, args) }
  } catch (error) {
    return endedBy(error)
  }
}

/** Calls an exported function; answers the exit code, 0 when the guest returned. A trap becomes a `GuestTrap`. */
export function invoke(instance: WebAssembly.Instance, name: string, args: readonly (number | bigint)[]): Ended {
  const called = exportOf(instance, name)
  try {
    return { code: 0, result: called(...args) }
  } catch (error) {
    return endedBy(error)
  }
}

function exportOf(instance: WebAssembly.Instance, name: string): (...args: readonly (number | bigint)[]) => unknown {
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
  return called as (...args: readonly (number | bigint)[]) => unknown
}

function endedBy(error: unknown): Ended {
  if (error instanceof GuestExit) return { code: error.code }
  throw trapOf(error)
}

/** The provider of files that the options ask for. The packages are loaded only for a guest that can open files. */
export async function filesFor(
  module: WebAssembly.Module,
  { dirs, fs, limits }: Pick<GuestOptions, 'dirs' | 'fs' | 'limits'>,
  notify: (text: string) => void = () => {},
): Promise<WasiProvider> {
  if (dirs !== undefined && Object.keys(dirs).length > 0)
    return (await import('../wasi/host-files.js')).hostFiles(dirs, { calls: loadedCalls })
  const opensFiles = WebAssembly.Module.imports(module).some(({ name }) => name.startsWith('path_'))
  if (!opensFiles && fs === undefined) return noFiles
  return (await import('../wasi/memory-files.js')).memoryFiles(fs, memoryFileLimits(limits), limitNotice(notify))
}

/** What is made for this module: a memory, and functions of WASIX that are not provided. */
function madeFor({ module, importTypes = [], maxPages }: LoadedModule, guest: Guest, dialects: readonly Dialect[]) {
  const found: Record<string, WebAssembly.ModuleImports> = {}
  const add = (each: { module: string; name: string }, value: WebAssembly.ImportValue) => {
    found[each.module] = { ...found[each.module], [each.name]: value }
  }
  const known = importTypes.filter((each) => formOf(each, dialects) === 'known').map(({ name }) => name)
  const isProvided = (name: string) => (importTypes.length > 0 ? known.includes(name) : provides(dialects, WASIX, name))
  for (const each of WebAssembly.Module.imports(module))
    if (each.module === WASIX && each.kind === 'function' && !isProvided(each.name))
      add(each, missing(guest, `${WASIX}.${each.name}`))
  for (const each of importTypes) if (each.kind === 'memory') add(each, newMemory(each.limits, maxPages))
  return found
}

function provides(dialects: readonly Dialect[], module: string, name: string): boolean {
  return dialects.some((dialect) => dialect.module === module && Object.hasOwn(dialect.calls, name))
}

/** Those that a module imports. Nothing is found by way of a prototype. */
function only(imported: readonly WebAssembly.ModuleImportDescriptor[], provided: WebAssembly.Imports) {
  const found: WebAssembly.Imports = bare({})
  for (const { module, name } of imported) {
    const value = provided[module]?.[name]
    if (value === undefined) continue
    found[module] ??= bare({})
    found[module][name] = value
  }
  return found
}

/** The caller's functions come first, so that it may replace one of ours. Nothing is found by way of a prototype: that is the host's. */
function merge(ours: WebAssembly.Imports, theirs: WebAssembly.Imports): WebAssembly.Imports {
  const names = new Set([...Object.keys(ours), ...Object.keys(theirs)])
  return bare(Object.fromEntries([...names].map((name) => [name, bare({ ...ours[name], ...theirs[name] })])))
}

function newMemory({ initial, maximum, shared }: MemoryLimits, maxPages?: number): WebAssembly.Memory {
  const most = Math.min(maximum ?? Number.POSITIVE_INFINITY, maxPages ?? Number.POSITIVE_INFINITY)
  return new WebAssembly.Memory({ initial, ...(most !== Number.POSITIVE_INFINITY && { maximum: most }), shared })
}

/** Those of which the caller has given none of its own. */
function notGiven(types: LoadedModule['importTypes'], given: WebAssembly.Imports): LoadedModule['importTypes'] {
  return types?.filter((each) => given[each.module]?.[each.name] === undefined)
}

function importedMemory(module: WebAssembly.Module, imports: WebAssembly.Imports): unknown {
  const found = WebAssembly.Module.imports(module).find(({ kind }) => kind === 'memory')
  return found && imports[found.module]?.[found.name]
}
