import fs from 'node:fs'
import path from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { llvmFiles, NAME, VERSION } from '../../../src/toolchain/llvm-files.js'
import { installedBeside } from '../../../src/toolchain/llvm-package.js'
import { describeAttacksOutside } from '../../support/attack.js'
import { giveAway, isRoot, OTHER_USER, sayIfNotRoot } from '../../support/users.js'
import { build, installIn, oneLine, packageIn, root, scenes, soundCache } from './scene.js'

/* The compiler is run with all of this machine's files before it: a package that another user has put somewhere is not taken. */
sayIfNotRoot('packages of another user')

/** Where an installation has this package and the other, from its outermost folder, and whether the other is to be taken. */
type Layout = readonly [named: string, ours: string, modulesOfOther: string, taken: boolean, change?: (at: At) => void]
interface At {
  readonly scene: string
  readonly modules: string
}

const modules = 'node_modules'
const pnpm = `app/${modules}/.pnpm`
const allMayWrite = (folder: string) => fs.chmodSync(folder, 0o777)

const layouts: Layout[] = [
  ['side by side in a project', `app/${modules}/posix-wasm`, `app/${modules}`, true],
  ['its own', `app/${modules}/posix-wasm`, `app/${modules}/posix-wasm/${modules}`, true],
  ['nested, the other hoisted', `app/${modules}/a/${modules}/posix-wasm`, `app/${modules}`, true],
  ['global', `usr/lib/${modules}/posix-wasm`, `usr/lib/${modules}`, true],
  ['of npx', `home/.npm/_npx/1/${modules}/posix-wasm`, `home/.npm/_npx/1/${modules}`, true],
  ['of pnpm', `${pnpm}/posix-wasm@1/${modules}/posix-wasm`, `${pnpm}/posix-wasm@1/${modules}`, true],
  ['of pnpm, hoisted', `${pnpm}/posix-wasm@1/${modules}/posix-wasm`, `${pnpm}/${modules}`, true],
  ['of pnpm, at the top', `${pnpm}/posix-wasm@1/${modules}/posix-wasm`, `app/${modules}`, true],
  ['a checkout', 'work/posix-wasm', `work/posix-wasm/${modules}`, true],
  ['a workspace, the other at its root', `mono/packages/a/${modules}/posix-wasm`, `mono/${modules}`, false],
  ['of a scope', `app/${modules}/@mine/posix-wasm`, `app/${modules}`, true],
  [
    'in a parent that all may write',
    `shared/app/${modules}/posix-wasm`,
    `shared/${modules}`,
    false,
    ({ scene }) => allMayWrite(path.join(scene, 'shared')),
  ],
  [
    'in a parent that a group may write',
    `shared/app/${modules}/posix-wasm`,
    `shared/${modules}`,
    false,
    ({ scene }) => fs.chmodSync(path.join(scene, 'shared'), 0o770),
  ],
  [
    'in a parent of all with the sticky bit, its folder of another user',
    `shared/app/${modules}/posix-wasm`,
    `shared/${modules}`,
    false,
    ({ scene, modules }) => {
      fs.chmodSync(path.join(scene, 'shared'), 0o1777)
      giveAway(modules)
    },
  ],
  [
    'in a parent of another user',
    `shared/app/${modules}/posix-wasm`,
    `shared/${modules}`,
    false,
    ({ scene }) => fs.chownSync(path.join(scene, 'shared'), OTHER_USER, OTHER_USER),
  ],
  [
    'in a folder that all may write',
    `app/${modules}/posix-wasm/../../../${modules}x/posix-wasm`,
    modules,
    false,
    ({ modules }) => allMayWrite(modules),
  ],
  ['in a folder beside', `app/${modules}/posix-wasm`, `other/${modules}`, false],
  ['in a folder below', `app/${modules}/posix-wasm`, `app/${modules}/posix-wasm/dist/${modules}`, false],
]
const needsRoot = (change: Layout[4]) => /giveAway|chown/.test(String(change)) && !isRoot

