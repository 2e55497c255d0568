import { afterAll, beforeAll, beforeEach, describe } from 'vitest'
import type { Network, NetworkDriver } from '../../src/network/network.js'
import { testDatagrams } from './datagrams.js'
import { testNews } from './news.js'
import { testPipes } from './pipes.js'
import { testRest } from './rest.js'
import { sceneOf } from './scene.js'
import { testStreams } from './streams.js'
import { testTls } from './tls.js'

/** What networks are known not to do, by how their names begin. */
const knownGaps: readonly { network: string; reason: string; tests: readonly string[] }[] = [
  {
    network: 'the network in memory',
    reason: 'TLS is asynchronous, and its guest blocks the thread: it answers EOPNOTSUPP to startTls',
    tests: ['it goes out after what was sent, and a peer that does not speak it ends the connection'],
  },
]

/** What a network must do, whichever it is. */
export function testNetwork(
  name: string,
  make: () => NetworkDriver,
  decorate: (network: Network) => Network = (same) => same,
) {
  describe(name, () => {
    let driver: NetworkDriver
    let decorated: Network
    beforeAll(() => {
      driver = make()
      decorated = decorate(driver.network)
    })
    afterAll(() => driver.close())
    beforeEach(({ task, skip }) => {
      const gap = knownGaps.find(({ network }) => name.startsWith(network))
      if (gap?.tests.includes(task.name)) skip(gap.reason)
    })
    const scene = sceneOf({
      network: (name, input) => decorated(name, input),
      plain: (name, input) => driver.network(name, input),
    })

    testStreams(scene)
    testDatagrams(scene)
    testPipes(scene)
    testNews(scene)
    testTls(scene)
    testRest(scene)
  })
}
