import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeAttacks } from '../../support/attack.js'
import { copier, echo, get, i32, opener, set, spinner, tinyGuest, whileTrue } from '../../support/tiny-wasm.js'
import { connections, functions, inputs, outputs } from './hostile-rows.mjs'

interface Attempt {
  readonly what: string
  readonly outcome: string
  readonly strays: readonly string[]
}

const library = fileURLToPath(new URL('../../../dist/index.js', import.meta.url))
const victim = fileURLToPath(new URL('victim.mjs', import.meta.url))
/** Reads its input to the end, and exits with the errno where that fails. */
const reader = () =>
  tinyGuest(
    [
      ['wasi_snapshot_preview1', 'fd_read', 4],
      ['wasi_snapshot_preview1', 'proc_exit', 1, false],
    ],
    (call) => [
      whileTrue(
        [...call('fd_read', i32(0), i32(64), i32(1), i32(76)), ...set(0), ...get(0), 0x04, 0x40],
        [...call('proc_exit', get(0)), 0x0b],
        [...i32(76), 0x28, 2, 0],
      ),
    ],
    { 64: [0, 4, 0, 0, 0, 16, 0, 0] },
  )

let guests = ''
beforeAll(() => {
  guests = fs.mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-victim-'))
  for (const [name, module] of Object.entries({
    copier: copier(),
    reader: reader(),
    echo: echo(3),
    opener: opener(0),
    spinner: spinner(),
  }))
    fs.writeFileSync(path.join(guests, `${name}.wasm`), module)
})
afterAll(() => fs.rmSync(guests, { recursive: true, force: true }))

/** Runs all attempts of a mode in one process; returns them by name, with the code that it ended with by itself. */
async function attempts(mode: string) {
  const child = spawn(process.execPath, [victim, library, mode, guests], { stdio: ['ignore', 'pipe', 'inherit'] })
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    printed += piece
  })
  const [code] = (await once(child, 'close')) as [number | null]
  const all = printed.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Attempt]))
  return { code, byName: new Map(all.map((attempt) => [attempt.what, attempt])) }
}

/** As in the victim. */
const FEW = 4
const callbacks = ['trace', 'onListen', 'onFigures', 'onSocketEvent', 'onRefusal', 'notice']

/** The name of each attempt, and what must come of it. */
function rows(mode: string): [string, string | RegExp][] {
  const readers = mode === 'suspend' ? ['run', 'here'] : ['run']
  const named = (ways: string[], kind: string, all: readonly (readonly [string, ...unknown[]])[], outcome?: RegExp) =>
    ways.flatMap((way) =>
      all.map(([what, expected]): [string, string | RegExp] => [
        `${way}, ${kind} that ${what}`,
        outcome ?? String(expected),
      ]),
    )
  return [
    ...named(['run', 'here'], 'an output', outputs),
    ...callbacks.flatMap((name) =>
      named(['run', 'here'], name, name === 'trace' ? functions : functions.slice(0, FEW)),
    ),
    ...named(readers, 'an input', inputs),
    ...named(readers, 'a connection', connections, /^exit -?\d+$/),
    ...named(['attach'], 'a connection', connections, /^exit 0$/),
    ['attach, and stop', 'Error: stopped'],
    ...named(['attach too late'], 'a connection', connections, /^Error: stopped$/),
  ]
}

describeAttacks('host process', (mode) => {
  let found: Awaited<ReturnType<typeof attempts>>
  beforeAll(async () => {
    found = await attempts(mode)
  }, 300_000)

  test.each(rows(mode))('%s', (what, expected) => {
    const attempt = found.byName.get(what)
    if (typeof expected === 'string') expect(attempt?.outcome).toContain(expected)
    else expect(attempt?.outcome).toMatch(expected)
    expect(attempt?.strays).toEqual([])
  })

  test('the process ends by itself', () => {
    expect(found.code).toBe(0)
  })
})
