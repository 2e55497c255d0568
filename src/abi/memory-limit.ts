import { Reader, Unreadable } from './import-types.js'

/** A module whose memory cannot be limited; `message` tells a person why. */
export class MemoryLimitError extends Error {
  override readonly name = 'MemoryLimitError'
  readonly code: 'MALFORMED' | 'UNSUPPORTED' | 'TOO_LARGE'

  constructor(code: MemoryLimitError['code'], message: string) {
    super(message)
    this.code = code
  }
}

const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0] // "\0asm", version 1
const [IMPORT_SECTION, MEMORY_SECTION] = [2, 5]
const [HAS_MAXIMUM, IS_SHARED] = [1, 2]
/** All of 32 bits. */
const MOST_PAGES = 65_536

/** What a module says of one memory: WebAssembly Core, 5.3.9, in pages of 64 KiB. */
interface Declared {
  readonly is: 'memory'
  readonly initial: number
  readonly maximum: number | undefined
  readonly shared: boolean
  readonly imported: boolean
}

/** A section whose memories stand between bytes that stay, or bytes that stay altogether. */
type Section = { readonly id: number; readonly parts: readonly (Uint8Array | Declared)[] } | Uint8Array

/**
 * The module with a maximum for its linear memory, all its memories together, so that `memory.grow` beyond it answers -1. Of several,
 * each has what it begins with, and the first that may grow has the rest. An import without a maximum, if it is the only memory, stays
 * without one: whoever makes that memory gives it the maximum. Throws a `MemoryLimitError`.
 */
export function withMemoryLimit(bytes: Uint8Array, maxPages: number): Uint8Array {
  if (!Number.isInteger(maxPages) || maxPages < 0) throw new RangeError(`no number of pages: ${maxPages}`)
  const sections = read(bytes)
  const declared = sections.flatMap((section) => ('parts' in section ? section.parts.filter(isMemory) : []))
  const granted = shares(declared, Math.min(maxPages, MOST_PAGES))
  if (declared.every((memory) => granted.get(memory) === memory.maximum)) return bytes
  return Buffer.concat([Uint8Array.from(HEADER), ...sections.map((section) => written(section, granted))])
}

/** The maximum of each memory. */
function shares(declared: readonly Declared[], maxPages: number): Map<Declared, number | undefined> {
  const begin = declared.reduce((sum, { initial }) => sum + initial, 0)
  if (begin > maxPages)
    throw new MemoryLimitError(
      'TOO_LARGE',
      `its memory begins with ${begin} pages of 64 KiB, and the limit is ${maxPages}`,
    )
  let spare = maxPages - begin
  const isAlone = declared.length === 1
  return new Map(
    declared.map((memory) => {
      const { initial, maximum, imported } = memory
      if (imported && isAlone && maximum === undefined) return [memory, undefined]
      const granted = Math.min(maximum ?? MOST_PAGES, initial + spare)
      spare -= Math.max(0, granted - initial)
      return [memory, granted]
    }),
  )
}

function isMemory(part: Uint8Array | Declared): part is Declared {
  return 'is' in part
}

function read(bytes: Uint8Array): Section[] {
  try {
    return readSections(bytes)
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    throw new MemoryLimitError('MALFORMED', 'its memory cannot be limited, since it is not a valid WebAssembly module')
  }
}

function readSections(bytes: Uint8Array): Section[] {
  const module = new Reader(bytes, 0)
  if (HEADER.some((byte) => module.byte() !== byte)) throw new Unreadable()
  const sections: Section[] = []
  while (!module.isAtEnd) {
    const start = module.at
    const id = module.byte()
    const content = module.take(module.number())
    if (id === IMPORT_SECTION) sections.push({ id, parts: importParts(content) })
    else if (id === MEMORY_SECTION) sections.push({ id, parts: memoryParts(content) })
    else sections.push(bytes.subarray(start, module.at))
  }
  return sections
}

function memoryParts(content: Uint8Array): (Uint8Array | Declared)[] {
  const from = new Reader(content, 0)
  const count = from.number()
  const counted = content.subarray(0, from.at)
  const memories: Declared[] = []
  for (let left = count; left > 0; left--) memories.push(memory(from, false))
  ensureAtEnd(from)
  return [counted, ...memories]
}

/** Everything between two memories is one part. */
function importParts(content: Uint8Array): (Uint8Array | Declared)[] {
  const from = new Reader(content, 0)
  const parts: (Uint8Array | Declared)[] = []
  let start = 0
  for (let left = from.number(); left > 0; left--) {
    from.take(from.number()) // the module's name
    from.take(from.number())
    const kind = from.byte()
    if (kind !== 2) skipType(from, kind)
    else {
      parts.push(content.subarray(start, from.at), memory(from, true))
      start = from.at
    }
  }
  ensureAtEnd(from)
  return [...parts, content.subarray(start)]
}

function memory(from: Reader, imported: boolean): Declared {
  const flags = from.byte()
  if ((flags & ~(HAS_MAXIMUM | IS_SHARED)) !== 0)
    throw new MemoryLimitError(
      'UNSUPPORTED',
      'its memory cannot be limited: it has 64-bit addresses or pages of another size, which posix-wasm does not know',
    )
  const shared = (flags & IS_SHARED) !== 0
  const initial = from.number()
  const maximum = (flags & HAS_MAXIMUM) !== 0 ? from.number() : undefined
  const isValid = initial <= (maximum ?? MOST_PAGES) && (maximum ?? 0) <= MOST_PAGES
  if (!isValid || (shared && maximum === undefined)) throw new Unreadable()
  return { is: 'memory', initial, maximum, shared, imported }
}

function skipType(from: Reader, kind: number): void {
  switch (kind) {
    case 0: // a function, by the number of its type
      from.number()
      return
    case 1:
      skipValueType(from)
      skipLimits(from)
      return
    case 3:
      skipValueType(from)
      from.byte()
      return
    case 4: // a tag: its attribute, and its type
      from.byte()
      from.number()
      return
    default:
      throw new Unreadable()
  }
}

/** A table's. */
function skipLimits(from: Reader): void {
  const hasMaximum = (from.byte() & HAS_MAXIMUM) !== 0
  from.number()
  if (hasMaximum) from.number()
}

/** 0x63 and 0x64 are references that say to what. */
function skipValueType(from: Reader): void {
  const code = from.byte()
  if (code === 0x63 || code === 0x64) from.number()
}

function ensureAtEnd(from: Reader): void {
  if (!from.isAtEnd) throw new Unreadable()
}

function written(section: Section, granted: ReadonlyMap<Declared, number | undefined>): Uint8Array {
  if (!('parts' in section)) return section
  const content = Buffer.concat(
    section.parts.map((part) => (isMemory(part) ? Uint8Array.from(limits(part, granted.get(part))) : part)),
  )
  return Buffer.concat([Uint8Array.from([section.id, ...leb(content.length)]), content])
}

function limits({ initial, shared }: Declared, maximum: number | undefined): number[] {
  const flags = (shared ? IS_SHARED : 0) | (maximum === undefined ? 0 : HAS_MAXIMUM)
  return [flags, ...leb(initial), ...(maximum === undefined ? [] : leb(maximum))]
}

function leb(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb(value >>> 7)]
}
