import type { Declared } from './declared.js'
import { countOf, type Section, sectionIds } from './sections.js'

/* What the engine keeps of a module before anything of it runs, measured in V8 11 and 14; of what differs the greater. */

export const PAGE_BYTES = 65_536
/** An entry of a table of functions; references of other kinds take a quarter. */
export const ENTRY_BYTES = 32
const TABLE_BYTES = 1024
const bytesOfEach = {
  types: 128,
  imports: 256,
  functions: 64,
  globals: 16,
  exports: 256,
  elements: 64,
  tags: 64,
} as const
/** Sections whose bytes the engine keeps, of which it makes the rest when it is needed. */
const kept = [sectionIds.code, sectionIds.data, sectionIds.elements] as readonly number[]

/** In bytes. */
export interface Footprint {
  readonly memory: number
  readonly tables: number
  readonly code: number
  /** Globals, functions, types and whatever else is declared. */
  readonly declarations: number
}

export function footprintOf(sections: readonly Section[], declared: readonly Declared[]): Footprint {
  const names = Object.keys(bytesOfEach) as (keyof typeof bytesOfEach)[]
  return {
    memory: PAGE_BYTES * sum(declared.filter(({ is }) => is === 'memory').map(({ initial }) => initial)),
    tables: tableBytes(declared),
    code: sum(sections.map(({ id, content }) => (kept.includes(id) ? content.length : 0))),
    declarations: sum(names.map((name) => bytesOfEach[name] * countOf(sections, name))),
  }
}

/** What the tables that a module makes begin with. */
function tableBytes(declared: readonly Declared[]): number {
  const tables = declared.filter(({ is, imported }) => is === 'table' && !imported)
  return sum(tables.map(({ initial }) => TABLE_BYTES + ENTRY_BYTES * initial))
}

/** All but the memory, in whole pages of 64 KiB: what is left of one does not count. */
export function pagesBeside({ tables, code, declarations }: Footprint): number {
  return Math.floor((tables + code + declarations) / PAGE_BYTES)
}

/** In words, without what is nothing: `2 pages of 64 KiB, 1024 bytes of tables`. */
export function describeFootprint({ memory, tables, code, declarations }: Footprint): string {
  const parts = [
    [memory, `${memory / PAGE_BYTES} pages of 64 KiB`],
    [tables, `${tables} bytes of tables`],
    [code, `${code} bytes of code and data`],
    [declarations, `${declarations} bytes of declarations`],
  ] as const
  return parts.flatMap(([bytes, words]) => (bytes === 0 ? [] : [words])).join(', ')
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, each) => all + each, 0)
}
