import { expect, test } from 'vitest'
import { describeAttacks } from '../../support/attack.js'
import {
  body,
  bytes,
  END,
  exported,
  functionType,
  imported,
  list,
  NOTHING_TO_NOTHING,
  type ProgramParts,
  program,
} from '../../support/wasm-module.mjs'
import { waysOf } from './outcome.js'

const [I32, I64, V128, FUNCTIONS, ANYTHING] = [0x7f, 0x7e, 0x7b, 0x70, 0x6f]
const PREVIEW1 = 'wasi_snapshot_preview1'
/** A name, the module, and what comes of it when it is run, and when it is inspected. Several may come of it. */
type Row = readonly [name: string, parts: ProgramParts, ran: RegExp, inspected: RegExp]

const missing = /^ModuleError MISSING_IMPORT: /
const [complete, incomplete] = [/^exit 0$/, /^exit 1$/]
const noStart = /^ModuleError NO_START: the module exports no function _start; it has: /
const FD_WRITE = [0x60, 4, I32, I32, I32, I32, 1, I32]

/** An import that no code calls. */
const importing = (module: string, name: string, kind: readonly number[], more: ProgramParts = {}): ProgramParts => ({
  imports: list(imported(module, name, kind)),
  importedFunctions: kind[0] === 0 ? 1 : 0,
  ...more,
})
const typed = (type: readonly number[] | Uint8Array): ProgramParts => ({ types: list(NOTHING_TO_NOTHING, type) })

const prototypes = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__', 'then']
const modules = [PREVIEW1, 'posix_sockets', 'wasi_unstable', 'env', '', '__proto__', 'constructor', 'toString']

const imports: Row[] = [
  ...modules.flatMap((module) =>
    [...prototypes, '', 'fd_write\0', 'FD_WRITE'].map(
      (name): Row => [
        `the function ${JSON.stringify(name)} of ${JSON.stringify(module)}`,
        importing(module, name, [0, 0]),
        missing,
        incomplete,
      ],
    ),
  ),
  ...prototypes.map(
    (name): Row => [`the function ${name} of WASIX`, importing('wasix_32v1', name, [0, 0]), /^exit 0$/, complete],
  ),
  ...(
    [
      ['a global', [3, I32, 0]],
      ['a global that changes', [3, I64, 1]],
      ['a table', [1, FUNCTIONS, 0, 1]],
      ['a tag', [4, 0, 0]],
    ] as const
  ).flatMap(([what, kind]) =>
    [PREVIEW1, 'posix_sockets', 'wasix_32v1', 'env'].map(
      (module): Row => [
        `${what} by a function's name from ${module}`,
        importing(module, 'fd_write', kind),
        missing,
        incomplete,
      ],
    ),
  ),
  ...['__proto__', 'env', PREVIEW1].map(
    (module): Row => [
      `a memory of ${module}`,
      importing(module, '__proto__', [2, 0, 1], { memories: undefined, exports: list(exported('_start', 0, 0)) }),
      /^exit 0$/,
      complete,
    ],
  ),
  [
    "a memory by a function's name",
    importing(PREVIEW1, 'fd_write', [2, 0, 1], { memories: undefined, exports: list(exported('_start', 0, 0)) }),
    /^exit 0$|^ModuleError MISSING_IMPORT/,
    complete,
  ],
  ...(
    [
      ['no parameters', NOTHING_TO_NOTHING],
      ['two results', [0x60, 4, I32, I32, I32, I32, 2, I32, I32]],
      ['a wide result', [0x60, 4, I32, I32, I32, I32, 1, I64]],
      ['vectors', [0x60, 4, V128, V128, V128, V128, 1, I32]],
      ['references', [0x60, 4, ANYTHING, ANYTHING, ANYTHING, ANYTHING, 1, I32]],
      ['a thousand parameters', functionType(1000, 0)],
      ['a thousand results', functionType(0, 1000)],
    ] as const
  ).map(
    ([what, type]): Row => [
      `fd_write with ${what}`,
      importing(PREVIEW1, 'fd_write', [0, 1], typed(type)),
      missing,
      incomplete,
    ],
  ),
  [
    'the same import with two types',
    {
      types: list(NOTHING_TO_NOTHING, FD_WRITE),
      imports: list(imported(PREVIEW1, 'fd_write', [0, 0]), imported(PREVIEW1, 'fd_write', [0, 1])),
      importedFunctions: 2,
    },
    missing,
    incomplete,
  ],
]

