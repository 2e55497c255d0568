import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { LLVM_KEY } from '../../../src/toolchain/llvm-files.js'
import { describeAttacksOutside } from '../../support/attack.js'
import { giveAway, isRoot, OTHER_USER, sayIfNotRoot } from '../../support/users.js'
import { build, oneLine, scenes, soundCache } from './scene.js'

/* The cache holds headers, libraries and a socket: in one that another user can write, nothing is run or linked. */
sayIfNotRoot('caches of another user')

interface Plant {
  readonly named: string
  /** Changes a sound cache, the folder `mine/cache` of the scene. */
  readonly change: (cache: string, scene: string) => void
  /** Names the cache; by default POSIX_WASM_CACHE does. */
  readonly env?: (cache: string, scene: string) => Record<string, string | undefined>
  readonly told: RegExp
  readonly byOther?: boolean
}

const ownCache = (cache: string) => ({ POSIX_WASM_CACHE: cache })

const plants: Plant[] = [
  {
    named: 'that all may write',
    change: (cache) => fs.chmodSync(cache, 0o777),
    told: /cache can be written by other users\. Set POSIX_WASM_CACHE to a folder of your own/,
  },
  {
    named: 'that a group may write',
    change: (cache) => fs.chmodSync(cache, 0o770),
    told: /can be written by other users/,
  },
  {
    named: 'that all may write, with the sticky bit',
    change: (cache) => fs.chmodSync(cache, 0o1777),
    told: /can be written by other users/,
  },
  {
    named: 'whose parent all may write',
    change: (cache) => fs.chmodSync(path.dirname(cache), 0o777),
    told: /cannot be trusted: .*mine can be written by other users/,
  },
  {
    named: 'whose parent a group may write',
    change: (cache) => fs.chmodSync(path.dirname(cache), 0o775),
    told: /cannot be trusted: .*mine can be written by other users/,
  },
  {
    named: 'of another user',
    change: (cache) => giveAway(cache),
    told: /cache belongs to another user/,
    byOther: true,
  },
  {
    named: 'in a folder of another user',
    change: (cache) => fs.chownSync(path.dirname(cache), OTHER_USER, OTHER_USER),
    told: /cannot be trusted: .*mine belongs to another user/,
    byOther: true,
  },
  {
    named: 'in a sticky folder of another user',
    change: (cache) => {
      fs.chmodSync(path.dirname(cache), 0o1777)
      fs.chownSync(path.dirname(cache), OTHER_USER, OTHER_USER)
    },
    told: /mine belongs to another user/,
    byOther: true,
  },
  {
    named: 'that is a link',
    change: (cache) => {
      fs.renameSync(cache, `${cache}-elsewhere`)
      fs.symlinkSync(`${cache}-elsewhere`, cache)
    },
    told: /cache is a symbolic link/,
  },
  {
    named: 'that is a link to nothing',
    change: (cache) => {
      fs.rmSync(cache, { recursive: true })
      fs.symlinkSync('nowhere', cache)
    },
    told: /cache is a symbolic link/,
  },
  {
    named: 'that is a file',
    change: (cache) => {
      fs.rmSync(cache, { recursive: true })
      fs.writeFileSync(cache, '')
    },
    told: /cache is no folder/,
  },
  {
    named: 'below a file',
    change: (cache) => {
      fs.rmSync(cache, { recursive: true })
      fs.writeFileSync(cache, '')
    },
    env: (cache) => ({ POSIX_WASM_CACHE: path.join(cache, 'below') }),
    told: /ENOTDIR/,
  },
  {
    named: 'behind a link of another user',
    change: (cache, scene) => {
      fs.chmodSync(scene, 0o1777)
      fs.symlinkSync(path.dirname(cache), path.join(scene, 'link'))
      fs.lchownSync(path.join(scene, 'link'), OTHER_USER, OTHER_USER)
    },
    env: (_, scene) => ({ POSIX_WASM_CACHE: path.join(scene, 'link/cache') }),
    told: /link is a link of another user/,
    byOther: true,
  },
  {
    named: 'behind links in a circle',
    change: (_, scene) => {
      fs.symlinkSync('two', path.join(scene, 'one'))
      fs.symlinkSync('one', path.join(scene, 'two'))
    },
    env: (_, scene) => ({ POSIX_WASM_CACHE: path.join(scene, 'one/cache') }),
    told: /too many links/,
  },
  {
    named: 'named by XDG_CACHE_HOME, that all may write',
    change: (cache, scene) => {
      fs.renameSync(cache, path.join(scene, 'posix-wasm'))
      fs.chmodSync(scene, 0o777)
    },
    env: (_, scene) => ({ POSIX_WASM_CACHE: undefined, XDG_CACHE_HOME: scene }),
    told: /can be written by other users/,
  },
  {
    named: 'in the home of another user, as with sudo',
    change: (cache) => {
      const home = path.dirname(cache)
      fs.mkdirSync(path.join(home, '.cache'))
      fs.renameSync(cache, path.join(home, '.cache/posix-wasm'))
      giveAway(home)
    },
    env: (cache) => ({ POSIX_WASM_CACHE: undefined, XDG_CACHE_HOME: undefined, HOME: path.dirname(cache) }),
    told: /belongs to another user/,
    byOther: true,
  },
]

