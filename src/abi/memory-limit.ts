import { BoundsError } from './module/bounds-error.js'
import { type Declared, declaredIn, MOST_PAGES, putTogether, tablesTakenApart, takenApart } from './module/declared.js'
import { describeFootprint, ENTRY_BYTES, footprintOf, PAGE_BYTES, pagesBeside } from './module/footprint.js'
import { UnknownSize } from './module/import-section.js'
import { keepsObjects } from './module/objects.js'
import { Unreadable } from './module/reader.js'
import { moduleOf, type Section, sectionsOf } from './module/sections.js'

/** A module whose memory cannot be limited; `message` tells a person why. */
export class MemoryLimitError extends Error {
  override readonly name = 'MemoryLimitError'
  readonly code: 'MALFORMED' | 'UNSUPPORTED' | 'TOO_LARGE'

  constructor(code: MemoryLimitError['code'], message: string) {
    super(message)
    this.code = code
  }
}

/** Of what is left, the part that tables may grow by, if memories may grow too. */
const SHARE_OF_TABLES = 1 / 8

/** A module within a limit, and how much linear memory that leaves it. */
export interface LimitedModule {
  readonly bytes: Uint8Array
  readonly maxPages: number
}

/**
 * The module with a maximum for its linear memory, all its memories together, so that `memory.grow` beyond it answers -1, and for its
 * tables, so that `table.grow` does. Tables, code, data and declarations count with the memory. Throws a `MemoryLimitError`.
 */
export function withMemoryLimit(bytes: Uint8Array, maxPages: number): Uint8Array {
  return limitedModule(bytes, maxPages).bytes
}

/**
 * The same, with the pages that are left for memory. Of several memories, each has what it begins with, and the first that may grow has
 * the rest. An import without a maximum, if it is the only memory, stays without one: whoever makes that memory gives it the maximum.
 */
export function limitedModule(bytes: Uint8Array, maxPages: number): LimitedModule {
  if (!Number.isInteger(maxPages) || maxPages < 0) throw new RangeError(`no number of pages: ${maxPages}`)
  return reading(() => {
    const sections = sectionsOf(bytes)
    const parts = sections.map(takenApart)
    const declared = declaredIn(parts)
    const spare = sparePages(sections, declared, Math.min(maxPages, MOST_PAGES))
    const { granted, pages } = shares(declared, spare)
    return { bytes: rewritten(bytes, parts, granted), maxPages: pages }
  })
}

/**
 * The module with a maximum for each memory that has none, which is all that there can be, and with no other limit: a memory has to
 * have one for views of it to outlive that it grows.
 */
export function withMaximum(bytes: Uint8Array): Uint8Array {
  return reading(() => {
    const parts = sectionsOf(bytes).map(takenApart)
    const memories = declaredIn(parts).filter(({ is }) => is === 'memory')
    return rewritten(bytes, parts, new Map(memories.map((memory) => [memory, memory.maximum ?? MOST_PAGES])))
  })
}

/**
 * The module with tables of so many entries at most, all together: `mostEntries` is given as many as they may become. Throws `Unreadable`,
 * and a `BoundsError` where they begin with more.
 */
export function withTableLimit(bytes: Uint8Array, mostEntries: (wanted: number) => number): Uint8Array {
  const parts = sectionsOf(bytes).map(tablesTakenApart)
  const tables = declaredIn(parts)
  if (tables.length === 0) return bytes
  const wanted = tables.reduce((sum, { maximum = Number.POSITIVE_INFINITY }) => sum + maximum, 0)
  const begin = tables.reduce((sum, { initial }) => sum + initial, 0)
  const most = mostEntries(Math.max(begin, wanted))
  if (begin > most) throw new BoundsError(`its tables begin with ${begin} entries, and the most here is ${most}`)
  return rewritten(bytes, parts, entriesOf(tables, most - begin))
}

/** The pages of the limit that a module leaves when it begins. */
function sparePages(sections: readonly Section[], declared: readonly Declared[], maxPages: number): number {
  if (keepsObjects(sections))
    throw new MemoryLimitError(
      'UNSUPPORTED',
      'it makes objects that the engine collects (structures, arrays, exceptions within exceptions), which no limit of memory counts',
    )
  const pages = pagesIn(declared)
  if (pages > maxPages)
    throw new MemoryLimitError(
      'TOO_LARGE',
      `its memory begins with ${pages} pages of 64 KiB, and the limit is ${maxPages}`,
    )
  const footprint = footprintOf(sections, declared)
  const spare = maxPages - pages - pagesBeside(footprint)
  if (spare >= 0) return spare
  throw new MemoryLimitError(
    'TOO_LARGE',
    `it begins with ${describeFootprint(footprint)}, and the limit is ${maxPages} pages`,
  )
}

/** The maximum of each memory and table; the pages for memory in all. */
function shares(declared: readonly Declared[], spare: number) {
  const memories = declared.filter(({ is }) => is === 'memory')
  const tables = declared.filter(({ is }) => is === 'table')
  const mayGrow = memories.some(({ initial, maximum }) => initial !== maximum)
  const perPage = PAGE_BYTES / ENTRY_BYTES
  const entries = entriesOf(tables, Math.floor(spare * perPage * (mayGrow ? SHARE_OF_TABLES : 1)))
  const grown = tables.reduce((sum, table) => sum + (entries.get(table) ?? 0) - table.initial, 0)
  const pages = Math.max(0, spare - Math.ceil(grown / perPage))
  return { granted: new Map([...pagesOf(memories, pages), ...entries]), pages: pagesIn(memories) + pages }
}

/** The maximum of each memory, where all may grow by so many pages together. */
function pagesOf(memories: readonly Declared[], pages: number): Map<Declared, number | undefined> {
  let spare = pages
  return new Map(
    memories.map((memory) => {
      const { initial, maximum, imported } = memory
      if (imported && memories.length === 1 && maximum === undefined) return [memory, undefined]
      const granted = Math.min(maximum ?? MOST_PAGES, initial + spare)
      spare -= Math.max(0, granted - initial)
      return [memory, granted]
    }),
  )
}

/** The maximum of each table, where all may grow by so many entries together: each that may by as many, or as it has declared. */
function entriesOf(tables: readonly Declared[], entries: number): Map<Declared, number> {
  let spare = entries
  let left = tables.length
  const room = ({ initial, maximum = Number.POSITIVE_INFINITY }: Declared) => maximum - initial
  return new Map(
    [...tables]
      .sort((one, other) => Number(room(one) > room(other)) - Number(room(one) < room(other)))
      .map((table) => {
        const more = Math.min(room(table), Math.floor(spare / left--))
        spare -= more
        return [table, table.initial + more]
      }),
  )
}

function pagesIn(declared: readonly Declared[]): number {
  return declared.reduce((sum, { is, initial }) => (is === 'memory' ? sum + initial : sum), 0)
}

function rewritten(
  bytes: Uint8Array,
  parts: ReturnType<typeof takenApart>[],
  granted: ReadonlyMap<Declared, number | undefined>,
): Uint8Array {
  if ([...granted].every(([each, maximum]) => maximum === each.maximum)) return bytes
  return moduleOf(parts.map((section) => putTogether(section, granted)))
}

function reading<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof UnknownSize)
      throw new MemoryLimitError(
        'UNSUPPORTED',
        'its memory cannot be limited: it has 64-bit addresses or pages of another size, which posix-wasm does not know',
      )
    if (!(error instanceof Unreadable)) throw error
    throw new MemoryLimitError('MALFORMED', 'its memory cannot be limited, since it is not a valid WebAssembly module')
  }
}
