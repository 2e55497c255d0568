import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { NAME, VERSION } from '../../../src/toolchain/llvm-files.js'
import { describeAttacksOutside } from '../../support/attack.js'
import { Registry } from './registry.js'
import { buildWhileServing, installIn, oneLine, scenes } from './scene.js'

/* The compiler is fetched by npm: neither a project's settings nor the package itself may run anything meanwhile. */

/** What a package's scripts, or a shell of the project's choice, would leave behind. */
const TRACE = 'planted-script-ran'

describeAttacksOutside('compiler', () => {
  const sceneOf = scenes()

  describe('npm’s fetch', () => {
    let command = ''
    let url = ''
    let registry: Registry
    beforeAll(async () => {
      const scene = sceneOf()
      command = installIn(path.join(scene, 'node_modules'))
      registry = new Registry(hostilePackage(scene))
      url = await registry.start()
    })
    afterAll(() => registry.stop())

    /** What a project's .npmrc, or `npm run` by the environment, would have npm do. `TRACE` stands for a file in the project. */
    const settings: [string, Record<string, string>][] = [
      ['with its scripts', { ignore_scripts: 'false' }],
      ['with scripts in a shell of the project’s', { ignore_scripts: 'false', script_shell: './shell' }],
      ['into the global folder', { global: 'true', prefix: './global' }],
      ['into another folder', { prefix: './elsewhere', location: 'global' }],
      ['with a git of the project’s', { git: './shell' }],
      ['with options for Node', { node_options: '--require=./code.cjs' }],
      ['into workspaces', { workspaces: 'true', include_workspace_root: 'true' }],
      ['as a dry run', { dry_run: 'true' }],
      ['without the package', { omit: 'prod,dev,peer,optional', package_lock_only: 'true' }],
      ['with a file for its own code', { init_module: './code.cjs', onload_script: './code.cjs' }],
    ]

    test.each(
      settings.flatMap(([named, values]) => ['.npmrc', 'environment'].map((by) => [named, by, values] as const)),
    )('%s, as the %s wants', async (_, by, values) => {
      const project = projectIn(sceneOf())
      const [cache, asked] = [path.join(project, '../cache'), registry.asked.length]
      const names = Object.entries({ ...values, cache: path.join(project, '../npm') })
      if (by === '.npmrc')
        fs.writeFileSync(
          path.join(project, '.npmrc'),
          names.map(([name, value]) => `${name.replaceAll('_', '-')}=${value}\n`).join(''),
        )
      const env = by === '.npmrc' ? {} : Object.fromEntries(names.map(([name, value]) => [`npm_config_${name}`, value]))
      const { code, stdout, stderr } = await buildWhileServing(['cc', '-E', '-'], {
        command,
        cwd: project,
        env: {
          ...env,
          npm_config_registry: url,
          npm_config_cache: path.join(project, '../npm'),
          POSIX_WASM_CACHE: cache,
        },
      })
      expect({ code, stdout }).toEqual({ code: 127, stdout: '' })
      expect(stderr.replace(/^.*fetching the compiler.*\n/, '')).toMatch(
        oneLine(/llvm\.core\.wasm is not that of @yowasp\/clang@/),
      )
      expect(registry.asked.length, 'the registry was asked').toBeGreaterThan(asked)
      expect(fs.readdirSync(cache), 'left in the cache').toEqual([])
      expect(fs.readdirSync(project).sort(), 'left in the project').toEqual(
        ['.npmrc', 'code.cjs', 'package.json', 'shell'].filter((name) => by === '.npmrc' || name !== '.npmrc'),
      )
    })

    test('from a registry that the project’s .npmrc names', async () => {
      const project = projectIn(sceneOf())
      fs.writeFileSync(
        path.join(project, '.npmrc'),
        `registry=${url}evil/\n${NAME.split('/')[0]}:registry=${url}evil/\n`,
      )
      const asked = registry.asked.length
      await buildWhileServing(['cc', '-E', '-'], {
        command,
        cwd: project,
        env: {
          npm_config_registry: url,
          npm_config_cache: path.join(project, '../npm'),
          POSIX_WASM_CACHE: path.join(project, '../cache'),
        },
      })
      expect(registry.asked.slice(asked).filter((each) => each.startsWith('/evil'))).toEqual([])
      expect(registry.asked.length).toBeGreaterThan(asked)
    })

    test('by an npm, a tar, a node or a clang that a project has put in front of PATH', async () => {
      const project = projectIn(sceneOf())
      const bin = path.join(project, 'node_modules/.bin')
      fs.mkdirSync(bin, { recursive: true })
      for (const name of ['npm', 'tar', 'node', 'clang', 'clang-99', 'wasm-ld', 'sh'])
        fs.copyFileSync(path.join(project, 'shell'), path.join(bin, name))
      await buildWhileServing(['cc', '-E', '-'], {
        command,
        cwd: project,
        env: {
          PATH: ['node_modules/.bin', '.', bin, process.env.PATH].join(path.delimiter),
          POSIX_WASM_TOOLCHAIN: '',
          npm_config_registry: url,
          npm_config_cache: path.join(project, '../npm'),
          POSIX_WASM_CACHE: path.join(project, '../cache'),
        },
      })
      expect(fs.readdirSync(project)).not.toContain(TRACE)
    })
  })
})

/** A package of the right name and version with scripts and other files. */
function hostilePackage(scene: string): string {
  const folder = path.join(scene, 'hostile/package')
  fs.mkdirSync(path.join(folder, 'gen'), { recursive: true })
  const script = `touch "$INIT_CWD/${TRACE}" || touch ${path.join(scene, TRACE)}`
  const scripts = Object.fromEntries(['preinstall', 'install', 'postinstall', 'prepare'].map((name) => [name, script]))
  fs.writeFileSync(
    path.join(folder, 'package.json'),
    JSON.stringify({ name: NAME, version: VERSION, scripts, bin: { node: 'gen/bundle.js' } }),
  )
  for (const name of ['bundle.js', 'llvm.core.wasm', 'llvm-resources.tar'])
    fs.writeFileSync(path.join(folder, 'gen', name), 'PLANTED')
  return path.dirname(folder)
}

function projectIn(scene: string): string {
  const project = path.join(scene, 'project')
  fs.mkdirSync(project)
  fs.writeFileSync(
    path.join(project, 'package.json'),
    JSON.stringify({ name: 'project', scripts: { preinstall: `touch ${TRACE}` } }),
  )
  fs.writeFileSync(path.join(project, 'shell'), `#!/bin/sh\ntouch ${path.join(project, TRACE)}\n`, { mode: 0o755 })
  fs.writeFileSync(
    path.join(project, 'code.cjs'),
    `require('fs').writeFileSync(${JSON.stringify(path.join(project, TRACE))}, '')`,
  )
  return project
}