const I32_ONE = [I32, 0, 0x41, 1, 0x0b]
const calls = (index: number) => list(body(bytes([0x41, 1, 0x41, 0, 0x41, 1, 0x41, 16, 0x10], [index], [0x1a], END)))
/** A program without a memory that asks for something in memory. */
const lost: ProgramParts = {
  ...importing(PREVIEW1, 'fd_write', [0, 1], typed(FD_WRITE)),
  memories: undefined,
  exports: list(exported('_start', 0, 1)),
  code: calls(0),
}

const exports: Row[] = [
  ['no export', { exports: list() }, noStart, complete],
  [
    '_start as a global',
    { globals: list(I32_ONE), exports: list(exported('_start', 3, 0), exported('memory', 2, 0)) },
    noStart,
    complete,
  ],
  ['_start as a memory', { exports: list(exported('_start', 2, 0), exported('memory', 2, 0)) }, noStart, complete],
  [
    '_start as a table',
    { tables: list([FUNCTIONS, 0, 1]), exports: list(exported('_start', 1, 0)) },
    noStart,
    complete,
  ],
  ['_start with a parameter', { types: list([0x60, 1, I32, 0]) }, /^exit 0$/, complete],
  ['_start with a reference', { types: list([0x60, 1, ANYTHING, 0]) }, /^exit 0$/, complete],
  ['_start with a vector', { types: list([0x60, 1, V128, 0]) }, /^ModuleError NO_START/, complete],
  ['_start with a wide parameter', { types: list([0x60, 1, I64, 0]) }, /^ModuleError NO_START/, complete],
  ['_start that returns', { types: list([0x60, 0, 1, I32]), code: list(body([0x41, 5, 0x0b])) }, /^exit 0$/, complete],
  [
    '_initialize as a global',
    { globals: list(I32_ONE), exports: list(exported('_start', 0, 0), exported('_initialize', 3, 0)) },
    /^ModuleError NO_START/,
    complete,
  ],
  [
    '_initialize that traps',
    { code: list(body([0, 0x0b])), exports: list(exported('_start', 0, 0), exported('_initialize', 0, 0)) },
    /^GuestTrap/,
    complete,
  ],
  [
    'memory as a function',
    { ...lost, memories: [1, 0, 1], exports: list(exported('_start', 0, 1), exported('memory', 0, 1)) },
    /^exit 0$/,
    complete,
  ],
  [
    'memory as a global',
    {
      globals: list(I32_ONE),
      ...lost,
      memories: [1, 0, 1],
      exports: list(exported('_start', 0, 1), exported('memory', 3, 0)),
    },
    /^exit 0$/,
    complete,
  ],
  [
    'memory as a table',
    { tables: list([FUNCTIONS, 0, 1]), exports: list(exported('_start', 0, 0), exported('memory', 1, 0)) },
    /^exit 0$/,
    complete,
  ],
  ['no memory for a call that needs it', lost, /^exit 0$/, complete],
  [
    'a start function that calls an import',
    { ...lost, memories: [1, 0, 1], start: [1], exports: list(exported('_start', 0, 1), exported('memory', 2, 0)) },
    /^GuestTrap: .* start function/,
    complete,
  ],
  ...[...prototypes, ''].map(
    (name): Row => [
      `a function ${JSON.stringify(name)}`,
      { exports: list(exported('_start', 0, 0), exported(name, 0, 0), exported('memory', 2, 0)) },
      /^exit 0$/,
      complete,
    ],
  ),
  [
    'the same export twice',
    { exports: list(exported('a', 0, 0), exported('a', 0, 0)) },
    /^ModuleError NOT_WEBASSEMBLY/,
    /^ModuleError NOT_WEBASSEMBLY/,
  ],
]

describeAttacks('modules', (mode) => {
  const ways = waysOf(mode)
  const rows = [...imports, ...exports].flatMap(([name, parts, ran, inspected]) =>
    ways.map(([way, come]) => ({ name, way, come, parts, expected: way === 'inspect' ? inspected : ran })),
  )
  test.each(rows)('$way: $name', async ({ come, parts, expected }) => {
    expect(await come(program(parts))).toMatch(expected)
    expect(Object.keys(Object.prototype)).toEqual([])
  })

  test('memories of one name are one memory, and of many names as many', async () => {
    const [, run] = ways[0] as (typeof ways)[0]
    const memories = ['a', 'a', 'b'].map((name) => imported('env', name, [2, 0, 1]))
    const parts = { imports: list(...memories), memories: undefined, exports: list(exported('_start', 0, 0)) }
    expect(await run(program(parts))).toMatch(/^exit 0$|^ModuleError NOT_WEBASSEMBLY/)
  })
})
