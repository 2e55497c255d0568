import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Mode } from '../src/host/mode.js'
import { runWithSockets } from '../src/host.js'
import { describeModes } from './support/modes.js'
import { compileWasi } from './support/wasi-programs.js'

/*
 * A directory that is given with --dir cannot be left: test/wasi/escape.c tries every call with a path on every way out that is known
 * here, and prints what was not refused. Afterwards all that is outside is as it was.
 */
let compiled: Record<string, string> = {}
let place = ''
const at = (...names: string[]) => path.join(place, ...names)
beforeAll(async () => {
  compiled = await compileWasi(['escape'])
  place = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-escape-')))
}, 120_000)
afterAll(() => fs.rmSync(place, { recursive: true, force: true }))

/** `data` and `data-beside` are the guest's. Their names begin alike, and so do those of `data-outside` and `outside`. */
function lay() {
  for (const name of ['outside/sub', 'data-outside/sub', 'data/dir-link', 'data/inside', 'data-beside'])
    fs.mkdirSync(at(name), { recursive: true })
  for (const name of ['outside', 'outside/sub', 'data-outside', 'data-outside/sub', 'data-beside'])
    fs.writeFileSync(at(name, 'secret'), `secret of ${name}`)
  fs.writeFileSync(at('data/inside/file'), 'within')
  const links = {
    'host-relative': '../outside',
    'host-absolute': at('outside'),
    'host-chain': 'host-chain-2',
    'host-chain-2': 'dir-link/../host-absolute/sub',
    'host-secret': at('outside/secret'),
    'dir-link/up': '../..',
    'host-proc': '/proc/self/cwd',
    'host-within': 'inside/../inside/file',
    'host-absolute-within': '/data/inside/file',
  }
  for (const [name, target] of Object.entries(links)) fs.symlinkSync(target, at('data', name))
}

/** Names, contents, times of change and numbers of links of all that is outside, and of the links in it. */
function outside(): Record<string, string> {
  const names = ['', 'outside', 'data-outside'].flatMap((name) =>
    fs
      .readdirSync(at(name), { recursive: name !== '', encoding: 'utf8' })
      .map((each) => path.join(name, each))
      .filter((each) => !['data', 'data-beside'].includes(each)),
  )
  return Object.fromEntries(
    names.map((name) => {
      const { mtimeNs, nlink, size } = fs.lstatSync(at(name), { bigint: true })
      const contents = fs.statSync(at(name)).isFile() ? fs.readFileSync(at(name), 'utf8') : ''
      return [name, `${mtimeNs} ${nlink} ${size} ${contents}`]
    }),
  )
}

describeModes('no call with a path', (mode) => {
  test('leads out of the directories that are given', () => triesAll(mode), 60_000)
})

async function triesAll(mode: Mode) {
  for (const name of fs.readdirSync(place)) fs.rmSync(at(name), { recursive: true })
  lay()
  const before = outside()
  let output = ''
  const waysOut = [
    '..',
    '../',
    '../outside/secret',
    '../outside/new',
    '../data-outside/secret',
    'dir/../../outside/secret',
    './/dir/.././../outside/sub',
    'dir-link/up/outside/secret',
    'made-0/outside/secret',
    at('outside/secret'),
    at('outside/new'),
    '/',
    '/etc/passwd',
    '//etc/passwd',
    '/data/../../outside/secret',
    '/data-beside/../outside/secret',
    '../../../../../../../../../../etc/passwd',
  ]
  const code = await runWithSockets(compiled['escape'] as string, {
    mode,
    args: waysOut,
    dirs: { '/data': at('data'), '/data-beside': at('data-beside') },
    stdout: (bytes) => {
      output += Buffer.from(bytes)
    },
    timeoutMs: 50_000,
  })
  expect(output.split('\n')).toEqual([
    ...new Array(6).fill('path_symlink: 0'),
    'open: 0',
    'rename into the other directory: 0',
    'and back: 0',
    'own: own',
    'by a link within: within',
    'by an absolute link within: within',
    '1000 attempts, 0 not refused',
    '',
  ])
  expect(code).toBe(0)
  expect(outside()).toEqual(before)
  expect(fs.readdirSync(at('data-beside'))).toEqual(['secret'])
  expect(fs.readFileSync(at('data-beside/secret'), 'utf8')).toBe('secret of data-beside')
}
