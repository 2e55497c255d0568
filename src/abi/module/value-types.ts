import { type Reader, Unreadable } from './reader.js'

/** References that say to what, by a heap type that follows: WebAssembly Core, 5.3.4. */
const [NULLABLE_REFERENCE, REFERENCE] = [0x63, 0x64]
/** The codes of value types of one byte: numbers, vectors, references to all of a kind, packed fields. */
const [LOWEST_CODE, HIGHEST_CODE] = [0x66, 0x7f]

/**
 * Reads a value type. Returns the byte that says its kind: its code, or the first byte of what it refers to. Throws `Unreadable` for a
 * kind that is not known here.
 */
export function readValueType(from: Reader): number {
  const code = from.byte()
  if (code === NULLABLE_REFERENCE || code === REFERENCE) {
    const kind = from.peek()
    from.number()
    return kind
  }
  if (code < LOWEST_CODE || code > HIGHEST_CODE) throw new Unreadable()
  return code
}
