import { describe, expect, test } from 'vitest'
import { MemoryLimitError, withMaximum, withMemoryLimit, withTableLimit } from '../../src/abi/memory-limit.js'
import { BoundsError } from '../../src/abi/module/bounds-error.js'
import {
  body,
  bytes,
  END,
  imported,
  leb,
  list,
  NOTHING_TO_NOTHING,
  type ProgramParts,
  program,
  repeated,
  times,
} from '../support/wasm-module.mjs'

const FUNCTIONS = 0x70
const [NO_MAXIMUM, MAXIMUM] = [0, 1]
const table = (initial: number, maximum?: number, kind: readonly number[] = [FUNCTIONS]) =>
  maximum === undefined ? bytes(kind, [NO_MAXIMUM], leb(initial)) : bytes(kind, [MAXIMUM], leb(initial), leb(maximum))
const memory = (initial: number, maximum?: number) =>
  maximum === undefined ? bytes([1, NO_MAXIMUM], leb(initial)) : bytes([1, MAXIMUM], leb(initial), leb(maximum))
const wide = (initial: number, maximum?: number) =>
  maximum === undefined ? bytes([FUNCTIONS, 4], leb(initial)) : bytes([FUNCTIONS, 5], leb(initial), leb(maximum))

/** Tables as they are declared, and as they stay with at most 1000 entries together. */
const rows: [string, Uint8Array, Uint8Array][] = [
  ['one of a fixed size stays', list(table(10, 10)), list(table(10, 10))],
  ['one that may grow gets what is left', list(table(10)), list(table(10, 1000))],
  ['a maximum that is too large is lowered', list(table(10, 5000)), list(table(10, 1000))],
  ['a smaller one stays', list(table(10, 900)), list(table(10, 900))],
  ['one that begins with all stays', list(table(1000)), list(table(1000, 1000))],
  ['two that may grow get half each', list(table(0), table(200)), list(table(0, 400), table(200, 600))],
  ['what one may not use the other gets', list(table(0), table(0, 100)), list(table(0, 900), table(0, 100))],
  [
    'references of every kind',
    list(table(1, undefined, [0x6f]), table(1, undefined, [0x63, 0x70]), table(1, 1, [0x64, 0])),
    list(table(1, 499, [0x6f]), table(1, 500, [0x63, 0x70]), table(1, 1, [0x64, 0])),
  ],
  [
    'one with an initial value',
    list(bytes([0x40, 0], table(3), [0xd0, FUNCTIONS, 0x0b]), table(2, 2)),
    list(bytes([0x40, 0], table(3, 998), [0xd0, FUNCTIONS, 0x0b]), table(2, 2)),
  ],
  ['addresses of 64 bits', list(wide(7, 2 ** 40)), list(wide(7, 1000))],
  ['addresses of 64 bits without a maximum', list(wide(7)), list(wide(7, 1000))],
]

const limited = (parts: ProgramParts) => withTableLimit(program(parts), () => 1000)

describe('withTableLimit', () => {
  test.each(rows)('%s', (_, tables, after) => {
    const found = limited({ tables })
    expect([...found]).toEqual([...program({ tables: after })])
    expect(withTableLimit(found, () => 1000)).toBe(found)
  })

  test('a module without tables is the very same', () => {
    const bytes = program({ imports: list(imported('e', 't', [1], table(5000))) })
    expect(withTableLimit(bytes, () => 1)).toBe(bytes)
  })

  test.each([
    [list(table(1001, 1001)), 1001],
    [list(table(600), table(401)), 1001],
    [repeated(40, table(10_000_000)), 400_000_000],
    [list(wide(2 ** 40)), 2 ** 40],
  ])('what begins with more is refused: %#', (tables, begin) => {
    expect(() => limited({ tables })).toThrow(
      new BoundsError(`its tables begin with ${begin} entries, and the most here is 1000`),
    )
  })

  test('it is asked how many there may be with the number that is wanted', () => {
    const asked: number[] = []
    const ask = (wanted: number) => {
      asked.push(wanted)
      return 1000
    }
    for (const tables of [list(table(3, 5), table(4, 4)), list(table(3))]) withTableLimit(program({ tables }), ask)
    expect(asked).toEqual([9, Number.POSITIVE_INFINITY])
  })

  /** What table.grow answers for each number of entries. */
  const grown = async (bytes: Uint8Array, ...counts: number[]) => {
    const { instance } = await WebAssembly.instantiate(bytes as Uint8Array<ArrayBuffer>)
    const grow = instance.exports['grow'] as (count: number) => number
    return counts.map((count) => grow(count))
  }
  const grower = (tables: Uint8Array) =>
    program({
      types: list(NOTHING_TO_NOTHING, [0x60, 1, 0x7f, 1, 0x7f]),
      functions: [1, 1],
      tables,
      exports: list(bytes([4], Buffer.from('grow'), [0, 0])),
      code: list(body([0xd0, FUNCTIONS, 0x20, 0, 0xfc, 15, 0, 0x0b])),
    })

  test('growing beyond it answers -1', async () => {
    const bytes = grower(list(table(10)))
    expect(
      await grown(
        withTableLimit(bytes, () => 1000),
        500,
        491,
        490,
        1,
      ),
    ).toEqual([10, -1, 510, -1])
    expect(await grown(withMemoryLimit(bytes, 2), 250, 10, 5)).toEqual([10, -1, 260])
  })
})