describeAttacksOutside('compiler', () => {
  const sceneOf = scenes()

  describe('a cache', () => {
    test('that only this user can write is used', () => {
      const cache = soundCache(path.join(sceneOf(), 'mine/cache'))
      const preprocessed = build(['cc', '-E', '-P', '-'], { env: { POSIX_WASM_CACHE: cache }, input: 'one' })
      expect(preprocessed).toEqual({ code: 0, stdout: 'one\n', stderr: '' })
    })

    for (const { named, change, env = ownCache, told, byOther = false } of plants)
      test.skipIf(byOther && !isRoot)(named, () => {
        const scene = sceneOf()
        const cache = soundCache(path.join(scene, 'mine/cache'))
        change(cache, scene)
        const { code, stdout, stderr } = build(['cc', '-E', '-P', '-'], {
          env: env(cache, scene),
          cwd: scene,
          input: 'one',
        })
        expect({ code, stdout }).toEqual({ code: 127, stdout: '' })
        expect(stderr).toMatch(oneLine(told))
      })

    test('below a relative HOME or XDG_CACHE_HOME is not looked at: the working directory may be another user’s', () => {
      const scene = sceneOf()
      soundCache(path.join(scene, 'posix-wasm'))
      soundCache(path.join(scene, '.cache/posix-wasm'))
      const env = { POSIX_WASM_CACHE: undefined, XDG_CACHE_HOME: '.', HOME: '.' }
      const { code, stderr } = build(['cc', '-E', '-'], { env, cwd: scene })
      expect(code).toBe(127)
      expect(stderr).toMatch(oneLine(/there is no folder for the cache: set POSIX_WASM_CACHE/))
    })

    test.each([
      ['sysroot', 'sysroot-22.0.0-git20542-10'],
      ['compiler', 'llvm-22.0.0-git20542-10'],
    ])('with a %s under the name that was used before the content was checked is not used', (_, name) => {
      const cache = soundCache(path.join(sceneOf(), 'cache'))
      fs.mkdirSync(path.join(cache, name, 'include'), { recursive: true })
      fs.writeFileSync(path.join(cache, name, 'include/stdio.h'), 'PLANTED')
      const { code, stdout } = build(['cc', '-E', '-'], {
        env: { POSIX_WASM_CACHE: cache },
        input: '#include <stdio.h>',
      })
      expect(code).toBe(0)
      expect(stdout).not.toContain('PLANTED')
      expect(stdout).toContain(`sysroot-${LLVM_KEY}`)
    })
  })
})
