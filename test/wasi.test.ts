import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RunOptions, runWithSockets } from '../src/host.js'
import { compileWasi } from './support/wasi-programs.js'

/*
 * WASI preview 1 as its documentation says it, with Linux's errnos where that leaves them open. Each program in test/wasi calls the
 * functions themselves and prints what they answer; test/wasi/expected has what it has to be. Known gaps are data, and listed in
 * docs/wasi.md: a gap that has closed fails the test.
 */
const here = fileURLToPath(new URL('wasi', import.meta.url))
const programs = readdirSync(here)
  .filter((name) => name.endsWith('.c'))
  .map((name) => name.slice(0, -2))
  .filter((name) => !name.startsWith('escape'))

const told = readFileSync(path.join(here, '../../docs/wasi.md'), 'utf8')

interface Gap {
  readonly provider: 'memory' | 'host'
  readonly program: string
  readonly reason: string
  /** What is printed instead of what is expected. */
  readonly lines: Readonly<Record<string, string>>
}
const gaps: readonly Gap[] = [
  {
    provider: 'memory',
    program: 'times',
    reason: '@wasmer/wasmfs keeps times in milliseconds',
    lines: { 'microseconds: as set': 'microseconds: rounded', 'nanoseconds: as set': 'nanoseconds: rounded' },
  },
  {
    provider: 'host',
    program: 'times',
    reason: 'Node takes times as a number of seconds, which has about a quarter of a microsecond today',
    lines: Object.fromEntries(roundedByNode().map((unit) => [`${unit}: as set`, `${unit}: rounded`])),
  },
]

/** Up to Node 22 libuv rounds a time to microseconds; later ones take the number as it is, which no decimal fraction but a half comes out of whole. */
function roundedByNode(): string[] {
  return Number.parseInt(process.versions.node, 10) < 24
    ? ['nanoseconds']
    : ['milliseconds', 'microseconds', 'nanoseconds']
}

const settings: Readonly<Record<string, Pick<RunOptions, 'args' | 'argv0' | 'env' | 'stdin'>>> = {
  start: { argv0: 'start', args: ['', 'with space', 'ü'], env: { A: '1', EMPTY: '' } },
  stdio: { stdin: 'abcdefgh' },
}

let compiled: Record<string, string> = {}
let folder = ''
beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-wasi-'))
  compiled = await compileWasi(programs)
}, 300_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function run(program: string, options: RunOptions): Promise<{ code: number; output: string }> {
  let output = ''
  const stdout = (bytes: Uint8Array) => {
    output += Buffer.from(bytes)
  }
  const code = await runWithSockets(compiled[program] as string, {
    stdin: 'ignore',
    stdout,
    stderr: 'ignore',
    timeoutMs: 30_000,
    ...options,
  })
  return { code, output }
}

const newFolder = () => mkdtempSync(path.join(folder, 'root-'))
const providers = [
  ['memory', () => ({})],
  ['host', () => ({ dirs: { '/': newFolder() } })],
] as const

describe.each(providers)('with files of the provider %s', (provider, options) => {
  test.each(programs.filter((name) => name !== 'exits'))('%s', async (program) => {
    const gap = gaps.find((each) => each.provider === provider && each.program === program)
    const expected = readFileSync(path.join(here, 'expected', `${program}.txt`), 'utf8').split('\n')
    const { code, output } = await run(program, { ...settings[program], ...options() })
    expect(output.split('\n')).toEqual(expected.map((line) => gap?.lines[line] ?? line))
    expect(code).toBe(0)
  })

  test('its gaps are told in docs/wasi.md', () => {
    for (const { reason } of gaps.filter((each) => each.provider === provider)) expect(told).toContain(reason)
  })

  test.each([
    [[], 7],
    [['0'], 0],
    [['1'], 1],
    [['42'], 42],
    [['255'], 255],
  ])('a program that ends with %s has the exit code %i', async (args, expected) => {
    expect((await run('exits', { args, ...options() })).code).toBe(expected)
  })
})
