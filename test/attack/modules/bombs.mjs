// Modules that would end the process that loads them, or hold it up, by what they declare. Small ones, of large effect.
import {
  body,
  bytes,
  custom,
  END,
  exported,
  functionType,
  imported,
  leb,
  list,
  NOTHING_TO_NOTHING,
  program,
  repeated,
  sized,
  text,
  times,
} from '../../support/wasm-module.mjs'

const FUNCTIONS = 0x70
const table = (initial, kind = [FUNCTIONS]) => bytes(kind, [0], leb(initial))
const locals = (count) => bytes([1], leb(count), [0x7e])
const code = (content, declared = [0]) => list(body(bytes(content, END), declared))
const IF = [0x41, 0, 0x04, 0x40, 0x0b]
const pushes = (count) => times(count, [0x42, 1])
const drops = (count) => times(count, [0x1a])
const numbered = (count, make) =>
  Buffer.concat([leb(count), ...Array.from({ length: count }, (_, index) => make(index))])
const setAll = (count) =>
  Buffer.concat([...Array.from({ length: count }, (_, index) => bytes([0x42, 5, 0x21], leb(index)))])
const wideCalls = (count, arity) => ({
  types: list(NOTHING_TO_NOTHING, functionType(arity, arity)),
  functions: [2, 0, 1],
  code: list(
    body(bytes(pushes(arity), times(count, [0x10, 1]), drops(arity), END)),
    body(bytes(...Array.from({ length: arity }, (_, index) => bytes([0x20], leb(index))), END)),
  ),
})
/** Grows a table by so many entries until that fails, or a thousand times. */
const growing = (kind, entries) => ({
  tables: list(table(0, kind)),
  code: list(
    body(
      bytes(
        [0x03, 0x40, 0xd0, kind[0], 0x41],
        signed(entries),
        [0xfc, 15, 0, 0x41, 0x7f, 0x47, 0x20, 0, 0x41, 1, 0x6a, 0x22, 0, 0x41, 0xe8, 7, 0x49, 0x71, 0x0d, 0, 0x0b],
        END,
      ),
      [1, 1, 0x7f],
    ),
  ),
})

function signed(value) {
  const all = []
  for (let rest = value; ; rest >>= 7) {
    const low = rest & 0x7f
    if (rest >> 7 === 0 && (low & 0x40) === 0) return Buffer.from([...all, low])
    all.push(low | 0x80)
  }
}

const runs = 'exit 0'
const tooLarge = 'ModuleError TOO_LARGE'
const overLimit = 'ModuleError MEMORY_LIMIT'
const missing = 'ModuleError MISSING_IMPORT'
const invalid = 'ModuleError NOT_WEBASSEMBLY'
const timeout = 'GuestTimeout'

