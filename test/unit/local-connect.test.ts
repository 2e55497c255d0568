import { describe, expect, test } from 'vitest'
import type { Input } from '../../src/network/network.js'
import { SysError } from '../../src/posix/errno.js'
import { Sockets } from '../../src/posix-sockets/sockets.js'
import { fakeNetwork, fakeWorld } from '../support/fake-network.js'
import { errnoOf } from '../support/ruled-scene.js'

const to = { family: 'unix', path: '/run/app' } as const

/** A local socket, and a listener that has room at the given attempt. */
function guest(roomAt: number, nonBlocking = false) {
  const world = fakeWorld()
  let attempts = 0
  const { network, inputsOf } = fakeNetwork({
    open: () => 7,
    connect() {
      if (++attempts < roomAt) throw new SysError('EAGAIN')
      return true
    },
    wait({ timeoutMs }) {
      world.pass(timeoutMs)
      return []
    },
    getOption: () => false,
  })
  const sockets = new Sockets({ network, world })
  const fd = sockets.socket({ family: 'unix', type: 'stream', nonBlocking })
  const begun = world.now()
  const connect = () => errnoOf(() => sockets.run(sockets.connect(fd, to)))
  const rests = () => (inputsOf('wait') as Input<'wait'>[]).map(({ on, timeoutMs }) => [on.length, timeoutMs])
  return { sockets, fd, connect, rests, attempts: () => attempts, elapsedMs: () => world.now() - begun }
}

describe('connecting to a local listener whose queue is full', () => {
  test('does not wait where the socket does not block', () => {
    const { connect, attempts, rests } = guest(2, true)
    expect([connect(), attempts(), rests()]).toEqual(['EAGAIN', 1, []])
    expect(connect()).toBe('yes')
  })

  test('rests between attempts, longer and longer', () => {
    const { connect, rests } = guest(8)
    expect([connect(), rests()]).toEqual(['yes', [1, 2, 4, 8, 16, 20, 20].map((ms) => [0, ms])])
  })

  test('waits as long as SO_SNDTIMEO says', () => {
    const { sockets, fd, connect, attempts, elapsedMs } = guest(Number.POSITIVE_INFINITY)
    sockets.run(sockets.setsockopt(fd, 'SO_SNDTIMEO', 1000))
    expect([connect(), elapsedMs()]).toEqual(['EAGAIN', 1000])
    expect(attempts()).toBeLessThan(60)
    expect([connect(), elapsedMs()]).toEqual(['EAGAIN', 2000])
  })
})
