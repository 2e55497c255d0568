import { BoundsError } from './bounds-error.js'
import { Reader, Unreadable } from './reader.js'

const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0] // "\0asm", version 1

/** The numbers of a module's sections: WebAssembly Core, 5.5.2. */
export const sectionIds = {
  custom: 0,
  types: 1,
  imports: 2,
  functions: 3,
  tables: 4,
  memories: 5,
  globals: 6,
  exports: 7,
  elements: 9,
  code: 10,
  data: 11,
  tags: 13,
} as const

export interface Section {
  readonly id: number
  readonly content: Uint8Array
  /** The same with its number and its length before it. */
  readonly whole: Uint8Array
}

/** The most sections of a module: a real one has a few of its own besides the thirteen. */
const MOST_SECTIONS = 10_000

/** The sections of a module, in order. Throws `Unreadable`, and a `BoundsError` for too many. */
export function sectionsOf(bytes: Uint8Array): Section[] {
  const module = new Reader(bytes)
  if (HEADER.some((byte) => module.byte() !== byte)) throw new Unreadable()
  const sections: Section[] = []
  while (!module.isAtEnd) {
    const start = module.at
    const id = module.byte()
    const content = module.take(module.number())
    if (sections.length === MOST_SECTIONS) throw new BoundsError(`it has more than ${MOST_SECTIONS} sections`)
    sections.push({ id, content, whole: bytes.subarray(start, module.at) })
  }
  return sections
}

/** A module of these sections. */
export function moduleOf(sections: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat([Uint8Array.from(HEADER), ...sections])
}

/** The content of a section, which is there once at most; empty where it is not. */
export function contentOf(sections: readonly Section[], id: keyof typeof sectionIds): Uint8Array {
  return sections.find((section) => section.id === sectionIds[id])?.content ?? new Uint8Array(0)
}

/** How many items a section has: each begins with that. */
export function countOf(sections: readonly Section[], id: keyof typeof sectionIds): number {
  const content = contentOf(sections, id)
  return content.length === 0 ? 0 : new Reader(content).number()
}