describe('a memory limit', () => {
  const PAGES = 64
  const ENTRIES = 2048 // of a page
  const limits = (parts: ProgramParts) => withMemoryLimit(program(parts), PAGES)

  const shares: [string, ProgramParts, ProgramParts][] = [
    [
      'all is left for memory',
      { tables: list(table(10, 10)) },
      { tables: list(table(10, 10)), memories: memory(1, PAGES) },
    ],
    [
      'tables that may grow get an eighth of what is left',
      { tables: list(table(10)), memories: memory(8) },
      { tables: list(table(10, 10 + 7 * ENTRIES)), memories: memory(8, PAGES - 7) },
    ],
    [
      'or less, if they may not use it',
      { tables: list(table(10, 11)), memories: memory(8) },
      { tables: list(table(10, 11)), memories: memory(8, PAGES - 1) },
    ],
    [
      'or all of it, if no memory may grow',
      { tables: list(table(10)), memories: memory(8, 8) },
      { tables: list(table(10, 10 + 56 * ENTRIES)), memories: memory(8, 8) },
    ],
    [
      'what tables begin with is taken from memory',
      { tables: list(table(10 * ENTRIES, 10 * ENTRIES)) },
      { tables: list(table(10 * ENTRIES, 10 * ENTRIES)), memories: memory(1, PAGES - 10) },
    ],
    [
      'and what code and data take',
      {
        code: list(body(bytes(times(200_000, [1]), END))),
        data: list(bytes([1], leb(100_000), Buffer.alloc(100_000))),
      },
      {
        code: list(body(bytes(times(200_000, [1]), END))),
        data: list(bytes([1], leb(100_000), Buffer.alloc(100_000))),
        memories: memory(1, PAGES - 4),
      },
    ],
    [
      'and what is declared',
      { globals: repeated(10_000, [0x7e, 0, 0x42, 0, 0x0b]) },
      { globals: repeated(10_000, [0x7e, 0, 0x42, 0, 0x0b]), memories: memory(1, PAGES - 2) },
    ],
  ]
  test.each(shares)('%s', (_, before, after) => {
    const found = limits(before)
    expect([...found]).toEqual([...program(after)])
    expect(withMemoryLimit(found, PAGES)).toBe(found)
  })

  test('an imported table stays as it is', () => {
    const parts = { imports: list(imported('e', 't', [1], table(5_000_000))), memories: memory(1, PAGES) }
    const bytes = program(parts)
    expect(withMemoryLimit(bytes, PAGES)).toBe(bytes)
  })

  const refusals: [string, ProgramParts, RegExp][] = [
    [
      'tables',
      { tables: repeated(40, table(10_000)) },
      /^it begins with 1 pages of 64 KiB, 12840960 bytes of tables, .* limit is 64 pages$/,
    ],
    ['code', { code: list(body(bytes(times(5_000_000, [1]), END))) }, /5000\d\d\d bytes of code and data/],
    ['globals', { globals: repeated(300_000, [0x7e, 0, 0x42, 0, 0x0b]) }, /4800\d\d\d bytes of declarations/],
    ['functions', { functions: repeated(70_000, [0]), code: repeated(70_000, [2, 0, 0x0b]) }, /bytes of declarations/],
    ['structures', { types: list(NOTHING_TO_NOTHING, [0x5f, 0]) }, /objects that the engine collects/],
    ['arrays', { types: list(NOTHING_TO_NOTHING, [0x4e, 2, 0x50, 0, 0x5e, 0x7f, 1, 0x5e, 0x78, 0]) }, /objects that/],
    [
      'exceptions within exceptions',
      { types: list(NOTHING_TO_NOTHING, [0x60, 1, 0x69, 0]), tags: [1, 0, 1] },
      /objects that/,
    ],
  ]
  test.each(refusals)('%s beyond it are refused', (_, parts, message) => {
    expect(() => limits(parts)).toThrow(MemoryLimitError)
    expect(() => limits(parts)).toThrow(message)
  })

  test.each([
    ['a function that takes an exception', { types: list(NOTHING_TO_NOTHING, [0x60, 1, 0x69, 0]) }],
    ['a tag of numbers', { types: list(NOTHING_TO_NOTHING, [0x60, 1, 0x7f, 0]), tags: [1, 0, 1] }],
  ])('%s is no reason to refuse', (_, parts) => {
    expect(limits({ ...parts, memories: memory(1, 1) })).toBeInstanceOf(Uint8Array)
  })
})

test('a memory of a guest that is suspended has a maximum, whatever it begins with', () => {
  expect([...withMaximum(program({ memories: memory(1) }))]).toEqual([...program({ memories: memory(1, 65_536) })])
  const whole = program({ memories: memory(65_536, 65_536) })
  expect(withMaximum(whole)).toBe(whole)
})
