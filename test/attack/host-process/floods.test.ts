import { execFile } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { instantiateWithSockets, runWithSockets } from '../../../src/index.js'
import { describeAttacks } from '../../support/attack.js'
import { listening, opening, tracee, wordy } from '../../support/endless-guests.js'
import { compileFrom } from '../../support/wasi-programs.js'

const at = (file: string) => fileURLToPath(new URL(file, import.meta.url))
/** The most news that is on its way, and as much again for a guest that goes on while it is being stopped. */
const MOST_NEWS = 2 * 16_384 + 100

interface Flood {
  readonly what: string
  readonly count: number
  readonly outcome: string
}

let folder = ''
let pollFlood = ''
beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-flood-'))
  const guests = { tracee: tracee(), opening: opening(), listening: listening(), wordy: wordy() }
  for (const [name, module] of Object.entries(guests)) fs.writeFileSync(path.join(folder, `${name}.wasm`), module)
  pollFlood = (await compileFrom('test/attack/guests', ['poll_flood']))['poll_flood'] as string
}, 120_000)
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

describeAttacks('host process', (mode) => {
  let floods: readonly Flood[] = []
  beforeAll(async () => {
    const args = [at('flood.mjs'), at('../../../dist/index.js'), mode, folder]
    const { stdout } = await promisify(execFile)(process.execPath, args)
    floods = stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Flood]))
  }, 120_000)

  const sources = [
    'trace',
    'onSocketEvent',
    'onListen',
    'onFigures',
    'trace, by promises that take long',
    'stdout of a replay',
  ]
  test.each(mode === 'suspend' ? [] : sources)('a host that is slow with %s is not flooded', (what) => {
    const found = floods.find((flood) => flood.what === what)
    expect(found?.outcome).toBe('enough')
    expect(found?.count).toBeLessThan(MOST_NEWS)
  })

  test('a guest that is suspended waits for promises of its host', async () => {
    if (mode !== 'suspend') return
    let [pending, most] = [0, 0]
    const trace = async () => {
      pending++
      most = Math.max(most, pending)
      await new Promise(setImmediate)
      pending--
    }
    const { start } = await instantiateWithSockets(tracee(), { mode, stdin: 'ignore', trace, timeoutMs: 2000 })
    await expect(start()).rejects.toThrow('the guest was stopped after 2000 ms')
    expect(most).toBeLessThanOrEqual(10_001)
  })

  test('poll_oneoff takes so many subscriptions as there may be descriptors, twice, and no more', async () => {
    let text = ''
    const stdout = (bytes: Uint8Array) => {
      text += Buffer.from(bytes).toString()
    }
    expect(await runWithSockets(pollFlood, { mode, stdin: 'ignore', stdout })).toBe(0)
    const [taken, refused] = [
      [1, 1024, 2048, 2112],
      [2113, 4096, 65536, 1e6, 2e7, 89478486, 0x80000000, 0xffffffff],
    ]
    const lines = [...taken.map((count) => `${count} 0`), ...refused.map((count) => `${count} 28`)]
    expect(text.trim().split('\n')).toEqual(lines)
  })
})
