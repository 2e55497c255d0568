import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import vm from 'node:vm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeAttacksOutside } from '../../support/attack.js'
import { giveAway, isRoot, sayIfNotRoot } from '../../support/users.js'
import { PlantedCode } from './planted-code.js'

/* Code that another user has put where compiled code is kept must not run. */
const isKept = 'constants' in vm // since Node 20.12
if (!isKept) console.log('skipped: the attacks on compiled code, since none is kept on this Node')
sayIfNotRoot('compile caches of another user')

interface Plant {
  /** Puts the attacker's code somewhere, and returns the victim's environment. */
  readonly plant: (scene: string, code: PlantedCode) => Record<string, string>
  /** Whether another user must be had. */
  readonly byOther?: boolean
}

const cacheOf = (home: string) => path.join(home, '.cache/posix-wasm/compiled')

/** A home whose cache is the attacker's code, changed by `change`. */
const inHome =
  (change: (cache: string, home: string) => void) =>
  (scene: string, code: PlantedCode): Record<string, string> => {
    const home = path.join(scene, 'home')
    code.placeIn(cacheOf(home))
    tighten(home)
    change(cacheOf(home), home)
    return { HOME: home }
  }

/** What `umask` is for the person who runs the tests says nothing of the attack. */
function tighten(folder: string): void {
  fs.chmodSync(folder, 0o700)
  for (const name of fs.readdirSync(folder)) {
    const entry = path.join(folder, name)
    if (fs.lstatSync(entry).isDirectory()) tighten(entry)
  }
}

const chmod = (mode: number, part: string) => inHome((_, home) => fs.chmodSync(path.join(home, part), mode))
const chown = (part: string) => inHome((_, home) => giveAway(path.join(home, part)))

const plants: Record<string, Plant> = {
  'in the default place of Node, below the temporary directory': {
    plant: (scene, code) => {
      code.placeIn(path.join(scene, 'node-compile-cache'))
      fs.chmodSync(scene, 0o1777)
      return { TMPDIR: scene, HOME: path.join(scene, 'nowhere') }
    },
  },
  'the same, without a home': {
    plant: (scene, code) => {
      code.placeIn(path.join(scene, 'node-compile-cache'))
      return { TMPDIR: scene }
    },
  },
  'in a cache that all may write': { plant: chmod(0o777, '.cache/posix-wasm/compiled') },
  'in a cache that a group may write': { plant: chmod(0o770, '.cache/posix-wasm/compiled') },
  'in a cache that all may write, with the sticky bit': { plant: chmod(0o1777, '.cache/posix-wasm/compiled') },
  'in a cache whose parent all may write': { plant: chmod(0o777, '.cache/posix-wasm') },
  'in a cache whose grandparent all may write': { plant: chmod(0o777, '.cache') },
  'in a home that all may write': { plant: chmod(0o777, '.') },
  'in a home that a group may write': { plant: chmod(0o775, '.') },
  'in a cache of another user': { plant: chown('.cache/posix-wasm/compiled'), byOther: true },
  'in a cache whose parent is of another user': {
    plant: inHome((cache) => fs.chownSync(path.dirname(cache), 65534, 65534)),
    byOther: true,
  },
  'in the home of another user, as with sudo': { plant: chown('.'), byOther: true },
  'in a sticky folder of another user': {
    plant: inHome((_, home) => {
      fs.chmodSync(path.join(home, '.cache'), 0o1777)
      fs.chownSync(path.join(home, '.cache'), 65534, 65534)
    }),
    byOther: true,
  },
  'behind a link in place of the cache': {
    plant: inHome((cache) => {
      fs.renameSync(cache, `${cache}-elsewhere`)
      fs.symlinkSync(`${cache}-elsewhere`, cache)
    }),
  },
  'behind a link that leads through a folder of all': {
    plant: inHome((cache, home) => {
      const shared = path.join(home, '../shared')
      fs.mkdirSync(shared)
      fs.chmodSync(shared, 0o777)
      fs.renameSync(path.dirname(cache), path.join(shared, 'posix-wasm'))
      fs.symlinkSync('../../shared/posix-wasm', path.dirname(cache))
    }),
  },
  'behind a link of another user, in a sticky folder': {
    plant: inHome((cache, home) => {
      fs.renameSync(path.dirname(cache), path.join(home, 'mine'))
      fs.symlinkSync('../mine', path.dirname(cache))
      fs.lchownSync(path.dirname(cache), 65534, 65534)
      fs.chmodSync(path.join(home, '.cache'), 0o1777)
    }),
    byOther: true,
  },
  'in the working directory, which a relative XDG_CACHE_HOME names': {
    plant: (scene, code) => {
      code.placeIn(path.join(scene, 'posix-wasm/compiled'))
      return { XDG_CACHE_HOME: '.' }
    },
  },
  'in the working directory, which a relative HOME names': {
    plant: (scene, code) => {
      code.placeIn(cacheOf(scene))
      return { HOME: '.' }
    },
  },
  'in the working directory, which a relative POSIX_WASM_CACHE names': {
    plant: (scene, code) => {
      code.placeIn(path.join(scene, 'compiled'))
      return { POSIX_WASM_CACHE: '.' }
    },
  },
  'below an XDG_CACHE_HOME that all may write': {
    plant: (scene, code) => {
      code.placeIn(path.join(scene, 'posix-wasm/compiled'))
      fs.chmodSync(scene, 0o777)
      return { XDG_CACHE_HOME: scene }
    },
  },
}

