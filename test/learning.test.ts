import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Mode } from '../src/host/mode.js'
import { type NetworkRules, type Refusal, runWithSockets } from '../src/index.js'
import { guestFile } from './support/command.js'
import { describeModes } from './support/modes.js'

/* While rules are learned, programs print what they print natively; under what was learned they do so again. */
let folder = ''
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-learning-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const expected = (name: string) => readFileSync(new URL(`guests/expected/${name}.txt`, import.meta.url), 'utf8')
let runs = 0

/** Runs a program in a folder of its own. Returns what it prints, and what was told of the rules. */
async function run(name: string, mode: Mode, network: NetworkRules, where = path.join(folder, String(++runs))) {
  rmSync(where, { recursive: true, force: true })
  mkdirSync(where)
  let output = ''
  const told: Refusal[] = []
  await runWithSockets(guestFile(name), {
    ...{ mode, network, args: [where], dirs: { [where]: where }, timeoutMs: 50_000 },
    onRefusal: (refusal) => void told.push(refusal),
    stdout: (bytes) => {
      output += Buffer.from(bytes).toString()
    },
  })
  return { output, told, where }
}

describeModes('a program', (mode) => {
  test.each([
    'echo',
    'errors',
    'epoll',
    'half_close',
    'ipv6',
    'lookups',
    'reset',
    'select',
    'transfer',
    'udp_connected',
  ])('%s is not changed by learning', async (name) => {
    const { output, told } = await run(name, mode, { learn: true })
    expect(output).toBe(expected(name))
    expect(told.filter(({ wasLearned }) => !wasLearned)).toEqual([])
  })

  test('lookups and local sockets run likewise under the rules that were learned', async () => {
    for (const name of ['lookups', 'working_directory']) {
      const learning = await run(name, mode, { learn: true })
      const allow = learning.told.map(({ allowedBy }) => allowedBy as string)
      const { output, told } = await run(name, mode, { allow }, learning.where)
      expect({ output, told }).toEqual({ output: expected(name), told: [] })
    }
  })
})
