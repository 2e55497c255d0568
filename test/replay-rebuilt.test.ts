import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { instantiateWithSockets, RecordingError, ReplayDiverged, runWithSockets } from '../src/index.js'
import { command, guestFile } from './support/command.js'
import { withServer } from './support/hello-server.js'
import { describeModes } from './support/modes.js'

/* Recordings as fixtures: another build of the recorded module is replayed. */
const original = fs.readFileSync(guestFile('http_client'))
/** The same program with an empty custom section called x behind it. */
const same = Buffer.concat([original, Uint8Array.of(0, 2, 1, 0x78)])
/** A program that asks in another way. */
const other = Buffer.from(original.toString('latin1').replaceAll('GET ', 'PUT '), 'latin1')
/** Imports env.secret: () -> (). */
const NEEDY = Uint8Array.of(
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0],
  ...[2, 14, 1, 3, ...Buffer.from('env'), 6, ...Buffer.from('secret'), 0, 0],
)
let folder = ''
const file = (name: string) => path.join(folder, name)
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-rebuilt-'))
  fs.writeFileSync(file('same.wasm'), same)
  fs.writeFileSync(file('other.wasm'), other)
})
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

describeModes('a recording', (mode) => {
  const record = () => file(`${mode}.rec`)
  beforeAll(async () => {
    await withServer(async (port) => {
      const flags = ['--mode', mode, '--env', 'COLOUR=blue', '--record', record()]
      expect((await command([...flags, guestFile('http_client'), '127.0.0.1', port, '/'])).code).toBe(0)
    })
  })

  test('is replayed with its arguments and environment, if none are given', async () => {
    const { code, stdout, stderr } = await command(['--mode', mode, '--replay', record(), guestFile('http_client')])
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/it is \d+/)
  })

  test.each([
    [['--env', 'COLOUR=red'], [], /another value of the environment variable COLOUR/],
    [[], ['127.0.0.1', '1', '/'], /was recorded with the arguments/],
  ])('is refused with others: %s %s', async (flags, args, line) => {
    const result = await command(['--mode', mode, ...flags, '--replay', record(), guestFile('http_client'), ...args])
    expect(result.code).toBe(125)
    expect(result.stderr).toMatch(line)
  })

  test('is refused with another build, unless that is wanted', async () => {
    const refused = await command(['--mode', mode, '--replay', record(), file('same.wasm')])
    expect(refused.code).toBe(125)
    expect(refused.stderr).toMatch(/was recorded with another module/)
    const { code, stdout, stderr } = await command([
      '--mode',
      mode,
      '--rebuilt',
      '--replay',
      record(),
      file('same.wasm'),
    ])
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/it is \d+/)
  })

  test('is left by a build that does something else, at the first call that differs', async () => {
    const { code, stderr } = await command(['--mode', mode, '--rebuilt', '--replay', record(), file('other.wasm')])
    expect(code).toBe(123)
    expect(stderr).toMatch(
      /^posix-wasm: the replay leaves the recording at call \d+: recorded was send\(.*"GET .*, asked was send\(.*"PUT /,
    )
  })

  test('is replayed by the library likewise', async () => {
    const options = { mode, replay: record(), stdout: 'ignore' } as const
    expect(await runWithSockets(same, { ...options, mayBeRebuilt: true })).toBe(0)
    await expect(runWithSockets(same, options)).rejects.toThrow(RecordingError)
    await expect(runWithSockets(other, { ...options, mayBeRebuilt: true })).rejects.toThrow(ReplayDiverged)
    if (mode !== 'suspend') {
      const module = await WebAssembly.compile(original) // suspend needs the bytes
      expect(await runWithSockets(module, { ...options, mayBeRebuilt: true })).toBe(0)
    }
    const here = await instantiateWithSockets(same, { ...options, mayBeRebuilt: true })
    expect(await here.start()).toBe(0)
  })
})

describeModes('a build that cannot be started', (mode) => {
  test('is refused for that reason, and not for leaving the recording', async () => {
    const record = file(`${mode}-echo.rec`)
    expect((await command(['--mode', mode, '--record', record, guestFile('echo')])).code).toBe(0)
    fs.writeFileSync(file('needy.wasm'), NEEDY)
    const { code, stderr } = await command(['--mode', mode, '--rebuilt', '--replay', record, file('needy.wasm')])
    expect(stderr).toMatch(/^posix-wasm: needy\.wasm needs env\.secret, which nobody provides; .*\n$/)
    expect(code).toBe(126)
  })
})

test('a recording is not written over a file that holds something, unless that is wanted', async () => {
  const record = file('twice.rec')
  fs.writeFileSync(record, 'a letter')
  const refused = await command(['--record', record, guestFile('echo')])
  expect(refused.code).toBe(125)
  expect(refused.stderr).toMatch(/^error: --record: .*twice\.rec exists; --force writes over it\n/)
  expect(fs.readFileSync(record, 'utf8')).toBe('a letter')
  expect((await command(['--force', '--record', record, guestFile('echo')])).code).toBe(0)
  expect((await command(['recording', 'show', record])).code).toBe(0)
})
