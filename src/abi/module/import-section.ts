import { Reader, Unreadable } from './reader.js'
import { contentOf, type Section } from './sections.js'
import { readValueType } from './value-types.js'

/** An import as it stands in a module: WebAssembly Core, 5.5.5. */
export type ImportEntry = {
  /** Where it stands in its section. */
  readonly at: number
} & (
  | { readonly kind: 'function' | 'tag'; readonly type: number }
  | { readonly kind: 'memory' | 'table'; readonly limits: Limits }
  | { readonly kind: 'global' }
)

/** The size of a memory or of a table, and where it stands in its section. */
export interface Limits {
  readonly flags: number
  readonly initial: number
  readonly maximum: number | undefined
  readonly from: number
  readonly to: number
}

export const [HAS_MAXIMUM, IS_SHARED, IS_64_BIT, HAS_PAGE_SIZE] = [1, 2, 4, 8]

/** The imports of a module. Throws `Unreadable`. */
export function importsIn(sections: readonly Section[]): ImportEntry[] {
  const content = contentOf(sections, 'imports')
  if (content.length === 0) return []
  const from = new Reader(content)
  const imports = from.list(() => readImport(from))
  if (!from.isAtEnd) throw new Unreadable()
  return imports
}

function readImport(from: Reader): ImportEntry {
  const where = { at: from.at }
  from.skip(from.number()) // the module's name
  from.skip(from.number())
  switch (from.byte()) {
    case 0:
      return { ...where, kind: 'function', type: from.number() }
    case 1:
      readValueType(from)
      return { ...where, kind: 'table', limits: readLimits(from) }
    case 2:
      return { ...where, kind: 'memory', limits: readLimits(from) }
    case 3:
      readValueType(from)
      from.byte() // whether it may be changed
      return { ...where, kind: 'global' }
    case 4:
      return { ...where, kind: 'tag', type: readTag(from) }
    default:
      throw new Unreadable()
  }
}

/** The number of a tag's type. */
export function readTag(from: Reader): number {
  from.byte() // its attribute
  return from.number()
}

/** A memory or a table that is counted in a way that is not known here. */
export class UnknownSize extends Unreadable {}

/** WebAssembly Core, 5.3.9. */
export function readLimits(reader: Reader): Limits {
  const from = reader.at
  const flags = reader.byte()
  if ((flags & ~(HAS_MAXIMUM | IS_SHARED | IS_64_BIT | HAS_PAGE_SIZE)) !== 0) throw new UnknownSize()
  const initial = reader.number()
  const maximum = (flags & HAS_MAXIMUM) !== 0 ? reader.number() : undefined
  if ((flags & HAS_PAGE_SIZE) !== 0) reader.number()
  return { flags, initial, maximum, from, to: reader.at }
}
