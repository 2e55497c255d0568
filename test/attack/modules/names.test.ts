import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { instantiateWithSockets } from '../../../src/index.js'
import { describeAttacks, describeAttacksOutside } from '../../support/attack.js'
import { command } from '../../support/command.js'
import {
  body,
  bytes,
  custom,
  END,
  exported,
  imported,
  leb,
  list,
  type ProgramParts,
  program,
  sized,
  text,
} from '../../support/wasm-module.mjs'
import { waysOf } from './outcome.js'

/** Each kind of text that a terminal obeys, or that is not read in the order in which it stands. */
const hostile = [
  '\x1b[2J',
  '\x1b]0;title\x07',
  '\u009b31m',
  '\u0090q',
  '\x7f',
  '\r\n+++ exited with 0 +++',
  '\u202e',
  '\u2066',
  '\u200f',
  '\u061c',
  '\u2028',
  '\u2029',
  '\x00',
]
const SAFE = /^[^\p{C}\p{Zl}\p{Zp}]*$/u
/** A page of lines, each of which is safe. */
const isSafe = (page: string) => page.split('\n').every((line) => SAFE.test(line))

const named = (...functions: readonly (readonly [index: number, name: string])[]) =>
  custom('name', [1], sized(list(...functions.map(([index, name]) => bytes(leb(index), text(name))))))

/** A module that has a name in some place, and whether it runs. */
const places: readonly (readonly [place: string, parts: (name: string) => ProgramParts, runs: boolean])[] = [
  ['an import', (name) => ({ imports: list(imported('env', name, [0, 0])), importedFunctions: 1 }), false],
  ["an import's module", (name) => ({ imports: list(imported(name, 'f', [0, 0])), importedFunctions: 1 }), false],
  [
    'an import with other parameters',
    (name) => ({
      imports: list(imported('wasi_snapshot_preview1', 'fd_write', [0, 0]), imported(name, name, [3, 0x7f, 0])),
      importedFunctions: 1,
    }),
    false,
  ],
  ['an export', (name) => ({ exports: list(exported(name, 0, 0)) }), false],
  ['an export twice', (name) => ({ exports: list(exported(name, 0, 0), exported(name, 0, 0)) }), false],
  ['a global import', (name) => ({ imports: list(imported('wasix_32v1', name, [3, 0x7f, 0])) }), false],
  [
    'a function of WASIX',
    (name) => ({
      imports: list(imported('wasix_32v1', name, [0, 0])),
      importedFunctions: 1,
      code: list(body(bytes([0x10, 0], END))),
    }),
    true,
  ],
  [
    'a function that traps',
    (name) => ({
      code: list(body([0x10, 0, 0x0b]), body([0, 0x0b])).fill(1, 5, 6),
      functions: [2, 0, 0],
      rest: [named([0, name], [1, name])],
    }),
    false,
  ],
  [
    "a function's name that is not valid",
    (name) => ({ code: list(body([0x20, 0, 0x0b])), rest: [named([0, name])] }),
    false,
  ],
  [
    'a function with an error of types',
    (name) => ({ code: list(body([0x6a, 0x0b])), rest: [named([0, name])] }),
    false,
  ],
]

describeAttacks('modules', (mode) => {
  const ways = waysOf(mode)
  const rows = places.flatMap(([place, parts]) =>
    hostile.map((name) => ({ place, name: JSON.stringify(name), module: program(parts(name)) })),
  )
  test.each(rows)('$name in $place', async ({ module }) => {
    for (const [, come] of ways) expect(await come(module)).toMatch(SAFE)
  })

  test.each(hostile.map((name) => [JSON.stringify(name), name]))('a notice with %s', async (_, name) => {
    const notices: string[] = []
    const [, parts] = places.find(([place]) => place === 'a function of WASIX') as (typeof places)[0]
    const guest = await instantiateWithSockets(program(parts(name)), { mode, notice: (notice) => notices.push(notice) })
    expect(await guest.start()).toBe(0)
    expect(notices.length).toBe(1)
    expect(notices[0]).toMatch(SAFE)
  })

  const long = 'x'.repeat(99_000)
  test.each(places)('names of 99,000 letters in %s are cut off', async (_, parts) => {
    for (const [, come] of ways) expect((await come(program(parts(long)))).length).toBeLessThan(2000)
  })
})

describeAttacksOutside('modules', () => {
  let folder = ''
  beforeAll(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-names-'))
  })
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

  const commands: readonly (readonly string[])[] = [
    [],
    ['inspect'],
    ['inspect', '--json'],
    ['--mode', 'worker'],
    ['--invoke', 'f\x1b[2J'],
  ]
  test.each(places.map(([place, parts]) => [place, parts] as const))(
    'the command shows each name in %s',
    async (_, parts) => {
      const file = path.join(folder, 'names.wasm')
      fs.writeFileSync(file, program(parts(hostile.join('x'))))
      for (const args of commands) {
        const { stdout, stderr } = await command([...args.slice(0, args[0] === '--invoke' ? 2 : args.length), file])
        expect(isSafe(stdout), stdout).toBe(true)
        expect(isSafe(stderr), stderr).toBe(true)
        if (args.includes('--json') && stdout !== '') JSON.parse(stdout)
      }
    },
  )

  test("a file's name is shown, too", async () => {
    const file = path.join(folder, `${hostile.filter((name) => !/[\0\n]/.test(name)).join('')}.wasm`)
    fs.writeFileSync(file, 'no module')
    for (const args of [[], ['inspect'], ['recording', 'show']]) {
      const { stderr, stdout } = await command([...args, file])
      expect(isSafe(stderr + stdout), stderr).toBe(true)
    }
  })
})
