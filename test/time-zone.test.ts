import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { zoneEnv } from '../src/host/zone-env.js'
import { type RunOptions, runWithSockets } from '../src/index.js'
import { describeModes } from './support/modes.js'
import { tinyGuest } from './support/tiny-wasm.js'
import { compileFrom } from './support/wasi-programs.js'

/* How a zone's name in TZ reaches a guest that sees no files: by a variable, which its libc takes away. */
const database = '/usr/share/zoneinfo'
const hasDatabase = fs.existsSync(`${database}/Europe/Berlin`)
if (!hasDatabase) console.log(`skipped: the tests with names of zones, since there is no ${database}`)

let program = ''
let folder = ''
beforeAll(async () => {
  program = (await compileFrom('test/libc', ['local_time']))['local_time'] as string
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-zone-'))
})
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

/** The change to double summer time of 1945 in Berlin, moments of 1900 and 2024, and one that only the rules tell. */
const moments = ['-2208988800', '-776563201', '-776556000', '1711846800', '1719792000', '4118083200']
const inBerlin = [
  '1900-01-01 01:00:00 +0100 CET',
  '1945-05-24 01:59:59 +0200 CEST',
  '1945-05-24 05:00:00 +0300 CEMT',
  '2024-03-31 03:00:00 +0200 CEST',
  '2024-07-01 02:00:00 +0200 CEST',
  '2100-07-01 02:00:00 +0200 CEST',
]

describeModes('the local time of a guest', (mode) => {
  const run = async (options: RunOptions) => {
    const written: Uint8Array[] = []
    const stdout = (bytes: Uint8Array) => void written.push(bytes)
    const code = await runWithSockets(program, { mode, args: moments, timeoutMs: 50_000, ...options, stdout })
    expect(code).toBe(0)
    return Buffer.concat(written).toString().trimEnd().split('\n')
  }
  const at2024 = async (options: RunOptions) => (await run({ args: ['1719792000'], ...options }))[0]

  test('is UTC without TZ, whatever the host has', async () => {
    const before = process.env['TZ']
    process.env['TZ'] = 'Asia/Tokyo'
    try {
      expect(await run({ args: ['1719792000'] })).toEqual(['2024-07-01 00:00:00 +0000 UTC'])
    } finally {
      if (before === undefined) delete process.env['TZ']
      else process.env['TZ'] = before
    }
  })

  test.runIf(hasDatabase)('is that of a zone by name, and its environment is what it was given', async () => {
    const env = { A: '1', TZ: 'Europe/Berlin', Z: '2' }
    expect(await run({ env })).toEqual([...inBerlin, 'A=1', 'TZ=Europe/Berlin', 'Z=2'])
  })

  test.runIf(hasDatabase).each([
    [':America/New_York', '2024-06-30 20:00:00 -0400 EDT'],
    ['Etc/GMT+5', '2024-06-30 19:00:00 -0500 -05'],
    ['America/Argentina/Buenos_Aires', '2024-06-30 21:00:00 -0300 -03'],
    ['UTC', '2024-07-01 00:00:00 +0000 UTC'],
  ])('is that of %s', async (zone, expected) => {
    expect(await at2024({ env: { TZ: zone } })).toBe(expected)
  })

  test.each([
    ['CET-1CEST,M3.5.0,M10.5.0/3', '2024-07-01 02:00:00 +0200 CEST'],
    ['Nowhere/Land', '2024-07-01 00:00:00 +0000 Nowhere'],
    ['', '2024-07-01 00:00:00 +0000 UTC'],
  ])('follows TZ=%s without a file', async (zone, expected) => {
    expect(await at2024({ env: { TZ: zone } })).toBe(expected)
  })

  test.runIf(hasDatabase)('is by a file that the guest sees, if there is one', async () => {
    fs.mkdirSync(path.join(folder, 'Europe'), { recursive: true })
    fs.copyFileSync(`${database}/Asia/Tokyo`, path.join(folder, 'Europe/Berlin'))
    const dirs = { '/usr/share/zoneinfo': folder }
    expect(await at2024({ env: { TZ: 'Europe/Berlin' }, dirs })).toBe('2024-07-01 09:00:00 +0900 JST')
    expect(await at2024({ env: { TZ: ':/usr/share/zoneinfo/Europe/Berlin' }, dirs })).toContain('JST')
  })

  test.runIf(hasDatabase)('is that of /etc/localtime without TZ, if the guest sees it', async () => {
    const etc = path.join(folder, `etc-${mode}`)
    fs.mkdirSync(etc)
    fs.copyFileSync(`${database}/Asia/Tokyo`, path.join(etc, 'localtime'))
    expect(await at2024({ dirs: { '/etc': etc } })).toBe('2024-07-01 09:00:00 +0900 JST')
  })

  test.runIf(hasDatabase)('is the same when it is replayed', async () => {
    const file = path.join(folder, `${mode}.rec`)
    const env = { TZ: 'Europe/Berlin' }
    expect(await run({ env, record: file })).toEqual([...inBerlin, 'TZ=Europe/Berlin'])
    expect(await run({ env, replay: file })).toEqual([...inBerlin, 'TZ=Europe/Berlin'])
    await expect(run({ env: { TZ: 'Asia/Tokyo' }, replay: file })).rejects.toThrow('environment variable TZ')
  })
})

describe('the variable with the zone', () => {
  const ours = { module: new WebAssembly.Module(tinyGuest([['posix_sockets', 'close', 1]], () => [])) }

  test.runIf(hasDatabase)('is no larger than it must be', () => {
    const { POSIX_WASM_ZONE = '' } = zoneEnv({ TZ: 'Europe/Berlin' }, ours)
    expect(POSIX_WASM_ZONE).toMatch(/^Europe\/Berlin:VFppZjI/)
    expect(POSIX_WASM_ZONE.length).toBeLessThan(2500)
  })

  test.each([
    '../../etc/passwd',
    '/etc/passwd',
    ':/usr/share/zoneinfo/Europe/Berlin',
    'Europe/../../../../etc/passwd',
    'Europe/./Berlin',
    'Europe//Berlin',
    'Europe',
    'zone.tab',
    'tzdata.zi',
    'Europe/Berlin\0',
    'Nowhere',
    'CET-1CEST,M3.5.0,M10.5.0/3',
    '',
  ])('is not there for %j', (zone) => {
    expect(zoneEnv({ TZ: zone }, ours)).toEqual({})
  })

  test.runIf(hasDatabase)('is not there for a guest of another libc', () => {
    const foreign = new WebAssembly.Module(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]))
    expect(zoneEnv({ TZ: 'Europe/Berlin' }, { module: foreign })).toEqual({})
  })
})
