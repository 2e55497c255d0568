import { testNetwork } from './conformance/suite.js'
import { forLibraries, nativeNetwork } from './support/native.js'
import { partial } from './support/partial.js'

forLibraries((library, means) => {
  testNetwork(`the system's own calls, by ${library}`, () => nativeNetwork(means))
  testNetwork(
    `the system's own calls, by ${library}, with every read and write made partial`,
    () => nativeNetwork(means),
    partial,
  )
})
