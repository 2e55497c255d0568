import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeAttacks } from '../../support/attack.js'
import { command } from '../../support/command.js'
import { compileFrom } from '../../support/wasi-programs.js'

const SAFE = /^[^\p{C}\p{Zl}\p{Zp}]*$/u

let guest = ''
let folder = ''
beforeAll(async () => {
  guest = (await compileFrom('test/attack/guests', ['escapes']))['escapes'] as string
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-terminal-'))
}, 120_000)
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

describeAttacks('modules', (mode) => {
  const unsafe = (page: string) => page.split('\n').filter((line) => !SAFE.test(line))
  const flags: readonly (readonly [name: string, flags: readonly string[], least: number])[] = [
    ['a trace', ['--trace'], 200],
    ['a trace as JSON', ['--trace=json'], 200],
    ['a summary of a trace', ['--trace=summary'], 8],
    ['figures', ['--stats'], 8],
    ['refusals', ['--allow-net', '127.0.0.1:1'], 30],
    ['refusals and a trace', ['--allow-net', '127.0.0.1:1', '--trace'], 200],
    ['refusals by a rule', ['--deny-net', 'unix:/tmp/*', '--deny-net', '*.test:*'], 16],
  ]
  test.each(flags)('%s shows what the guest names', async (_, more, least) => {
    const { code, stdout, stderr } = await command(['--mode', mode, ...more, guest])
    expect([code, stdout]).toEqual([0, 'done\n'])
    expect(unsafe(stderr)).toEqual([])
    const lines = stderr.split('\n').filter((line) => line !== '')
    expect(lines.length).toBeGreaterThanOrEqual(least)
    if (more.includes('--trace=json')) for (const line of lines) JSON.parse(line)
  })

  test('a recording shows it, too', async () => {
    const file = path.join(folder, `${mode}.rec`)
    expect((await command(['--mode', mode, '--record', file, guest])).code).toBe(0)
    for (const more of [[], ['--all']]) {
      const { code, stdout } = await command(['recording', 'show', file, ...more])
      expect(code).toBe(0)
      expect(unsafe(stdout)).toEqual([])
      expect(stdout.split('\n').length).toBeGreaterThan(200)
    }
  })

  test('a replay that is left says so in a line that only is shown', async () => {
    const file = path.join(folder, `${mode}-left.rec`)
    expect((await command(['--mode', mode, '--record', file, guest])).code).toBe(0)
    const { stderr } = await command(['--mode', mode, '--replay', file, '--env', '\x1b[2J=\u009b', guest])
    expect(unsafe(stderr)).toEqual([])
    expect(stderr).not.toBe('')
  })
})
