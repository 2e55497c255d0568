import { expect, test } from 'vitest'
import { foreseesThread } from '../../src/cli/foreseen.js'

test.each([
  ['a run in worker mode', '--mode worker a.wasm', {}, true],
  ['the same, spelled otherwise', '--mode=native a.wasm 80', {}, true],
  ['a mode of the environment', 'a.wasm', { POSIX_WASM_MODE: 'native' }, true],
  ['a run that is suspended', '--mode suspend a.wasm', {}, false],
  ['one that is by the environment', 'a.wasm', { POSIX_WASM_MODE: 'suspend' }, false],
  ['a flag, which comes before the environment', '--mode=worker a.wasm', { POSIX_WASM_MODE: 'suspend' }, true],
  ['another subcommand', 'inspect a.wasm', {}, false],
  ['a question', '--mode worker --help', {}, false],
  ['nothing at all', '', {}, false],
])('%s', (_, line, env, foreseen) => {
  expect(foreseesThread(line.split(' ').filter(Boolean), env)).toBe(foreseen)
})
