import { describe, test } from 'vitest'
import { testNetwork } from './conformance/suite.js'
import { nativeHere, nativeNetwork } from './support/native.js'
import { partial } from './support/partial.js'

for (const library of ['koffi', 'node:ffi'] as const) {
  const means = nativeHere(library)
  if (typeof means === 'string') {
    describe('the system by ' + library, () => test.skip(means, () => {}))
    continue
  }
  testNetwork(`the system's own calls, by ${library}`, () => nativeNetwork(means))
  testNetwork(
    `the system's own calls, by ${library}, with every read and write made partial`,
    () => nativeNetwork(means),
    partial,
  )
}
