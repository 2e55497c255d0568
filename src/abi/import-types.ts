import { HAS_PAGE_SIZE, type ImportEntry, IS_SHARED, importsIn, type Limits } from './module/import-section.js'
import { Reader, Unreadable } from './module/reader.js'
import { contentOf, type Section, sectionsOf } from './module/sections.js'

/** What a module imports, with its types, which `WebAssembly.Module.imports` leaves out. */
export type ImportType = {
  readonly module: string
  readonly name: string
} & (
  | { readonly kind: 'function'; readonly params: readonly string[]; readonly results: readonly string[] }
  | { readonly kind: 'memory'; readonly limits: MemoryLimits }
  | { readonly kind: 'table' | 'global' | 'tag' }
)

/** In pages of 64 KiB. */
export interface MemoryLimits {
  readonly initial: number
  readonly maximum: number | undefined
  readonly shared: boolean
}

const FUNCTION_TYPE = 0x60
const valueTypes: Readonly<Record<number, string>> = {
  127: 'i32',
  126: 'i64',
  125: 'f32',
  124: 'f64',
  123: 'v128',
  112: 'funcref',
  111: 'externref',
}
/** A reference that says to what, which follows it. */
const [NULLABLE_REFERENCE, REFERENCE] = [0x63, 0x64]

/**
 * Reads the import section of a valid module: WebAssembly Core, 5.5. Undefined where it holds what came later than WebAssembly 2,
 * such as types of garbage collection.
 */
export function importTypes(bytes: Uint8Array): ImportType[] | undefined {
  try {
    const sections = sectionsOf(bytes)
    const imports = importsIn(sections)
    const types = imports.some(({ kind }) => kind === 'function') ? functionTypes(sections) : []
    const content = contentOf(sections, 'imports')
    return imports.map((each) => importType(each, { types, from: new Reader(content, each.at) }))
  } catch (error) {
    if (error instanceof Unreadable) return undefined
    throw error
  }
}

interface FunctionType {
  readonly params: string[]
  readonly results: string[]
}

function functionTypes(sections: readonly Section[]): FunctionType[] {
  const content = contentOf(sections, 'types')
  const from = new Reader(content)
  return content.length === 0 ? [] : from.list(() => functionType(from))
}

function functionType(from: Reader): FunctionType {
  if (from.byte() !== FUNCTION_TYPE) throw new Unreadable()
  return { params: from.list(() => valueType(from)), results: from.list(() => valueType(from)) }
}

function valueType(from: Reader): string {
  const code = from.byte()
  if (code === NULLABLE_REFERENCE || code === REFERENCE) return `ref ${from.number()}`
  const name = valueTypes[code]
  if (name === undefined) throw new Unreadable()
  return name
}

function importType(
  entry: ImportEntry,
  { types, from }: { readonly types: readonly FunctionType[]; readonly from: Reader },
): ImportType {
  const where = { module: from.text(), name: from.text() }
  if (entry.kind === 'memory') return { ...where, kind: entry.kind, limits: memoryLimits(entry.limits) }
  if (entry.kind !== 'function') return { ...where, kind: entry.kind }
  const type = types[entry.type]
  if (type === undefined) throw new Unreadable()
  return { ...where, kind: entry.kind, ...type }
}

function memoryLimits({ flags, initial, maximum }: Limits): MemoryLimits {
  if ((flags & HAS_PAGE_SIZE) !== 0) throw new Unreadable()
  return { initial, maximum, shared: (flags & IS_SHARED) !== 0 }
}