/** A name, the parts of a program, what comes of it without a memory limit, and with one of 32 MiB if that differs. Several may come. */
export const bombs = [
  ['40 tables of 10,000,000 entries', () => ({ tables: repeated(40, table(10_000_000)) }), tooLarge],
  ['a table of 10,000,000 entries', () => ({ tables: list(table(10_000_000)) }), tooLarge],
  ['a table of 10,000,001 entries', () => ({ tables: list(table(10_000_001)) }), tooLarge],
  ['a table of 1,000,000 entries', () => ({ tables: list(table(1_000_000)) }), runs],
  ['tables of references to anything', () => ({ tables: repeated(40, table(10_000_000, [0x6f])) }), tooLarge],
  ['100,000 tables', () => ({ tables: repeated(100_000, table(1)) }), tooLarge],
  ['10,000 tables', () => ({ tables: repeated(10_000, table(1)) }), runs],
  ['a table that grows', () => growing([FUNCTIONS], 100_000), runs],
  ['a table that grows by as much as may be', () => growing([FUNCTIONS], 9_999_999), runs],
  ['a table of references that grows', () => growing([0x6f], 100_000), runs],
  ['1,000,000 globals', () => ({ globals: repeated(1_000_000, [0x7e, 0, 0x42, 0, 0x0b]) }), tooLarge],
  [
    '100,000 globals of 128 bits',
    () => ({ globals: repeated(100_000, bytes([0x7b, 0, 0xfd, 12], Buffer.alloc(16), END)) }),
    runs,
  ],
  ['1,000,000 tags', () => ({ tags: repeated(1_000_000, [0, 0]) }), tooLarge],
  ['1,000,000 types', () => ({ types: repeated(1_000_000, NOTHING_TO_NOTHING) }), tooLarge],
  ['20,000 types of 2000 values', () => ({ types: repeated(20_000, functionType(1000, 1000)) }), tooLarge],
  ['10,000 types of 2 values', () => ({ types: repeated(10_000, [0]) }), [tooLarge, invalid]],
  [
    '1,000,000 functions',
    () => ({ functions: repeated(1_000_000, [0]), code: repeated(1_000_000, [2, 0, 0x0b]) }),
    runs,
    overLimit,
  ],
  ['200,000 exports', () => ({ exports: numbered(200_000, (index) => exported(`f${index}`, 0, 0)) }), tooLarge],
  [
    '100,000 exports',
    () => ({ exports: numbered(100_000, (index) => exported(index === 0 ? '_start' : `f${index}`, 0, 0)) }),
    runs,
  ],
  [
    '100 exports with names of 90,000 letters',
    () => ({
      exports: numbered(100, (index) => exported(index === 0 ? '_start' : `${'x'.repeat(90_000)}${index}`, 0, 0)),
    }),
    runs,
  ],
  ['200,000 imports', () => ({ imports: repeated(200_000, imported('env', 'g', [3, 0x7f, 0])) }), tooLarge],
  [
    '20,000 unknown imports',
    () => ({ imports: numbered(20_000, (index) => imported('env', `f${index}`, [0, 0])), importedFunctions: 20_000 }),
    missing,
  ],
  [
    '20,000 unknown imports of WASIX',
    () => ({
      imports: numbered(20_000, (index) => imported('wasix_32v1', `f${index}`, [0, 0])),
      importedFunctions: 20_000,
    }),
    runs,
  ],
  [
    '20,000 times the same import',
    () => ({ imports: repeated(20_000, imported('wasix_32v1', 'f', [0, 0])), importedFunctions: 20_000 }),
    runs,
  ],
  [
    'imports with names of 90,000 letters',
    () => ({
      imports: numbered(100, (index) => imported('x'.repeat(90_000), `${'y'.repeat(90_000)}${index}`, [0, 0])),
      importedFunctions: 100,
    }),
    missing,
  ],
  ['101 memories', () => ({ memories: repeated(101, [0, 1]) }), tooLarge],
  [
    '100 memories of 4 GiB',
    () => ({ memories: repeated(100, bytes([0], leb(65_536))) }),
    [runs, invalid, overLimit],
    overLimit,
  ],
  ['a memory of 4 GiB', () => ({ memories: bytes([1, 0], leb(65_536)) }), [runs, overLimit], overLimit],
  ['a memory of 65,537 pages', () => ({ memories: bytes([1, 0], leb(65_537)) }), invalid],
  ['101 imported memories', () => ({ imports: repeated(101, imported('env', 'm', [2, 0, 1])) }), [tooLarge, invalid]],
  [
    'an imported memory of 4 GiB',
    () => ({
      imports: list(imported('env', 'm', bytes([2, 0], leb(65_536)))),
      memories: undefined,
      exports: list(exported('_start', 0, 0)),
    }),
    [runs, overLimit],
    overLimit,
  ],
  [
    'an imported table of 10,000,000 entries',
    () => ({ imports: list(imported('env', 't', bytes([1], table(10_000_000)))) }),
    missing,
  ],
  [
    '1,000,000 segments of elements',
    () => ({ tables: list(table(10)), elements: repeated(1_000_000, [0, 0x41, 0, 0x0b, 1, 0]) }),
    tooLarge,
  ],
  ['a segment of 10,000,000 elements', () => ({ elements: bytes([1, 1, 0], repeated(10_000_000, [0])) }), runs],
  ['100,000 segments of data', () => ({ data: repeated(100_000, [0, 0x41, 0, 0x0b, 1, 0]) }), runs],
  ['a million custom sections', () => ({ rest: [times(1_000_000, custom('x'))] }), tooLarge],
  ['a custom section of 64 MiB', () => ({ rest: [custom('x', Buffer.alloc(64 * 1024 * 1024))] }), runs],
  [
    'names of 4,000,000 functions',
    () => ({
      rest: [custom('name', [1], sized(numbered(100, (index) => bytes(leb(index), text('x'.repeat(40_000))))))],
    }),
    runs,
  ],
  ['129 MiB of code', () => ({ code: list(sized(Buffer.alloc(129 * 1024 * 1024))) }), tooLarge],
  ['a function of 7,654,402 bytes', () => ({ code: code(times(7_654_400, [1])) }), invalid],
  ['50,001 locals', () => ({ code: code([], locals(50_001)) }), invalid],
  ['2^32 - 1 locals', () => ({ code: code([], bytes([1], leb(0xffffffff), [0x7e])) }), [tooLarge, invalid]],
  ['50,000 locals', () => ({ code: code([], locals(50_000)) }), runs],
  ['10,000 blocks over 50,000 locals', () => ({ code: code(times(10_000, IF), locals(50_000)) }), tooLarge],
  [
    '10,000 blocks over 50,000 values',
    () => ({ code: code(bytes(pushes(50_000), times(10_000, IF), drops(50_000))) }),
    tooLarge,
  ],
  [
    '2,000,000 blocks in blocks',
    () => ({ code: code(bytes(times(2_000_000, [2, 0x40]), times(2_000_000, END))) }),
    tooLarge,
  ],
  ['50,000 blocks in blocks', () => ({ code: code(bytes(times(50_000, [2, 0x40]), times(50_000, END))) }), runs],
  ['a table of 65,520 branches', () => ({ code: code(bytes([0x41, 0, 0x0e], leb(65_519), times(65_520, [0]))) }), runs],
  [
    'branches from 9,000 loops over 45,000 locals that differ',
    () => ({
      code: code(bytes([2, 0x40], times(9000, bytes(setAll(5), [0x20, 0, 0x50, 0x0d, 0])), END), locals(45_000)),
    }),
    tooLarge,
  ],
  ['10,000 calls with 1000 parameters', () => wideCalls(10_000, 1000), tooLarge],
  ['100,000 calls with 1000 parameters', () => wideCalls(100_000, 1000), tooLarge],
  [
    '20,000 instructions over a million values',
    () => ({
      code: code(
        bytes(pushes(1_000_000), times(10_000, [0x20, 0, 0x21, 1, 0x20, 1, 0x21, 0]), drops(1_000_000)),
        locals(2),
      ),
    }),
    tooLarge,
  ],
  [
    'structures',
    () => ({ types: list(NOTHING_TO_NOTHING, [0x5f, 1, 0x63, 1, 1]) }),
    [runs, invalid],
    [overLimit, invalid],
  ],
  ['a call of itself without end', () => ({ code: code([0x10, 0]) }), 'GuestTrap'],
  ['a start function that traps', () => ({ start: [0], code: code([0]) }), 'GuestTrap'],
  ['a start function that calls itself without end', () => ({ start: [0], code: code([0x10, 0]) }), 'GuestTrap'],
  ['data beyond the memory', () => ({ data: list(bytes([0, 0x41], signed(100_000), [0x0b, 1, 0])) }), 'GuestTrap'],
  [
    'elements beyond the table',
    () => ({ tables: list(table(1)), elements: list([0, 0x41, 1, 0x0b, 1, 0]) }),
    'GuestTrap',
  ],
]

/** Modules that never end by themselves: for modes in which a guest that only computes can be stopped. */
export const endless = [
  ['a start function without end', () => ({ start: [0], code: code([0x03, 0x40, 0x0c, 0, 0x0b]) }), timeout],
  ['a program without end', () => ({ code: code([0x03, 0x40, 0x0c, 0, 0x0b]) }), timeout],
]

export const moduleOf = (make) => program(make())
