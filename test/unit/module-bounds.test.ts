import { describe, expect, test } from 'vitest'
import { checkBounds } from '../../src/abi/module/bounds.js'
import { BoundsError } from '../../src/abi/module/bounds-error.js'
import { sectionsOf } from '../../src/abi/module/sections.js'
import {
  body,
  bytes,
  custom,
  END,
  functionType,
  leb,
  list,
  NOTHING_TO_NOTHING,
  type ProgramParts,
  program,
  repeated,
  times,
} from '../support/wasm-module.mjs'

function faultOf(parts: ProgramParts, maxBytes?: number): string | undefined {
  try {
    checkBounds(sectionsOf(program(parts)), maxBytes)
  } catch (error) {
    if (error instanceof BoundsError) return error.message
    throw error
  }
  return undefined
}

const IF = [0x41, 0, 0x04, 0x40, 0x0b]
const BRANCH = [0x20, 0, 0x0d, 0]
const locals = (count: number) => bytes([1], leb(count), [0x7e])
const code = (content: Uint8Array, count = 0) => list(body(bytes(content, END), count === 0 ? [0] : locals(count)))
const pushes = (count: number) => times(count, [0x42, 1])
const drops = (count: number) => times(count, [0x1a])
const setAll = (count: number) =>
  bytes(...Array.from({ length: count }, (_, index) => bytes([0x42, 5, 0x21], leb(index))))
/** Calls of a function with so many parameters and results. */
const calls = (count: number, arity: number): ProgramParts => ({
  types: list(NOTHING_TO_NOTHING, functionType(arity, arity)),
  functions: [2, 0, 1],
  code: list(
    body(bytes(pushes(arity), times(count, [0x10, 1]), drops(arity), END)),
    body(bytes(...Array.from({ length: arity }, (_, index) => bytes([0x20], leb(index))), END)),
  ),
})

/** What a module has, and what is said of it; undefined if it may. */
const rows: [string, ProgramParts, string | undefined][] = [
  ['a program', {}, undefined],
  ['as many types as may be', { types: repeated(10_000, NOTHING_TO_NOTHING) }, undefined],
  ['a type more', { types: repeated(10_001, NOTHING_TO_NOTHING) }, 'it has 10001 types, and the most is 10000'],
  ['wide types', { types: repeated(2500, functionType(1000, 1000)) }, 'bytes of types, and the most is 4194304'],
  ['imports', { imports: repeated(100_001, [1, 101, 1, 103, 3, 0x7f, 0]) }, '100001 imports, and the most is 100000'],
  ['memories', { memories: repeated(101, [0, 1]) }, '101 memories, and the most is 100'],
  [
    'imported memories',
    { imports: repeated(101, [1, 101, 1, 109, 2, 0, 1]) },
    'it has 102 memories, and the most is 100',
  ],
  ['tables', { tables: repeated(10_001, [0x70, 0, 1]) }, '10001 tables, and the most is 10000'],
  ['globals', { globals: repeated(100_001, [0x7e, 0, 0x42, 0, 0x0b]) }, '100001 globals, and the most is 100000'],
  ['tags', { tags: repeated(100_001, [0, 0]) }, '100001 tags, and the most is 100000'],
  ['exports', { exports: repeated(100_001, [1, 97, 0, 0]) }, '100001 exports, and the most is 100000'],
  ['segments of elements', { elements: repeated(100_001, [1, 0, 0]) }, '100001 elements, and the most is 100000'],
  ['sections', { rest: [times(10_001, custom('x'))] }, 'more than 10000 sections'],
  ['code', { code: list(sizedCode(129)) }, 'bytes of code, and the most is 134217728'],

  ['blocks over many locals', { code: code(times(10_000, IF), 50_000) }, 'would need too much memory'],
  ['fewer of them', { code: code(times(500, IF), 50_000) }, undefined],
  [
    'blocks over a deep stack',
    { code: code(bytes(pushes(50_000), times(10_000, IF), drops(50_000))) },
    'too much memory',
  ],
  ['deep blocks', { code: code(bytes(times(300_000, [2, 0x40]), times(300_000, END))) }, 'too much memory'],
  ['blocks in blocks, as Go has them', { code: code(bytes(times(9000, [2, 0x40]), times(9000, END)), 20) }, undefined],
  [
    'locals that differ where branches meet',
    { code: code(bytes([2, 0x40], ...Array.from({ length: 9000 }, () => bytes(setAll(5), BRANCH)), END), 45_000) },
    'too much memory',
  ],
  [
    'a table of branches over many locals',
    { code: code(bytes([2, 0x40], setAll(5000), [0x41, 0, 0x0e], leb(9000), times(9001, [0]), END), 5000) },
    'too much memory',
  ],
  ['wide calls', calls(10_000, 1000), 'would need too much time'],
  ['fewer of them', calls(500, 1000), undefined],
  [
    'instructions over a deep stack',
    { code: code(bytes(pushes(900_000), times(9000, [0x20, 0, 0x21, 0]), drops(900_000)), 1) },
    'would need too much time',
  ],
  ['a large function of plain code', { code: code(times(900_000, [0x41, 0, 0x1a])) }, undefined],
  [
    'a large function with instructions of the future',
    { code: code(times(90_000, [0x41, 0, 0x1a]).fill(0xf0, 99, 100)) },
    'instructions that posix-wasm does not know',
  ],
  ['a small one', { code: code(Buffer.from([0xf0])) }, undefined],
]

/** A body of so many MiB. */
function sizedCode(mebibytes: number): Uint8Array {
  return body(Buffer.alloc(mebibytes * 1024 * 1024))
}

describe('the bounds of a module', () => {
  test.each(rows)('%s', (_, parts, message) => {
    if (message === undefined) expect(faultOf(parts)).toBe(undefined)
    else expect(faultOf(parts)).toContain(message)
  })

  test('with a memory limit, less memory may be taken to compile', () => {
    const parts = { code: code(times(2000, IF), 20_000) }
    expect([faultOf(parts), faultOf(parts, 2 ** 31)]).toEqual([undefined, undefined])
    expect(faultOf(parts, 2 ** 16)).toContain(
      'function 0, of 10006 bytes and 20000 locals, the engine would need too much memory',
    )
  })
})
