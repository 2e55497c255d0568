import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { guestFile } from './support/command.js'

/* What a plain run loads: its start-up is mostly that. */
const dist = fileURLToPath(new URL('../dist/', import.meta.url))
const preloaded = fileURLToPath(new URL('support/loaded.cjs', import.meta.url))

interface Loaded {
  /** Modules of Node's, by thread. */
  readonly builtIn: ReadonlyMap<number, readonly string[]>
  /** Files that are not Node's: those of dist by their names. */
  readonly files: readonly string[]
}

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function loadedBy(...args: string[]): Promise<Loaded> {
  const [list, coverage] = [path.join(folder, `${args[0]}.list`), path.join(folder, `${args[0]}.coverage`)]
  const env = { ...process.env, NODE_OPTIONS: `--require ${preloaded}`, LOADED: list, NODE_V8_COVERAGE: coverage }
  const command = [path.join(dist, 'cli.js'), '--mode=worker', guestFile(args[0] ?? ''), ...args.slice(1)]
  await promisify(execFile)(process.execPath, command, { env })
  const threads = readFileSync(list, 'utf8').trim().split('\n')
  const urls = readdirSync(coverage).flatMap((file) => {
    const { result } = JSON.parse(readFileSync(path.join(coverage, file), 'utf8')) as { result: { url: string }[] }
    return result.map(({ url }) => url)
  })
  const files = urls
    .filter((url) => url.startsWith('file:') && !url.endsWith('/loaded.cjs'))
    .map((url) => fileURLToPath(url))
  return {
    builtIn: new Map(
      threads
        .map((line) => JSON.parse(line) as { threadId: number; loaded: string[] })
        .map((each) => [each.threadId, each.loaded]),
    ),
    files: files.map((file) => path.relative(dist, file)),
  }
}

describe('a run in worker mode of a program that opens no file and uses no TLS', () => {
  let loaded: Loaded
  beforeAll(async () => {
    loaded = await loadedBy('socketpair')
  })

  test('takes a thread for the guest and one for the helper', () => {
    expect(loaded.files).toEqual(expect.arrayContaining(['cli.js', 'guest.js', 'helper.js']))
    expect(loaded.builtIn.size).toBe(3)
  })

  test('loads nothing but files of dist: no package is looked for', () => {
    expect(loaded.files.filter((file) => file.includes('/'))).toEqual([])
  })

  test('loads neither the library as a whole nor what other subcommands are made of', () => {
    expect(
      loaded.files.filter((file) =>
        /^(index|inspect|show|tools|questions|run-here|memory-files|host-files)\b/.test(file),
      ),
    ).toEqual([])
  })

  test('loads few files in the thread of the command, and one of them for all that a run takes', () => {
    const files = loaded.files.filter((file) => !/^(guest|helper)\.js$/.test(file))
    expect(files).toContain('program.js')
    expect(files.length).toBeLessThan(10)
    expect(files.reduce((sum, file) => sum + statSync(dist + file).size, 0)).toBeLessThan(1_100_000)
  })

  test.each(['tls', 'crypto', 'dns', 'zlib', 'http', 'internal/crypto/webcrypto', 'perf_hooks', 'fs/promises'])(
    'loads no node:%s in any thread',
    (name) => {
      for (const names of loaded.builtIn.values()) expect(names).not.toContain(name)
    },
  )
})
