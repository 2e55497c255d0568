import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hostFiles } from '../../../src/wasi/host-files.js'
import { memoryFiles } from '../../../src/wasi/memory-files.js'
import { describeAttacks, describeAttacksOutside } from '../../support/attack.js'
import { runOverFiles } from '../../support/here.js'
import { attemptsIn, outputOf } from './outside.js'
import { Stale, ways } from './stale-native.js'

/*
 * A directory that a guest has open is the same directory whatever becomes of its names: no link, and no other directory, that takes its
 * place is reached by its descriptor. A guest has to print what the same program prints natively.
 */
const stale = new Stale('stale')
beforeAll(() => stale.prepare(), 120_000)
afterAll(() => stale.outside.remove())

/** What is `ENOENT` where a directory that was removed is kept by names; Linux still has it, empty. */
const gone = ['open itself', 'list']

function attacks(run: (data: string, way: string) => Promise<string>, isByNames = false) {
  describe.each(ways)('by the descriptor of a directory that is %s', (way) => {
    let found: Record<string, string> = {}
    beforeAll(async () => {
      found = await stale.attempt((data) => run(data, way))
    })
    test.each(attemptsIn('stale'))('%s', (each) => {
      const isGap = isByNames && /^re(moved|placed)/.test(way) && gone.includes(each)
      expect(found[each]).toBe(isGap ? 'ENOENT' : stale.native[way]?.[each])
    })
  })
}

describeAttacks('directories', (mode) =>
  attacks((data, way) => outputOf(stale.guest, { mode, dirs: { '/data': data }, args: ['/data', way] })),
)

describeAttacksOutside('directories', () => {
  const byNames = (data: string) => hostFiles({ '/data': data }, { byDescriptor: false })
  describe('kept by their names', () =>
    attacks((data, way) => runOverFiles(stale.guest, byNames(data), ['/data', way]), true))

  describe('in memory', () => attacks((_, way) => runOverFiles(stale.guest, memoryFiles(), ['/', way]), true))
})
