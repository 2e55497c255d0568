import { bare } from '../abi/bare.js'
import { NoMemoryYet } from '../abi/link.js'
import type { Suspension } from '../abi/suspension.js'
import type { CallEvent } from '../abi/trace.js'
import { printable, printableName, printableNames } from '../posix/printable.js'
import type { SocketShim } from '../socket-shim.js'
import { GuestExit } from '../wasi/exit.js'
import { overlay } from '../wasi/overlay.js'
import { noFiles, type WasiProvider } from '../wasi/provider.js'
import type { Stdio } from '../wasi/stdio.js'
import { checkImports, checkTypes } from './check-imports.js'
import { GuestTrap, ModuleError } from './errors.js'
import { type Ask, asking, extraImports } from './extra-imports.js'
import { givenEnv, openGiven } from './given-sockets.js'
import { importedMemory, madeFor, merge, notGiven, only, WASIX } from './guest-imports.js'
import { printForHost } from './host-text.js'
import { limitNotice, memoryFileLimits } from './limits-option.js'
import type { LoadedModule } from './load.js'
import { loadedCalls } from './native-mode.js'
import type { ExtraImports, GuestOptions, ImportContext } from './options.js'
import { trapOf } from './trap.js'

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
  const notice = parts.notice ?? ((text) => printForHost(`posix-wasm: ${text}`))
  sockets.guest.notice = (text) => notice(printable(text))
  const imported = WebAssembly.Module.imports(module)
  sockets.guest.isWasix = imported.some((each) => each.module === WASIX)
  const wanted = new Set(imported.map((each) => each.name))
  sockets.guest.spareListeners.push(...(await openGiven(sockets, parts))) // before directories, as LISTEN_FDS has it
  const wasi = overlay(sockets.guest, { provider, stdio: parts.stdio, ...start, trace, wanted })
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
  const made = madeFor(loaded, imported, { guest: sockets.guest, dialects: wasi.dialects })
  const provided = only(imported, bare({ ...sockets.imports, ...wasi.modules }))
  const ours = parts.ask === undefined ? provided : asking(provided, parts.ask)
  const imports = merge(merge(suspension?.imports(ours, loaded.importTypes) ?? ours, made), extra)
  checkImports(loaded, imports)
  checkTypes({ ...loaded, importTypes: notGiven(loaded.importTypes, merge(made, extra)) }, wasi.dialects)
  const instance = await engineInstance(loaded, imports, suspension)
  memory = (instance.exports['memory'] ?? importedMemory(imported, imports)) as WebAssembly.Memory | undefined
  if (memory instanceof WebAssembly.Memory) {
    suspension?.keepViews(memory)
    sockets.setMemory(memory)
  } else sockets.setMemory(noMemory())
  if (instance.exports['_initialize'] !== undefined) await invokeAnyhow(instance, { name: '_initialize' }, suspension)
  return instance
}

/** Lets the engine make the instance, and run its start function. */
async function engineInstance(
  { module, name }: LoadedModule,
  imports: WebAssembly.Imports,
  suspension: Suspension | undefined,
): Promise<WebAssembly.Instance> {
  try {
    return suspension?.instantiate(module, imports) ?? (await WebAssembly.instantiate(module, imports))
  } catch (error) {
    throw refusalOf(error, name)
  }
}

/** That of a guest that has none: every address in it is `EFAULT`. */
function noMemory(): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: 0, maximum: 0 })
}

/** What the engine says of a module that it does not link, or has no room for; a trap for what its start function did. */
function refusalOf(error: unknown, name: string): unknown {
  if (error instanceof WebAssembly.LinkError)
    return new ModuleError('MISSING_IMPORT', `${name} cannot be linked: ${printable(error.message)}`, { cause: error })
  if (error instanceof NoMemoryYet)
    return new GuestTrap(`${name} calls the host in its start function, when its memory is not known yet`, {
      cause: error,
    })
  if (error instanceof RangeError && NO_ROOM.test(error.message))
    return new ModuleError('MEMORY_LIMIT', `there is no room for ${name}: ${error.message}`, { cause: error })
  return trapOf(error)
}

/** V8's words when a memory or a table cannot be allocated. */
const NO_ROOM = /out of memory|cannot allocate|could not allocate/i

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
    const others = printableNames(functions) || 'none'
    throw new ModuleError('NO_START', `the module exports no function ${printableName(name)}; it has: ${others}`)
  }
  return called as (...args: readonly (number | bigint)[]) => unknown
}

function endedBy(error: unknown): Ended {
  if (error instanceof GuestExit) return { code: error.code }
  if (error instanceof TypeError && NO_SUCH_VALUE.test(error.message))
    throw new ModuleError('NO_START', `the function cannot be called so: ${error.message}`, { cause: error })
  throw trapOf(error)
}

/** V8's words for a value that is none of the parameter's type. */
const NO_SUCH_VALUE = /^type incompatibility when transforming|^Cannot convert .* to a BigInt$/

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
