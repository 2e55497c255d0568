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

const HEADER_BYTES = 8
const [TYPE_SECTION, IMPORT_SECTION] = [1, 2]
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
const [HAS_MAXIMUM, IS_SHARED, HAS_PAGE_SIZE] = [1, 2, 8]

/**
 * Reads the import section of a valid module: WebAssembly Core, 5.5. Undefined where it holds what came later than WebAssembly 2,
 * such as types of garbage collection.
 */
export function importTypes(bytes: Uint8Array): ImportType[] | undefined {
  try {
    return readImports(new Reader(bytes, HEADER_BYTES))
  } catch (error) {
    if (error instanceof Unreadable) return undefined
    throw error
  }
}

/** The bytes are no valid module, or a newer kind than is known here. */
export class Unreadable extends Error {}

/** Reads a module's bytes one after the other. Throws `Unreadable` at their end. */
export class Reader {
  readonly #bytes: Uint8Array
  #at: number

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes
    this.#at = at
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length
  }

  /** Where the next byte is. */
  get at(): number {
    return this.#at
  }

  byte(): number {
    const value = this.#bytes[this.#at++]
    if (value === undefined) throw new Unreadable()
    return value
  }

  /** LEB128; what is past 2^53 is not exact. */
  number(): number {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = this.byte()
      value += (byte & 0x7f) * scale
      if ((byte & 0x80) === 0) return value
    }
  }

  take(length: number): Uint8Array {
    const from = this.#at
    this.#at += length
    if (this.#at > this.#bytes.length) throw new Unreadable()
    return this.#bytes.subarray(from, this.#at)
  }

  text(): string {
    return Buffer.from(this.take(this.number())).toString()
  }

  list<T>(read: () => T): T[] {
    const items: T[] = []
    for (let left = this.number(); left > 0; left--) items.push(read())
    return items
  }
}

interface FunctionType {
  readonly params: string[]
  readonly results: string[]
}

function readImports(module: Reader): ImportType[] {
  let types: FunctionType[] = []
  while (!module.isAtEnd) {
    const id = module.byte()
    const section = new Reader(module.take(module.number()), 0)
    if (id === TYPE_SECTION) types = section.list(() => functionType(section))
    if (id === IMPORT_SECTION) return section.list(() => importType(section, types))
  }
  return []
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

function importType(from: Reader, types: readonly FunctionType[]): ImportType {
  const where = { module: from.text(), name: from.text() }
  switch (from.byte()) {
    case 0: {
      const type = types[from.number()]
      if (type === undefined) throw new Unreadable()
      return { ...where, kind: 'function', ...type }
    }
    case 1:
      valueType(from)
      limits(from)
      return { ...where, kind: 'table' }
    case 2:
      return { ...where, kind: 'memory', limits: limits(from) }
    case 3:
      valueType(from)
      from.byte()
      return { ...where, kind: 'global' }
    case 4:
      from.byte()
      from.number()
      return { ...where, kind: 'tag' }
    default:
      throw new Unreadable()
  }
}

function limits(from: Reader): MemoryLimits {
  const flags = from.byte()
  const initial = from.number()
  const maximum = (flags & HAS_MAXIMUM) !== 0 ? from.number() : undefined
  if ((flags & HAS_PAGE_SIZE) !== 0) throw new Unreadable()
  return { initial, maximum, shared: (flags & IS_SHARED) !== 0 }
}
