import type { LinkOptions } from '../../src/network/virtual/links.js'
import { virtualNetwork } from '../../src/network/virtual/virtual-network.js'
import { testNetwork } from '../conformance/suite.js'
import { partial } from '../support/partial.js'

/** A host whose way to itself is as good as `link` says. */
const host = (link: LinkOptions) => () => {
  const net = virtualNetwork({ seed: 11 })
  const here = net.host('here', ['10.0.0.1', 'fd00::1'])
  net.link(here, here, link)
  return here.driver()
}

testNetwork('the network in memory, with every read and write made partial', host({}), partial)
testNetwork('the network in memory, over a long way', host({ latencyMs: 80 }))
testNetwork('the network in memory, over a narrow way', host({ latencyMs: 1, bytesPerSecond: 1e6 }))
