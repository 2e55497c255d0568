import fs from 'node:fs'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Mode } from '../../../src/host/mode.js'
import { hostFiles } from '../../../src/wasi/host-files.js'
import { describeAttacks, describeAttacksOutside } from '../../support/attack.js'
import { runOverFiles } from '../../support/here.js'
import { attemptsIn, outputOf } from './outside.js'
import { Stale, ways } from './stale-native.js'

/*
 * A directory that a guest is given is the one that it was when the guest started, although the guest, or another one, is given the
 * directory above and puts something else in its place.
 */
const stale = new Stale('grants')
beforeAll(() => stale.prepare(), 120_000)
afterAll(() => stale.outside.remove())

function attacks(run: (data: string, way: string) => Promise<string>) {
  describe.each(ways)('that is %s', (way) => {
    let found: Record<string, string> = {}
    beforeAll(async () => {
      found = await stale.attempt((data) => run(data, way))
    })
    test.each(attemptsIn('stale'))('%s', (each) => expect(found[each]).toBe(stale.native[way]?.[each]))
  })
}

const nested = (data: string) => ({ '/data': data, '/door': path.join(data, 'in/door') })

/** One guest opens the directory, and another one replaces it. */
async function byAnother(mode: Mode, data: string, way: string): Promise<string> {
  const dirs = { '/data': data }
  const attempts = outputOf(stale.guest, { mode, dirs, args: ['/data', 'another'] })
  while (!fs.existsSync(path.join(data, 'ready'))) await setTimeout(2)
  await outputOf(stale.guest, { mode, dirs, args: ['/data', way, 'only'] })
  fs.writeFileSync(path.join(data, 'go'), '')
  return attempts
}

describeAttacks('directories', (mode) => {
  describe('on a directory below another one that the guest is given', () =>
    attacks((data, way) => outputOf(stale.guest, { mode, dirs: nested(data), args: ['/data', way, '/door'] })))

  describe('on a directory that two guests have', () => attacks((data, way) => byAnother(mode, data, way)))
})

describeAttacksOutside('directories', () => {
  const byNames = (data: string) => hostFiles(nested(data), { byDescriptor: false })
  test.each(ways)(
    'a directory below another one that is %s and kept by its names is not found, or is itself',
    async (way) => {
      const run = (data: string) => runOverFiles(stale.guest, byNames(data), ['/data', way, '/door'])
      const found = await stale.attempt(run)
      for (const each of attemptsIn('stale')) {
        expect(found[each]).toBeDefined()
        expect(found[each]).not.toMatch(/secret|another one's|[1-9] of them from outside/)
      }
    },
  )
})
