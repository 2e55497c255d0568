import { type Reader, Unreadable } from './reader.js'

const END = 0x0b
/** The instructions of constant expressions that are followed by one number: WebAssembly Core, 3.3.13. */
const WITH_A_NUMBER = new Set([0x23, 0x41, 0x42, 0xd0, 0xd2])
/** Those that stand alone: sums and products. */
const ALONE = new Set([0x6a, 0x6b, 0x6c, 0x7c, 0x7d, 0x7e])
/** Those of garbage collection, by the number of numbers that follow. */
const OF_OBJECTS = 0xfb
const objects = new Map<number, number>([
  ...([0, 1, 6, 7].map((code) => [code, 1]) as [number, number][]), // a structure, an array
  [8, 2], // an array of so many values
  ...([26, 27, 28].map((code) => [code, 0]) as [number, number][]), // another kind of reference
])
const [F32_CONST, F64_CONST, VECTORS, V128_CONST] = [0x43, 0x44, 0xfd, 12]

/** Skips a constant expression. Throws `Unreadable` for one that is not known here. */
export function skipConstant(from: Reader): void {
  for (let code = from.byte(); code !== END; code = from.byte()) {
    if (WITH_A_NUMBER.has(code)) from.number()
    else if (code === F32_CONST) from.skip(4)
    else if (code === F64_CONST) from.skip(8)
    else if (code === VECTORS && from.number() === V128_CONST) from.skip(16)
    else if (code === OF_OBJECTS) skipNumbers(from, objects.get(from.number()))
    else if (!ALONE.has(code)) throw new Unreadable()
  }
}

function skipNumbers(from: Reader, count: number | undefined): void {
  if (count === undefined) throw new Unreadable()
  for (let left = count; left > 0; left--) from.number()
}
