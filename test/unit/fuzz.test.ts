import { describe, test } from 'vitest'
import { fuzzCalls } from '../support/fuzz.js'

describe.each([
  ['posix_sockets', 60_000, false],
  ['posix_sockets', 20_000, true],
  ['wasi_snapshot_preview1', 60_000, false],
  ['wasi_snapshot_preview1, other dialects', 60_000, false],
  ['wasi_snapshot_preview1, other dialects', 20_000, true],
  ['wasix_32v1', 60_000, false],
] as const)('%s', (which, count, trace) => {
  test(`keeps its promises over ${count} calls at random${trace ? ', traced' : ''}`, { timeout: 120_000 }, async () => {
    await fuzzCalls(which, { count, trace, seed: which.length })
  })
})
