/*
 * Instructions by their numbers: what follows each, and by how much it changes the height of the stack. WebAssembly Core, 5.4, and the
 * proposals that V8 has: tail calls, exceptions, vectors (relaxed too), threads, wide arithmetic, garbage collection.
 *
 * What follows, letter by letter: `n` a number in LEB128, `1` `4` `8` `s` that many bytes (`s` is 16), `m` an alignment and an offset.
 * Instructions of control, calls and those that depend on a type are not here: see code-cost.ts.
 */
export interface Instruction {
  readonly follows: string
  readonly change: number
}

type Row = readonly [first: number, last: number, follows: string, change: number]

const plain: readonly Row[] = [
  [0x01, 0x01, '', 0], // nop
  [0x1a, 0x1a, '', -1], // drop
  [0x1b, 0x1b, '', -2], // select
  [0x20, 0x20, 'n', 1], // local.get
  [0x21, 0x21, 'n', -1],
  [0x22, 0x22, 'n', 0],
  [0x23, 0x23, 'n', 1], // global.get
  [0x24, 0x24, 'n', -1],
  [0x25, 0x25, 'n', 0], // table.get
  [0x26, 0x26, 'n', -2],
  [0x28, 0x35, 'm', 0], // loads
  [0x36, 0x3e, 'm', -2], // stores
  [0x3f, 0x3f, 'n', 1], // memory.size
  [0x40, 0x40, 'n', 0],
  [0x41, 0x42, 'n', 1], // constants
  [0x43, 0x43, '4', 1],
  [0x44, 0x44, '8', 1],
  [0x45, 0x45, '', 0], // i32
  [0x46, 0x4f, '', -1],
  [0x50, 0x50, '', 0], // i64
  [0x51, 0x5a, '', -1],
  [0x5b, 0x66, '', -1], // f32, f64
  [0x67, 0x69, '', 0],
  [0x6a, 0x78, '', -1],
  [0x79, 0x7b, '', 0],
  [0x7c, 0x8a, '', -1],
  [0x8b, 0x91, '', 0],
  [0x92, 0x98, '', -1],
  [0x99, 0x9f, '', 0],
  [0xa0, 0xa6, '', -1],
  [0xa7, 0xc4, '', 0], // conversions
  [0xd0, 0xd0, 'n', 1], // ref.null
  [0xd1, 0xd1, '', 0],
  [0xd2, 0xd2, 'n', 1], // ref.func
  [0xd3, 0xd3, '', -1],
  [0xd4, 0xd4, '', 0],
]

const numeric: readonly Row[] = [
  [0, 7, '', 0], // conversions that saturate
  [8, 8, 'nn', -3], // memory.init
  [9, 9, 'n', 0],
  [10, 10, 'nn', -3],
  [11, 11, 'n', -3],
  [12, 12, 'nn', -3], // table.init
  [13, 13, 'n', 0],
  [14, 14, 'nn', -3],
  [15, 15, 'n', -1],
  [16, 16, 'n', 1],
  [17, 17, 'n', -3],
  [19, 20, '', -2], // sums of 128 bits
  [21, 22, '', 0],
]

const vector: readonly Row[] = [
  [0, 10, 'm', 0], // loads
  [11, 11, 'm', -2],
  [12, 12, 's', 1], // v128.const
  [13, 13, 's', -1], // i8x16.shuffle
  [14, 14, '', -1],
  [15, 20, '', 0], // splats
  ...[21, 22, 24, 25, 27, 29, 31, 33].map((code): Row => [code, code, '1', 0]), // lanes
  ...[23, 26, 28, 30, 32, 34].map((code): Row => [code, code, '1', -1]),
  [35, 76, '', -1], // comparisons
  [77, 77, '', 0],
  [78, 81, '', -1],
  [82, 82, '', -2], // v128.bitselect
  [83, 83, '', 0],
  [84, 87, 'm1', -1], // loads of a lane
  [88, 91, 'm1', -2],
  [92, 93, 'm', 0],
  [94, 95, '', 0],
  [96, 100, '', 0], // i8x16
  [101, 102, '', -1],
  [103, 106, '', 0],
  [107, 115, '', -1],
  [116, 117, '', 0],
  [118, 121, '', -1],
  [122, 122, '', 0],
  [123, 123, '', -1],
  [124, 127, '', 0],
  [128, 129, '', 0], // i16x8
  [130, 130, '', -1],
  [131, 132, '', 0],
  [133, 134, '', -1],
  [135, 138, '', 0],
  [139, 147, '', -1],
  [148, 148, '', 0],
  [149, 153, '', -1],
  [155, 159, '', -1],
  [160, 161, '', 0], // i32x4
  [163, 164, '', 0],
  [167, 170, '', 0],
  [171, 174, '', -1],
  [177, 177, '', -1],
  [181, 186, '', -1],
  [188, 191, '', -1],
  [192, 193, '', 0], // i64x2
  [195, 196, '', 0],
  [199, 202, '', 0],
  [203, 206, '', -1],
  [209, 209, '', -1],
  [213, 223, '', -1],
  [224, 225, '', 0], // f32x4
  [227, 227, '', 0],
  [228, 235, '', -1],
  [236, 237, '', 0], // f64x2
  [239, 239, '', 0],
  [240, 247, '', -1],
  [248, 255, '', 0], // conversions
  [256, 256, '', -1], // relaxed
  [257, 260, '', 0],
  [261, 268, '', -2],
  [269, 274, '', -1],
  [275, 275, '', -2],
]

const atomic: readonly Row[] = [
  [0, 0, 'm', -1], // memory.atomic.notify
  [1, 2, 'm', -2],
  [3, 3, '1', 0],
  [0x10, 0x16, 'm', 0],
  [0x17, 0x1d, 'm', -2],
  [0x1e, 0x47, 'm', -1],
  [0x48, 0x4e, 'm', -2],
]

const object: readonly Row[] = [
  [1, 1, 'n', 1], // struct.new_default
  [2, 4, 'nn', 0],
  [5, 5, 'nn', -2],
  [6, 6, 'n', -1], // array.new
  [7, 7, 'n', 0],
  [9, 10, 'nn', -1],
  [11, 13, 'n', -1],
  [14, 14, 'n', -3],
  [15, 15, '', 0],
  [16, 16, 'n', -4],
  [17, 17, 'nn', -5],
  [18, 19, 'nn', -4],
  [20, 23, 'n', 0], // ref.test, ref.cast
  [26, 30, '', 0],
]

/** Those of one byte. */
export const plainInstructions = table(plain)
/** Those that begin with a prefix, by the number that follows it. */
export const prefixed: ReadonlyMap<number, readonly (Instruction | undefined)[]> = new Map([
  [0xfb, table(object)],
  [0xfc, table(numeric)],
  [0xfd, table(vector)],
  [0xfe, table(atomic)],
])

function table(rows: readonly Row[]): readonly (Instruction | undefined)[] {
  const found: (Instruction | undefined)[] = []
  for (const [first, last, follows, change] of rows)
    for (let code = first; code <= last; code++) found[code] = { follows, change }
  return found
}
