import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { runWithSockets } from '../../../src/index.js'
import { describeAttacks } from '../../support/attack.js'
import { type Attempt, attackRules, attemptsGuest, ruledScene } from '../../support/rule-attacks.js'

/*
 * Local sockets: `{d}/ok/app` is allowed and `{d}/no/app` is not. A path leads where the kernel takes it, and the kernel follows each
 * link before it goes up.
 */

/** Ways out of what is allowed, and into what is forbidden. */
function lay(folder: string): void {
  const at = (name: string) => path.join(folder, name)
  fs.mkdirSync(at('no/deep/deeper'), { recursive: true })
  fs.mkdirSync(at('ok/sub'))
  const links = {
    'ok/hatch': '../no/deep',
    'ok/hatch-2': 'hatch/deeper',
    'ok/out': '../no/app',
    'ok/folder': '../no',
    'ok/dangling': '../no/none',
    'ok/loop': 'loop',
    'ok/chain': 'chain-1',
    'ok/chain-1': 'hatch/../app',
    'ok/whole': at('no/app'),
    'no/in': '../ok',
    'no/mine': '../ok/app',
    hatch: 'no/deep',
    alias: 'ok',
    down: 'ok/sub',
  }
  for (const [name, target] of Object.entries(links)) fs.symlinkSync(target, at(name))
}

/** Paths that lead to the forbidden socket, or to a place beside it. */
const out = [
  '{d}/ok/hatch/../app',
  '{d}/ok/./hatch/.././app',
  '{d}/ok//hatch//..//app',
  '{d}/ok/hatch-2/../../app',
  '{d}/ok/hatch/deeper/../../app',
  '{d}/ok/sub/../hatch/../app',
  '{d}/alias/hatch/../app',
  '{d}/down/../hatch/../app',
  '{d}/ok/out',
  '{d}/ok/folder/app',
  '{d}/ok/chain',
  '{d}/ok/whole',
  '{d}/ok/../no/app',
  '{d}/ok/../ok/../no/app',
  '{d}/no/in/../no/app',
  '{up}/ok/hatch/../app',
  './{up}/ok/out',
  '/proc/self/root{d}/no/app',
  '/proc/self/cwd/{up}/ok/hatch/../app',
  '/proc/thread-self/root{d}/ok/out',
  '{d}/ok/hatch/../././././././././././././././app',
]

const dialled: readonly Attempt[] = [
  ...out.map((path): Attempt => [`unix; dial ${path}`, 'ok EACCES']),
  ['unix; nonblock; dial {d}/ok/hatch/../app', 'ok ok EACCES'],
  ['unix; dial {d}/ok/none; dial {d}/ok/hatch/../app', 'ok ENOENT EACCES'],
  ['unix; take {d}/ok/bound; dial {d}/ok/hatch/../app', 'ok ok EACCES'],
  ['pair; dial {d}/ok/hatch/../app', 'ok EACCES'],
  ['pair; sendpath {d}/no/app', 'ok EOPNOTSUPP'],
  ['unix; sendpath {d}/ok/hatch/../app', 'ok EOPNOTSUPP'],
  ['unix; dial {d}/ok', 'ok EACCES'],
  ['unix; dial {d}/ok/.', 'ok EACCES'],
  ['unix; dial {d}/ok/hatch', 'ok EACCES'],
  ['unix; dial {d}/ok/dangling', 'ok EACCES'],
  ['unix; dial {d}/ok/loop', 'ok EACCES'],
  ['unix; dial {d}/none/../ok/app', 'ok EACCES'],
  ['unix; dial @{base}', 'ok EACCES'],
  ['unix; dial @{d}/ok/app', 'ok EACCES'],
  ['unix; dial {d}/ok/app/', 'ok ENOTDIR'],
  ['unix; dial {d}/ok/none', 'ok ENOENT'],
  ['unix; dial {d}/ok/sub', 'ok ECONNREFUSED'],
  ['unix; dial {d}/ok/app; recv; peer', 'ok ok this is ok app unix:{d}/ok/app'],
  ['unix; dial {d}/ok/sub/../app; recv; peer', 'ok ok this is ok app unix:{d}/ok/sub/../app'],
  ['unix; dial {d}/no/mine; recv; peer', 'ok ok this is ok app unix:{d}/no/mine'],
  ['unix; dial {d}/no/in/app; recv', 'ok ok this is ok app'],
  ['unix; dial {d}//ok///app; recv', 'ok ok this is ok app'],
  ['unix; dial {up}/ok/app; recv; peer', 'ok ok this is ok app unix:{up}/ok/app'],
  ['unix; dial /proc/self/root{d}/ok/app; recv', 'ok ok this is ok app'],
  ['unix; dial {d}/ok/./././././././././././././././././././app; recv', 'ok ok this is ok app'],
]

