import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runWithSockets } from '../src/index.js'
import { CommandRun } from './support/command.js'
import { describeModes } from './support/modes.js'
import { compileFrom } from './support/wasi-programs.js'

/* A directory that is granted read-only is to a guest what one that is mounted so is to a native program. */
const expected = readFileSync('test/libc/expected/read_only.txt', 'utf8')
const hasCompiler = spawnSync('cc', ['--version']).status === 0
const mayMount = hasCompiler && process.platform === 'linux' && spawnSync('unshare', ['-m', 'true']).status === 0
if (!mayMount) console.log('skipped: a native program in a read-only mount, which takes root, unshare and a C compiler')

let folder = ''
let program = ''
beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-'))
  const at = (name: string) => path.join(folder, name)
  mkdirSync(at('data/folder'), { recursive: true })
  mkdirSync(at('mount'))
  mkdirSync(at('other'))
  writeFileSync(at('other/own'), 'own')
  writeFileSync(at('data/file'), 'data')
  writeFileSync(at('data/folder/inner'), 'in')
  symlinkSync('file', at('data/link'))
  execFileSync('mkfifo', [at('data/fifo')])
  program = (await compileFrom('test/libc', ['read_only']))['read_only'] as string
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.runIf(mayMount)('natively', () => {
  const native = path.join(folder, 'native')
  execFileSync('cc', ['-w', '-o', native, 'test/libc/read_only.c'])
  const mounted = 'mount --bind data mount && mount -o remount,ro,bind mount && ./native mount "$PWD/other"'
  expect(execFileSync('unshare', ['-m', 'sh', '-c', mounted], { cwd: folder, encoding: 'utf8' })).toBe(expected)
})

describeModes('as a guest', (mode) => {
  test('prints the same, and changes nothing', async () => {
    let output = ''
    const code = await runWithSockets(program, {
      ...{ mode, args: ['/d', '/other'], timeoutMs: 50_000 },
      dirs: { '/d': { path: path.join(folder, 'data'), readOnly: true }, '/other': path.join(folder, 'other') },
      stdout(bytes) {
        output += Buffer.from(bytes)
      },
    })
    expect(output.split('\n')).toEqual(expected.split('\n'))
    expect(code).toBe(0)
    expect(readdirSync(path.join(folder, 'data')).sort()).toEqual(['fifo', 'file', 'folder', 'link'])
    expect(readFileSync(path.join(folder, 'data/file'), 'utf8')).toBe('data')
  })
})

test('the command takes :ro after the name of a directory', async () => {
  const dirs = ['--dir', `${path.join(folder, 'data')}::/d:ro`, '--dir', `${path.join(folder, 'other')}::/other`]
  const run = new CommandRun([...dirs, program, '/d', '/other'])
  expect(await run.finished()).toMatchObject({ code: 0, stdout: expected, stderr: '' })
})
