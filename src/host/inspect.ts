import type { Dialect } from '../abi/dialect.js'
import type { ImportType } from '../abi/import-types.js'
import { posixSockets } from '../abi/posix-sockets.js'
import { SocketShim } from '../socket-shim.js'
import { dialects } from '../wasi/dialects.js'
import { Files } from '../wasi/files.js'
import { noFiles } from '../wasi/provider.js'
import { formOf, moduleOf } from './check-imports.js'
import { WASIX } from './guest-imports.js'
import { type LoadedModule, loadModule } from './load.js'
import { takeSource } from './object-options.js'
import type { ModuleSource } from './options.js'

/** What a module needs, and what of it this library has. */
export interface Inspection {
  readonly name: string
  /**
   * The dialects that its imports are of, each with those that it may be instead: guests that use only what two dialects have in common
   * are told apart when they run.
   */
  readonly dialects: readonly (readonly string[])[]
  readonly imports: readonly InspectedImport[]
  /** The functions that it exports: `_start` makes it a program. */
  readonly functions: readonly string[]
  /** False when an import is missing. */
  readonly isComplete: boolean
}

export interface InspectedImport {
  readonly module: string
  readonly name: string
  readonly kind: string
  /** As `(i32, i64) -> i32`; undefined for what is no function, and where the module's types cannot be read. */
  readonly type?: string
  /** `ENOSYS` for a function that is there but answers nothing else. */
  readonly provided: 'yes' | 'ENOSYS' | 'no'
  /** Of the dialects that the module speaks, those that have it in this form. */
  readonly dialects: readonly string[]
  /** Where several dialects mean different things by it: how it is told which is meant. */
  readonly toldBy?: string
  /** Why it is not provided. */
  readonly reason?: string
}

/** Reads what a module imports, runs nothing of it. Throws a `ModuleError` for a file that is no module. */
export async function inspectModule(source: ModuleSource): Promise<Inspection> {
  const loaded = await loadModule(takeSource(source))
  const known = knownDialects()
  const types = typesOf(loaded)
  const dialects = spoken(types, known)
  const imports = types.map((each) => inspected(each, known, dialects.flat()))
  return {
    name: loaded.name,
    dialects,
    imports,
    functions: WebAssembly.Module.exports(loaded.module).flatMap(({ kind, name }) =>
      kind === 'function' ? [name] : [],
    ),
    isComplete: imports.every(({ provided }) => provided !== 'no'),
  }
}

type Import = ImportType | WebAssembly.ModuleImportDescriptor

function typesOf({ module, importTypes }: LoadedModule): readonly Import[] {
  return importTypes ?? WebAssembly.Module.imports(module)
}

function inspected(each: Import, known: readonly Dialect[], spoken: readonly string[]): InspectedImport {
  const { module, name, kind } = each
  const having = known.filter((dialect) => spoken.includes(dialect.name) && has(dialect, each))
  const claimant = having.find((dialect) => dialect.claim !== undefined)
  const meanings = new Set(having.map((dialect) => dialect.calls[name]))
  return {
    module,
    name,
    kind,
    ...('params' in each && { type: `(${each.params.join(', ')}) -> ${each.results.join(', ') || 'nothing'}` }),
    dialects: having.map((dialect) => dialect.name),
    ...(meanings.size > 1 && claimant?.claim && { toldBy: `${claimant.name}: ${claimant.claim.by}` }),
    ...provision(each, having.length > 0, known),
  }
}

/** Without types, the name alone says whether a dialect has it. */
function has(dialect: Dialect, each: Import): boolean {
  if (dialect.module !== moduleOf(each)) return false
  if (!('params' in each) || dialect.name === 'posix_sockets')
    return each.kind === 'function' && Object.hasOwn(dialect.calls, each.name)
  return formOf({ ...each, module: dialect.module }, [dialect]) === 'known'
}

function provision(
  each: Import,
  isKnown: boolean,
  known: readonly Dialect[],
): Pick<InspectedImport, 'provided' | 'reason'> {
  if (isKnown || each.kind === 'memory') return { provided: 'yes' }
  if (each.module === WASIX && each.kind === 'function')
    return { provided: 'ENOSYS', reason: 'this function of WASIX is not provided' }
  const others = known.filter(({ module, calls }) => module === moduleOf(each) && Object.hasOwn(calls, each.name))
  const forms = others.map(({ name, calls }) => `(${calls[each.name]?.types.join(', ')}) in ${name}`)
  if (forms.length > 0) return { provided: 'no', reason: `it is known as ${forms.join(', ')}` }
  return { provided: 'no', reason: "nobody has it; give what is the program's own with the option imports" }
}

/** The fewest dialects that have all of the imports together; those of equal merit stand side by side. */
function spoken(imports: readonly Import[], known: readonly Dialect[]): string[][] {
  const needed = imports
    .map((each) => known.filter((dialect) => has(dialect, each)).map(({ name }) => name))
    .filter((names) => names.length > 0)
  const bases = known
    .slice(0, 2)
    .map(({ name }) => name)
    .filter((name) => needed.some((names) => names.includes(name)))
  const rest = needed.filter((names) => !names.some((name) => bases.includes(name)))
  const covers = smallest(
    subsets(known.slice(2).map(({ name }) => name)).filter((set) =>
      rest.every((names) => names.some((name) => set.includes(name))),
    ),
  )
  return [...bases.map((name) => [name]), ...alternatives(covers)]
}

/** The n-th dialect of each cover, as those that one may stand for another. */
function alternatives(covers: readonly (readonly string[])[]): string[][] {
  const [first = []] = covers
  return first.map((_, index) => [...new Set(covers.map((cover) => cover[index] as string))])
}

function smallest(sets: readonly (readonly string[])[]): (readonly string[])[] {
  const least = Math.min(...sets.map((set) => set.length))
  return sets.filter((set) => set.length === least)
}

function subsets(names: readonly string[]): string[][] {
  return Array.from({ length: 2 ** names.length }, (_, bits) => names.filter((_, index) => (bits >> index) & 1))
}

/** Every dialect with its functions: first those that stand by themselves, then those that build on preview 1. */
export function knownDialects(): Dialect[] {
  const { guest } = new SocketShim({
    network: () => {
      throw new Error('a module is inspected without a network')
    },
  })
  const [preview1, ...others] = dialects(new Files(guest, noFiles), { args: [], env: {} })
  const own: Dialect = { name: 'posix_sockets', module: 'posix_sockets', calls: posixSockets }
  return preview1 === undefined ? [own] : [preview1, own, ...others]
}