const taken: readonly Attempt[] = [
  ...out.map((path): Attempt => [`unix; take ${path.replace(/app$/, 'new')}; listen`, takes(path)]),
  ['unix; take {d}/ok/folder/new', 'ok EACCES'],
  ['unix; take {d}/no/new', 'ok EACCES'],
  ['unix; take {d}/new', 'ok EACCES'],
  ['unix; take /proc/self/cwd/new', 'ok EACCES'],
  ['unix; take {d}/hatch/../new', 'ok EACCES'],
  ['unix; take @{base}', 'ok EACCES'],
  ['pair; take {d}/ok/hatch/../new', 'ok EACCES'],
  ['unix; take {d}/ok/dangling', 'ok EADDRINUSE'],
  ['unix; take {d}/ok/out', 'ok EADDRINUSE'],
  ['unix; take {d}/ok/none/new', 'ok ENOENT'],
  ['unix; take {d}/ok/app/new', 'ok ENOTDIR'],
  ['unix; take {d}/ok/new/', 'ok ENOENT'],
  ['unix; take {d}/ok/sub/..', 'ok EACCES'],
  ['unix; take {d}/ok/sub/.', 'ok EADDRINUSE'],
  ['unix; take {d}/ok/app', 'ok EADDRINUSE'],
  [
    'unix; take {d}/ok/one; name; listen; unix; dial {d}/ok/one; peer',
    'ok ok unix:{d}/ok/one ok ok ok unix:{d}/ok/one',
  ],
  ['unix; take {d}/alias/sub/../two; name; listen', 'ok ok unix:{d}/alias/sub/../two ok'],
  ['unix; take {up}/ok/three; name', 'ok ok unix:{up}/ok/three'],
  [`unix; take {d}/ok/${'n'.repeat(80)}; name; listen`, `ok ok unix:{d}/ok/${'n'.repeat(80)} ok`],
  [`unix; dial {d}/ok/${'n'.repeat(80)}`, 'ok ECONNREFUSED'],
  [`unix; take {d}/ok/${'n'.repeat(80)}`, 'ok EADDRINUSE'],
]

/** What bind says of a name that is a link, or where the kernel finds that nothing can be made. */
function takes(path: string): string {
  return /\/(out|chain|whole)$/.test(path) ? 'ok EADDRINUSE EINVAL' : 'ok EACCES EINVAL'
}

/** The guest renames what rules are about. */
const renamed: readonly Attempt[] = [
  ['unix; dial {d}/no/app', 'ok EACCES'],
  ['rename {d}/no {d}/yes; unix; dial {d}/yes/app; rename {d}/yes {d}/no', 'ok ok EACCES ok'],
  ['mkdir {d}/in; rename {d}/no {d}/in/no; unix; dial {d}/in/no/app; rename {d}/in/no {d}/no', 'ok ok ok EACCES ok'],
  [
    'rename {d}/no {d}/yes; symlink yes {d}/no; unix; dial {d}/no/app; unlink {d}/no; rename {d}/yes {d}/no',
    'ok ok ok EACCES ok ok',
  ],
  ['rename {d}/no {d}/yes; unix; take {d}/yes/new; rename {d}/yes {d}/no; exists {d}/no/new', 'ok ok EACCES ok ENOENT'],
  ['symlink no/deep {d}/door; unix; dial {d}/door/../app; unlink {d}/door', 'ok ok EACCES ok'],
  ['rename {d}/file {d}/file-2; unix; dial {d}/file-2; rename {d}/file-2 {d}/file', 'ok ok EACCES ok'],
  ['link {d}/file {d}/file-3; unix; dial {d}/file-3; unlink {d}/file-3', 'ok ok EACCES ok'],
  ['unlink {d}/file; unix; take {d}/file', 'ok ok EACCES'],
  ['unix; take {d}/free; listen; unix; dial {d}/free', 'ok ok ok ok ok'],
]