describeAttacksOutside('compiler', () => {
  describe.skipIf(!isKept)('compiled code', () => {
    let code: PlantedCode
    let folder = ''
    beforeAll(() => {
      folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-planted-')))
      code = new PlantedCode(folder)
    })
    afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))
    const sceneOf = () => fs.mkdtempSync(path.join(folder, 'scene-'))

    test('runs if the user names the folder: the plant is a real one', () => {
      const cache = path.join(sceneOf(), 'cache')
      code.placeIn(path.join(cache, 'compiled'))
      tighten(cache)
      expect(code.run({ POSIX_WASM_CACHE: cache }).stdout).toBe('PLANTED')
    })

    test('runs from a cache that only this user can write: each plant below would run without the check', () => {
      const scene = sceneOf()
      expect(code.run(inHome(() => {})(scene, code), scene).stdout).toBe('PLANTED')
    })

    for (const [name, { plant, byOther = false }] of Object.entries(plants))
      test.skipIf(byOther && !isRoot)(name, () => {
        const scene = sceneOf()
        const { status, stdout, stderr } = code.run(plant(scene, code), scene)
        expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' })
      })

    test('is kept for this user alone, for all threads', () => {
      const home = sceneOf()
      expect(code.run({ HOME: home }).status).toBe(0)
      expect(fs.statSync(cacheOf(home)).mode & 0o777).toBe(0o700)
      const entries = fs.readdirSync(cacheOf(home), { recursive: true, withFileTypes: true })
      expect(entries.map((entry) => entry.name.split('-')[0]).sort()).toEqual(['guest', 'helper', 'program'])
      for (const { name } of entries) expect(fs.statSync(path.join(cacheOf(home), name)).mode & 0o777).toBe(0o600)
    })

    test.each([
      ['a home that does not exist', (scene: string) => ({ HOME: path.join(scene, 'nowhere') })],
      ['a file in place of the home', (scene: string) => ({ HOME: writeFile(scene, 'home') })],
      ['a file in place of the cache', (scene: string) => ({ HOME: path.dirname(writeFile(scene, '.cache')) })],
      ['no variable at all', () => ({})],
      ['links in a circle', (scene: string) => ({ HOME: circle(scene) })],
    ])('is not kept, silently, with %s', (_, envOf) => {
      const scene = sceneOf()
      const { status, stdout, stderr } = code.run(envOf(scene), scene)
      expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' })
      expect(fs.readdirSync(scene).filter((entry) => entry === 'nowhere')).toEqual([])
    })
  })
})

function writeFile(folder: string, name: string): string {
  const file = path.join(folder, name)
  fs.writeFileSync(file, '')
  return file
}

function circle(folder: string): string {
  fs.symlinkSync('there', path.join(folder, 'here'))
  fs.symlinkSync('here', path.join(folder, 'there'))
  return path.join(folder, 'here')
}
