import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startRecording } from '../../src/recording/recorder.js'
import { command } from '../support/command.js'
import { fakeWorld } from '../support/fake-network.js'

let folder = ''
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-recording-'))
})
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

/** A recording of one look at the clock. */
function recorded(): string {
  const file = path.join(folder, 'session.rec')
  const recorder = startRecording(file, { module: 'abc', args: ['guest'], env: {}, options: {} }, fakeWorld())
  recorder.world.now()
  recorder.end({ code: 0 })
  return file
}

test('recording show prints a recording', async () => {
  const { code, stdout, stderr } = await command(['recording', 'show', recorded()])
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout.split('\n')).toEqual([
    'recording    format 1',
    'module       sha-256 abc',
    'arguments    "guest"',
    '1 now() = 1000 <0.000000>',
    '2 exit(code=0) <0.000000>',
    '',
  ])
})

test('of one that is cut off it prints what there is, and says so', async () => {
  const file = recorded()
  fs.truncateSync(file, fs.statSync(file).size - 1)
  const { code, stdout, stderr } = await command(['recording', 'show', file])
  expect(code).toBe(125)
  expect(stdout).toContain('1 now() = 1000')
  expect(stderr).toBe(`posix-wasm: ${file} is cut off after call 2: the guest or its host ended early\n`)
})

test('a file that there is not is said to be none', async () => {
  const { code, stderr } = await command(['recording', 'show', path.join(folder, 'none')])
  expect([code, stderr]).toEqual([
    127,
    `posix-wasm: cannot read the recording ${path.join(folder, 'none')}: there is no such file or directory\n`,
  ])
})