describeAttacks('rules', (mode) => {
  attackRules(mode, {
    name: 'connecting to a path that leads out of the folder that is allowed',
    rules: { allow: ['unix:{d}/ok/*'] },
    prepare: lay,
    attempts: dialled,
  })
  attackRules(mode, {
    name: 'connecting to a path that leads to a socket that is denied',
    rules: { deny: ['unix:{d}/no/app'] },
    prepare: lay,
    attempts: [...out, '{d}/hatch/../app', '{d}/no/app', '{d}/no/deep/../app', '{d}/down/../../no/app'].map(
      (path): Attempt => [`unix; dial ${path}`, 'ok EACCES'],
    ),
  })
  attackRules(mode, {
    name: 'binding to a path that leads out of the folder that is allowed',
    rules: { allow: ['unix:{d}/ok/*'] },
    prepare: lay,
    check: (folder) => {
      expect(fs.readdirSync(path.join(folder, 'no')).sort()).toEqual(['app', 'deep', 'in', 'mine'])
      expect(fs.readdirSync(path.join(folder, 'no/deep/deeper'))).toEqual([])
    },
    attempts: taken,
  })
  attackRules(mode, {
    name: 'a rule that names a link, of which the link may change',
    rules: { allow: ['unix:{d}/alias/app'] },
    prepare: lay,
    withFiles: true,
    attempts: [
      ['unix; dial {d}/ok/app; recv', 'ok ok this is ok app'],
      ['unix; dial {d}/alias/app; recv', 'ok ok this is ok app'],
      ['unlink {d}/alias; symlink no {d}/alias; unix; dial {d}/alias/app', 'ok ok ok EACCES'],
      ['unix; dial {d}/ok/app; recv', 'ok ok this is ok app'],
    ],
  })
  attackRules(mode, {
    name: 'what is denied, under another name',
    rules: { deny: ['unix:{d}/no/*', 'unix:{d}/file'] },
    prepare(folder) {
      lay(folder)
      fs.linkSync(path.join(folder, 'no/app'), path.join(folder, 'file'))
    },
    withFiles: true,
    attempts: renamed,
  })

  test('a folder that another process exchanges all the time', async () => {
    const scene = await ruledScene()
    const folder = scene.spell('{d}')
    const exchange = spawn(process.execPath, ['test/attack/guests/exchange.mjs', folder], { stdio: 'pipe' })
    await new Promise((resolve) => exchange.stdout.once('data', resolve))
    const attempts = Array.from({ length: 300 }, (_, index) => [
      'unix; dial {d}/door/app',
      `unix; take {d}/door/made-${index}`,
    ])
    let output = ''
    await runWithSockets(await attemptsGuest(), {
      ...{ mode, args: attempts.flat().map((attempt) => scene.spell(attempt)), timeoutMs: 50_000, onRefusal() {} },
      network: { allow: [scene.spell('unix:{d}/ok/*')] },
      stdout(bytes) {
        output += Buffer.from(bytes)
      },
    })
    exchange.kill()
    const made = fs.readdirSync(path.join(folder, 'no'))
    scene.close()
    expect({ reached: scene.reached, made }).toEqual({ reached: [], made: ['app'] })
    expect(output.split('\n').length).toBe(601)
    expect(new Set(output.trim().split('\n'))).toEqual(new Set(['ok ok', 'ok EACCES']))
  }, 60_000)
})
