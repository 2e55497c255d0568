import { skipConstant } from './constant-expression.js'
import {
  HAS_MAXIMUM,
  HAS_PAGE_SIZE,
  IS_64_BIT,
  IS_SHARED,
  importsIn,
  type Limits,
  readLimits,
  UnknownSize,
} from './import-section.js'
import { leb, Reader, Unreadable } from './reader.js'
import { type Section, sectionIds } from './sections.js'
import { readValueType } from './value-types.js'

/*
 * What a module says of its memories and tables: WebAssembly Core, 5.3.9. The sections in which they stand are taken apart, so that
 * other sizes can be written in their places.
 */

/** Of a memory in pages of 64 KiB, of a table in entries. */
export interface Declared extends Limits {
  readonly is: 'memory' | 'table'
  readonly imported: boolean
}

/** A section of which memories and tables stand between bytes that stay, or bytes that stay altogether. */
export type TakenApart = { readonly id: number; readonly parts: readonly (Uint8Array | Declared)[] } | Uint8Array

/** All of 32 bits. */
export const MOST_PAGES = 65_536
/** A table that begins with other entries than null references says so by two bytes before it. */
const HAS_INITIALIZER = 0x40

/** Takes those sections apart in which there are memories or tables. Throws `Unreadable`, and `UnknownSize` for a memory of 64 bits. */
export function takenApart(section: Section): TakenApart {
  const { id, content } = section
  if (id === sectionIds.imports) return { id, parts: between(content, importedMemories(section)) }
  if (id === sectionIds.memories) return { id, parts: between(content, memories(content)) }
  return tablesTakenApart(section)
}

/** The same for tables alone, which leaves memories of every kind as they are. */
export function tablesTakenApart({ id, content, whole }: Section): TakenApart {
  return id === sectionIds.tables ? { id, parts: between(content, tables(content)) } : whole
}

export function declaredIn(sections: readonly TakenApart[]): Declared[] {
  return sections.flatMap((section) => ('parts' in section ? section.parts.filter(isDeclared) : []))
}

/** Puts a section together again, with the maximum for each memory and table that `granted` has. */
export function putTogether(section: TakenApart, granted: ReadonlyMap<Declared, number | undefined>): Uint8Array {
  if (!('parts' in section)) return section
  const bytesOf = (part: Uint8Array | Declared) =>
    isDeclared(part) ? Uint8Array.from(written(part, granted.has(part) ? granted.get(part) : part.maximum)) : part
  const content = Buffer.concat(section.parts.map(bytesOf))
  return Buffer.concat([Uint8Array.from([section.id, ...leb(content.length)]), content])
}

function isDeclared(part: Uint8Array | Declared): part is Declared {
  return 'is' in part
}

/** The declarations, and between them the bytes that stay. */
function between(content: Uint8Array, all: readonly Declared[]): (Uint8Array | Declared)[] {
  let start = 0
  const parts = all.flatMap((each) => {
    const before = content.subarray(start, each.from)
    start = each.to
    return [before, each]
  })
  return [...parts, content.subarray(start)]
}

/** Tables that are imported are made by the host, and stay. */
function importedMemories(section: Section): Declared[] {
  return importsIn([section]).flatMap((each) => (each.kind === 'memory' ? [memory(each.limits, true)] : []))
}

function memories(content: Uint8Array): Declared[] {
  const from = new Reader(content)
  const found = from.list(() => memory(readLimits(from), false))
  ensureAtEnd(from)
  return found
}

function tables(content: Uint8Array): Declared[] {
  const from = new Reader(content)
  const found = from.list(() => {
    const hasInitializer = from.peek() === HAS_INITIALIZER
    if (hasInitializer) from.take(2)
    readValueType(from)
    const limits = readLimits(from)
    if (hasInitializer) skipConstant(from)
    return { is: 'table', imported: false, ...limits } as const
  })
  ensureAtEnd(from)
  return found
}

function memory(limits: Limits, imported: boolean): Declared {
  const { flags, initial, maximum } = limits
  if ((flags & (IS_64_BIT | HAS_PAGE_SIZE)) !== 0) throw new UnknownSize()
  const isValid = initial <= (maximum ?? MOST_PAGES) && (maximum ?? 0) <= MOST_PAGES
  if (!isValid || ((flags & IS_SHARED) !== 0 && maximum === undefined)) throw new Unreadable()
  return { is: 'memory', imported, ...limits }
}

function ensureAtEnd(from: Reader): void {
  if (!from.isAtEnd) throw new Unreadable()
}

function written({ initial, flags }: Declared, maximum: number | undefined): number[] {
  const others = flags & ~HAS_MAXIMUM
  if (maximum === undefined) return [others, ...leb(initial)]
  return [others | HAS_MAXIMUM, ...leb(initial), ...leb(maximum)]
}
