import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { GuestTrap, runWithSockets } from '../../../src/index.js'
import { describeAttacks } from '../../support/attack.js'
import { tracee, writer } from '../../support/endless-guests.js'
import { acceptor, drop, i32, opener, spinner, tinyGuest, unreachable, whileTrue } from '../../support/tiny-wasm.js'

const at = (file: string) => fileURLToPath(new URL(file, import.meta.url))
const CODE = 7
const scenes = [
  ...['trace', 'stdout', 'onListen'].map((name) => `process.exit in ${name}`),
  ...['process.exit as it ends', 'process.exit as it begins', 'process.exit while it runs'],
  ...['an error of the program while it runs', 'nothing else to do', 'an exit code', 'ten at once'],
  ...['a connection that stays open', 'a thread that is terminated with its guest'],
  'a thread that is terminated while its guest starts',
]

let guests = ''
beforeAll(() => {
  guests = fs.mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-exits-'))
  const all = { acceptor: acceptor(0), opener: opener(CODE), spinner: spinner(), tracee: tracee(), writer: writer() }
  for (const [name, module] of Object.entries(all)) fs.writeFileSync(path.join(guests, `${name}.wasm`), module)
})
afterAll(() => fs.rmSync(guests, { recursive: true, force: true }))

/** Calls itself until there is no stack left. */
const recursion = () => tinyGuest([], () => [[0x10, 0]])
/** Asks for memory until there is none, and exits with 3. */
const hoarder = () =>
  tinyGuest([['wasi_snapshot_preview1', 'proc_exit', 1, false]], (call) => [
    whileTrue([...i32(16), 0x40, 0, ...i32(-1), 0x47]),
    call('proc_exit', i32(3)),
  ])
const exiting = (code: number) =>
  tinyGuest([['wasi_snapshot_preview1', 'proc_exit', 1, false]], (call) => [call('proc_exit', i32(code))])

describeAttacks('host process', (mode) => {
  const quiet = { mode, stdin: 'ignore', stdout: 'ignore', stderr: 'ignore' } as const

  test.each(scenes)('the process ends as it should: %s', async (scene) => {
    const args = [at('exits.mjs'), at('../../../dist/index.js'), mode, guests, scene]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'], timeout: 30_000 })
    let errors = ''
    child.stderr.setEncoding('utf8').on('data', (piece: string) => {
      errors += piece
    })
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
    expect({ code, signal, errors }).toEqual({ code: CODE, signal: null, errors: '' })
  })

  test.each([0, 1, 7, 125, 255, 256, -1, 0x7fffffff])('exit code %d is what the guest has said', async (code) => {
    expect(await runWithSockets(exiting(code), quiet)).toBe(code)
  })

  test.each<[string, () => Uint8Array<ArrayBuffer>]>([
    ['that has no stack left', recursion],
    ['that traps', () => tinyGuest([], () => [unreachable])],
    ['that divides by zero', () => tinyGuest([], () => [[...i32(1), ...i32(0), 0x6d], drop])],
    ['that reads beyond its memory', () => tinyGuest([], () => [[...i32(-4), 0x28, 2, 0], drop])],
  ])('a guest %s rejects as a GuestTrap', async (_, guest) => {
    await expect(runWithSockets(guest(), quiet)).rejects.toBeInstanceOf(GuestTrap)
  })

  test('a guest has so much memory as it may, and goes on', async () => {
    expect(await runWithSockets(hoarder(), { ...quiet, limits: { memoryBytes: 64 * 1024 * 1024 } })).toBe(3)
  })
})
