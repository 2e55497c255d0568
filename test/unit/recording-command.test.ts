import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Ending, startRecording } from '../../src/recording/recorder.js'
import { recordingLines } from '../../src/recording/show.js'
import { command } from '../support/command.js'
import { fakeNetwork, fakeWorld } from '../support/fake-network.js'
import { receives } from '../support/pokes.js'

let folder = ''
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-recording-'))
})
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

/** A recording of one call, for which the network and the clock were asked. */
function recorded(ending: Ending = { code: 0 }): string {
  const file = path.join(folder, 'session.rec')
  const env = { HOME: '/', TOKEN: 'secret' }
  const options = { descriptors: 16, listen: ['127.0.0.1:80'] }
  const recorder = startRecording(file, { module: 'abc', args: ['guest', 'one'], env, options }, fakeWorld())
  const { network } = fakeNetwork({ receive: receives(104, 105) })
  recorder.network(network)('receive', { handle: 3, into: new Uint8Array(8), peek: false })
  recorder.world.now()
  const shown = [
    { name: 'fd', text: '4' },
    { name: 'buf', text: '"hi"' },
  ]
  recorder.called({ call: 'recv', arguments: shown, outcome: { result: 2 }, durationMs: 12.3456 })
  recorder.end(ending)
  return file
}

const start = [
  'recording    format 1',
  'module       sha-256 abc',
  'arguments    "guest" "one"',
  'environment  HOME="/"',
  'environment  TOKEN="secret"',
  'option       descriptors 16',
  'option       listen ["127.0.0.1:80"]',
]

test('recording show prints how a guest was started, its calls as a trace does, and its end', async () => {
  const { code, stdout, stderr } = await command(['recording', 'show', recorded()])
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout.split('\n')).toEqual([...start, 'recv(4, "hi") = 2 <0.012346s>', '+++ exited with 0 +++', ''])
})

test('of a guest that was stopped it says why', () => {
  expect([...recordingLines(recorded({ stopped: 'the guest trapped: unreachable' }))].at(-1)).toBe(
    '+++ stopped: the guest trapped: unreachable +++',
  )
})

test('with --all it prints what the guest learnt from outside, by its numbers', async () => {
  const { code, stdout, stderr } = await command(['recording', 'show', '--all', recorded()])
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout.split('\n')).toEqual([
    ...start,
    '1 receive(handle=3, into=8, peek=false) = 2 "hi" <0.000000>',
    '2 now() = 1000 <0.000000>',
    '3 exit(code=0) <0.000000>',
    '',
  ])
})

describe('of one that is cut off', () => {
  test.each([
    [[], 'recv(4, "hi") = 2'],
    [['--all'], '2 now() = 1000'],
  ])('it prints what there is, and says so: %j', async (flags, line) => {
    const file = recorded()
    fs.truncateSync(file, fs.statSync(file).size - 1)
    const { code, stdout, stderr } = await command(['recording', 'show', ...flags, file])
    expect(code).toBe(125)
    expect(stdout).toContain(line)
    expect(stderr).toBe(`posix-wasm: ${file} is cut off after call 3: the guest or its host ended early\n`)
  })
})

test('a file that there is not is said to be none', async () => {
  const { code, stderr } = await command(['recording', 'show', path.join(folder, 'none')])
  expect([code, stderr]).toEqual([
    127,
    `posix-wasm: cannot read the recording ${path.join(folder, 'none')}: there is no such file or directory\n`,
  ])
})