describeAttacksOutside('compiler', () => {
  const sceneOf = scenes()

  describe('a package', () => {
    for (const [named, ours, others, taken, change] of layouts)
      test.skipIf(needsRoot(change))(`${named} is ${taken ? '' : 'not '}taken`, () => {
        const scene = sceneOf()
        fs.mkdirSync(path.join(scene, ours), { recursive: true })
        const modules = path.join(scene, others)
        const folder = packageIn(modules, { module: '', resources: '' })
        change?.({ scene, modules })
        expect(installedBeside(path.join(scene, ours)) === folder).toBe(taken)
      })

    test('of another version is passed over', () => {
      const scene = sceneOf()
      const folder = packageIn(path.join(scene, 'app/node_modules'), { module: '', resources: '' })
      fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name: NAME, version: `${VERSION}1` }))
      expect(installedBeside(path.join(scene, 'app/node_modules/posix-wasm'))).not.toBe(folder)
    })

    test.each([
      ['not JSON', '{'],
      ['null', 'null'],
      ['a list', '[]'],
      ['empty', ''],
    ])('whose package.json is %s is passed over', (_, text) => {
      const scene = sceneOf()
      const folder = packageIn(path.join(scene, 'app/node_modules'), { module: '', resources: '' })
      fs.writeFileSync(path.join(folder, 'package.json'), text)
      expect(installedBeside(path.join(scene, 'app/node_modules/posix-wasm'))).not.toBe(folder)
    })
  })

  describe('a package that is planted', () => {
    let command = ''
    let cache = ''
    beforeAll(() => {
      const scene = sceneOf()
      command = installIn(path.join(scene, 'app/node_modules'))
      cache = soundCache(path.join(scene, 'cache'))
    })
    const evil = { module: 'PLANTED', resources: 'PLANTED' }
    const planted = (scene: string, modules: string) => packageIn(path.join(scene, modules), evil)

    test.each<[string, string, string, (scene: string) => Record<string, string>]>([
      ['in the working directory', 'node_modules', '.', () => ({})],
      ['in a folder above the working directory', 'node_modules', 'app/deep', () => ({})],
      ['in NODE_PATH', '.', 'app', (scene) => ({ NODE_PATH: scene })],
      ['in the folder of modules of HOME', '.node_modules', 'app', (scene) => ({ HOME: scene })],
      ['in the old folder of libraries of HOME', '.node_libraries', 'app', (scene) => ({ HOME: scene })],
    ])('%s is not run', (_, modules, below, envOf) => {
      const scene = sceneOf()
      planted(scene, modules)
      const cwd = folderIn(scene, below)
      const preprocessed = build(['cc', '-E', '-P', '-'], {
        command,
        cwd,
        env: { POSIX_WASM_CACHE: cache, ...envOf(scene) },
        input: 'one',
      })
      expect(preprocessed).toEqual({ code: 0, stdout: 'one\n', stderr: '' })
    })
  })

  describe('a package beside this one', () => {
    test.each<[string, Parameters<typeof packageIn>[1], RegExp]>([
      [
        'with another compiler',
        { module: 'PLANTED' },
        /llvm\.core\.wasm is not that of .*its SHA-256 begins with .*Remove .*clang and try again/,
      ],
      [
        'with a valid module in place of the compiler',
        { module: '\0asm\x01\0\0\0' },
        /llvm\.core\.wasm is not that of/,
      ],
      ['with an empty file in place of the compiler', { module: '\n' }, /llvm\.core\.wasm is not that of/],
      ['without a compiler', { module: '' }, /llvm\.core\.wasm cannot be read: install @yowasp\/clang@/],
      ['with other headers and libraries', { resources: 'PLANTED' }, /llvm-resources\.tar is not that of/],
      ['without headers and libraries', { resources: '' }, /llvm-resources\.tar cannot be read/],
    ])('%s is refused in one line, and leaves nothing in the cache', (_, files, told) => {
      const scene = sceneOf()
      const command = installIn(path.join(scene, 'node_modules'))
      packageIn(path.join(scene, 'node_modules'), files)
      for (const server of ['0', '1']) {
        const env = { POSIX_WASM_CACHE: path.join(scene, `c${server}`), POSIX_WASM_COMPILER_SERVER: server }
        const { code, stdout, stderr } = build(['cc', '-E', '-'], { command, env })
        expect({ code, stdout }).toEqual({ code: 127, stdout: '' })
        expect(stderr).toMatch(oneLine(told))
        const left = fs
          .readdirSync(env.POSIX_WASM_CACHE)
          .filter((name) => !name.startsWith('sysroot-') || files?.resources !== undefined)
        expect(left).toEqual([])
      }
    })
  })

  test('the hashes are those of the version that is pinned', () => {
    const { version } = JSON.parse(fs.readFileSync(path.join(root, 'node_modules', NAME, 'package.json'), 'utf8'))
    expect(version).toBe(VERSION)
    expect(Object.keys(llvmFiles)).toEqual(['module', 'resources'])
  })
})

function folderIn(scene: string, name: string): string {
  const folder = path.join(scene, name)
  fs.mkdirSync(folder, { recursive: true })
  return folder
}
