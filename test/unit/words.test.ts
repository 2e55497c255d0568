import { expect, test } from 'vitest'
import { optionGroups } from '../../src/cli/manual/table.js'
import { buildProgram } from '../../src/cli/program.js'
import { understood } from '../../src/cli/words.js'

test.each([
  ['a.wasm -h', { line: ['a.wasm', '-h'] }],
  ['run a.wasm', { line: ['a.wasm'], saysRun: true }],
  ['run help', { line: ['help'], saysRun: true }],
  ['run -h', { line: ['-h'], saysRun: true, question: 'help' }],
  ['help', { line: ['help'], question: 'help' }],
  ['help version', { line: ['help', 'version'], question: 'help' }],
  ['help cc', { line: ['cc', '--help'] }],
  ['help recording show', { line: ['recording', 'show', '--help'] }],
  ['version -v', { line: ['version', '-v'], question: 'version' }],
])('posix-wasm %s', (line, expected) => {
  expect(understood(line.split(' '))).toEqual(expected)
})

test('the help has every option that is parsed, with its value, and no other', () => {
  const parsed = buildProgram({
    ...{ guestThread: undefined, threads: undefined },
    questions: () => import('../../src/cli/manual/questions.js'),
  }).options.map(({ flags }) => flags)
  const written = optionGroups([], []).flatMap(({ rows }) =>
    rows.map(({ names, value }) => (value === undefined ? names : `${names} ${value}`)),
  )
  expect(written.sort()).toEqual(parsed.sort())
})
