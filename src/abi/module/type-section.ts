import { Reader, Unreadable } from './reader.js'
import { contentOf, type Section } from './sections.js'
import { readValueType } from './value-types.js'

/** A type, as far as it says how many values an instruction takes and leaves: WebAssembly Core, 5.3.7. */
export interface TypeShape {
  readonly is: 'function' | 'structure' | 'array'
  /** How many: of a function's parameters, of a structure's fields. */
  readonly takes: number
  readonly leaves: number
  /** A parameter refers to an exception. */
  readonly takesException: boolean
}

const [RECURSIVE, OPEN, FINAL] = [0x4e, 0x50, 0x4f]
const [FUNCTION, STRUCTURE, ARRAY] = [0x60, 0x5f, 0x5e]
/** References to exceptions, to any and to none. */
const EXCEPTIONS = [0x69, 0x74]

/** The types of a module, by their numbers. Throws `Unreadable`. */
export function typesIn(sections: readonly Section[]): TypeShape[] {
  const content = contentOf(sections, 'types')
  if (content.length === 0) return []
  const from = new Reader(content)
  const types: TypeShape[] = []
  for (let left = from.number(); left > 0; left--) {
    const isGroup = from.peek() === RECURSIVE
    if (isGroup) from.byte()
    for (let members = isGroup ? from.number() : 1; members > 0; members--) types.push(subtype(from))
  }
  return types
}

function subtype(from: Reader): TypeShape {
  const code = from.byte()
  if (code !== OPEN && code !== FINAL) return composite(from, code)
  for (let left = from.number(); left > 0; left--) from.number()
  return composite(from, from.byte())
}

function composite(from: Reader, code: number): TypeShape {
  switch (code) {
    case FUNCTION: {
      const { count, hasException } = values(from)
      return { is: 'function', takes: count, leaves: values(from).count, takesException: hasException }
    }
    case STRUCTURE: {
      const count = from.number()
      for (let left = count; left > 0; left--) skipField(from)
      return { is: 'structure', takes: count, leaves: 1, takesException: false }
    }
    case ARRAY:
      skipField(from)
      return { is: 'array', takes: 1, leaves: 1, takesException: false }
    default:
      throw new Unreadable()
  }
}

function values(from: Reader): { readonly count: number; readonly hasException: boolean } {
  const count = from.number()
  let hasException = false
  for (let left = count; left > 0; left--) hasException = EXCEPTIONS.includes(readValueType(from)) || hasException
  return { count, hasException }
}

function skipField(from: Reader): void {
  readValueType(from)
  from.byte() // whether it may be changed
}
