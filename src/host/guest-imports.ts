import { bare } from '../abi/bare.js'
import { type Dialect, missing } from '../abi/dialect.js'
import type { Guest } from '../abi/guest.js'
import type { MemoryLimits } from '../abi/import-types.js'
import { formOf } from './check-imports.js'
import { ModuleError } from './errors.js'
import type { LoadedModule } from './load.js'

/*
 * The import objects of a guest. A module may have 100,000 imports, named as it likes: each step is linear, and nothing is found by way
 * of a prototype, which is the host's.
 */

/** A module whose guests come with functions of every age. */
export const WASIX = 'wasix_32v1'

type Imported = readonly WebAssembly.ModuleImportDescriptor[]

/** Those that a module imports. */
export function only(imported: Imported, provided: WebAssembly.Imports): WebAssembly.Imports {
  const found: WebAssembly.Imports = bare({})
  for (const { module, name } of imported) {
    const value = provided[module]?.[name]
    if (value !== undefined) add(found, module, name, value)
  }
  return found
}

/** What is made for this module: a memory, and functions of WASIX that are not provided. */
export function madeFor(
  { importTypes = [], maxPages, name }: LoadedModule,
  imported: Imported,
  { guest, dialects }: { readonly guest: Guest; readonly dialects: readonly Dialect[] },
): WebAssembly.Imports {
  const found: WebAssembly.Imports = bare({})
  const isProvided = providedOfWasix(importTypes, dialects)
  for (const each of imported)
    if (each.module === WASIX && each.kind === 'function' && !isProvided(each.name))
      add(found, each.module, each.name, absent(guest, `${WASIX}.${each.name}`))
  for (const each of importTypes)
    if (each.kind === 'memory' && found[each.module]?.[each.name] === undefined)
      add(found, each.module, each.name, newMemory(each.limits, maxPages, name))
  return found
}

/** A function that answers `ENOSYS`. */
function absent(guest: Guest, name: string): WebAssembly.ImportValue {
  const answer = missing(guest, name)
  return (...args: number[]) => answer(args)
}

/** Whether a function of WASIX is provided: in the form that the module declares, if that is known. */
function providedOfWasix(importTypes: NonNullable<LoadedModule['importTypes']>, dialects: readonly Dialect[]) {
  const ofWasix = dialects.filter(({ module }) => module === WASIX)
  if (importTypes.length === 0) return (name: string) => ofWasix.some(({ calls }) => Object.hasOwn(calls, name))
  const known = new Set(
    importTypes.filter((each) => each.module === WASIX && formOf(each, ofWasix) === 'known').map(({ name }) => name),
  )
  return (name: string) => known.has(name)
}

/** The caller's functions come first, so that it may replace one of ours. */
export function merge(ours: WebAssembly.Imports, theirs: WebAssembly.Imports): WebAssembly.Imports {
  const names = new Set([...Object.keys(ours), ...Object.keys(theirs)])
  return bare(Object.fromEntries([...names].map((name) => [name, bare({ ...ours[name], ...theirs[name] })])))
}

/** Types of imports of which the caller has given none of its own. */
export function notGiven(types: LoadedModule['importTypes'], given: WebAssembly.Imports): LoadedModule['importTypes'] {
  return types?.filter((each) => given[each.module]?.[each.name] === undefined)
}

/** The memory that a module imports, if it does. */
export function importedMemory(imported: Imported, imports: WebAssembly.Imports): unknown {
  const found = imported.find(({ kind }) => kind === 'memory')
  return found && imports[found.module]?.[found.name]
}

function add(to: WebAssembly.Imports, module: string, name: string, value: WebAssembly.ImportValue): void {
  to[module] ??= bare({})
  to[module][name] = value
}

function newMemory({ initial, maximum, shared }: MemoryLimits, maxPages: number | undefined, name: string) {
  const most = Math.min(maximum ?? Number.POSITIVE_INFINITY, maxPages ?? Number.POSITIVE_INFINITY)
  try {
    return new WebAssembly.Memory({ initial, ...(most !== Number.POSITIVE_INFINITY && { maximum: most }), shared })
  } catch (cause) {
    const message = `there is no room for the memory of ${name}, which begins with ${initial} pages of 64 KiB`
    throw new ModuleError('MEMORY_LIMIT', message, { cause })
  }
}
