import { execFileSync } from 'node:child_process'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hostFiles } from '../../../src/wasi/host-files.js'
import { memoryFiles } from '../../../src/wasi/memory-files.js'
import { describeAttacks, describeAttacksOutside } from '../../support/attack.js'
import { runOverFiles } from '../../support/here.js'
import { compileFrom } from '../../support/wasi-programs.js'
import { attemptsIn, linesOf, Outside, outputOf } from './outside.js'

/*
 * A directory that a guest has open is the same directory whatever becomes of its names: no link, and no other directory, that takes its
 * place is reached by its descriptor. A guest has to print what the same program prints natively.
 */
const ways = [
  'renamed',
  'removed',
  'removed, a link in its place',
  'removed, another in its place',
  'renamed, a link in its place',
  'renamed above, a link in its place',
  'renamed, another in its place',
  'replaced by rename',
] as const

const outside = new Outside('stale')
let program = ''
const native: Partial<Record<string, Record<string, string>>> = {}
beforeAll(async () => {
  program = (await compileFrom('test/attack/guests', ['stale']))['stale'] as string
  const binary = outside.at('stale')
  execFileSync('gcc', ['-D_GNU_SOURCE', '-O1', '-o', binary, path.resolve('test/attack/guests/stale.c')])
  for (const way of ways) native[way] = await attempt((data) => execFileSync(binary, [data, way], { encoding: 'utf8' }))
}, 120_000)
afterAll(() => outside.remove())

/** Runs the program in a new directory beside secrets. */
async function attempt(run: (data: string) => Promise<string> | string): Promise<Record<string, string>> {
  const data = outside.lay()
  const lines = linesOf(await run(data))
  expect(outside.differences()).toEqual([])
  return lines
}

/** What is `ENOENT` where a directory that was removed is kept by names; Linux still has it, empty. */
const gone = ['open itself', 'list']

function attacks(run: (data: string, way: string) => Promise<string>, isByNames = false) {
  describe.each(ways)('by the descriptor of a directory that is %s', (way) => {
    let found: Record<string, string> = {}
    beforeAll(async () => {
      found = await attempt((data) => run(data, way))
    })
    test.each(attemptsIn('stale'))('%s', (each) => {
      const isGap = isByNames && /^re(moved|placed)/.test(way) && gone.includes(each)
      expect(found[each]).toBe(isGap ? 'ENOENT' : native[way]?.[each])
    })
  })
}

describeAttacks('directories', (mode) =>
  attacks((data, way) => outputOf(program, { mode, dirs: { '/data': data }, args: ['/data', way] })),
)

describeAttacksOutside('directories', () => {
  describe('kept by their names', () =>
    attacks(
      (data, way) => runOverFiles(program, hostFiles({ '/data': data }, { byDescriptor: false }), ['/data', way]),
      true,
    ))

  describe('in memory', () => attacks((_, way) => runOverFiles(program, memoryFiles(), ['/', way]), true))
})
