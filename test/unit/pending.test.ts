import { describe, expect, test } from 'vitest'
import { AGAIN, DRAINED, type Handle } from '../../src/network/network.js'
import type { Address } from '../../src/posix/address.js'
import { POLLHUP, POLLIN, POLLOUT } from '../../src/posix/constants.js'
import { SysError } from '../../src/posix/errno.js'
import { errnoOf, limitedScene } from '../support/limited-scene.js'

const LIMIT = { pendingBytes: 1000 }
const peer: Address = { family: 'inet', host: '192.0.2.1', port: 80 }

/** Sockets of which nothing is out until `drain`. */
function pending(answers: Parameters<typeof limitedScene>[1] = {}) {
  const scene = limitedScene(LIMIT, { available: () => 0, ...answers })
  const drain = (handle: Handle, also = 0) => scene.set(handle, POLLOUT | DRAINED | also)
  const stream = () => {
    const handle = scene.stream()
    scene.set(handle, POLLOUT)
    return handle
  }
  return { ...scene, stream, drain }
}

describe('what is sent and not out', () => {
  test('is so much, over all sockets, and then waits', () => {
    const { stream, send, told, inputsOf } = pending()
    const [one, two] = [stream(), stream()]
    expect([send(one, 700), told]).toEqual([700, []])
    expect([send(two, 700), send(two, 1), send(one, 1), send(one, 0)]).toEqual([300, AGAIN, AGAIN, 0])
    expect(told).toEqual([['pendingBytes', 1000]])
    const sizes = inputsOf('send').map((input) => (input as { data: Uint8Array }).data.length)
    expect(sizes).toEqual([700, 300, 0])
  })

  test('counts no more when it is out, or its socket is closed', () => {
    const { stream, send, drain, network } = pending()
    const [one, two] = [stream(), stream()]
    expect([send(one, 600), send(two, 400), send(two, 9)]).toEqual([600, 400, AGAIN])
    drain(one)
    expect([send(two, 2000), send(one, 1)]).toEqual([600, AGAIN])
    network('close', { handle: two, abort: false })
    expect(send(one, 5000)).toBe(1000)
  })

  test('is asked about only where there would be no room', () => {
    const { stream, send, innerWaits } = pending()
    const handle = stream()
    for (let turn = 0; turn < 10; turn++) send(handle, 100)
    expect(innerWaits()).toEqual([])
  })

  test('counts as far as the network has taken it', () => {
    let takes: number | typeof AGAIN = AGAIN
    const { stream, send } = pending({ send: () => takes })
    const handle = stream()
    expect([send(handle, 1000), send(handle, 1000)]).toEqual([AGAIN, AGAIN])
    takes = 600
    expect([send(handle, 1000), send(handle, 400)]).toEqual([600, 600])
  })

  test('is free in pipes and pairs', () => {
    const { network, send } = pending()
    for (const handle of [...network('pipe', {}), ...network('pair', { type: 'stream' })])
      expect(send(handle, 5000)).toBe(5000)
  })

  test('of datagrams goes whole or not at all; one that can never go says so', () => {
    const { datagram, send, drain } = pending()
    const handle = datagram()
    expect([send(handle, 700), send(handle, 400), send(handle, 300)]).toEqual([700, AGAIN, 300])
    drain(handle)
    expect([send(handle, 1000), errnoOf(() => send(handle, 1001))]).toEqual([1000, 'EMSGSIZE'])
  })
})

describe('a wait of who was stopped', () => {
  const stopped = (answers = {}) => {
    const scene = pending(answers)
    const [handle, other] = [scene.stream(), scene.stream()]
    scene.send(other, 600)
    scene.send(handle, 500)
    return { ...scene, handle, other }
  }

  test.each(['handle', 'other'] as const)('is over when something is out: of %s', (who) => {
    const scene = stopped()
    const { handle, waits, send, later, drain, innerWaits } = scene
    later(500, () => drain(scene[who]))
    expect(waits([{ handle, events: POLLOUT }])).toEqual({ found: [{ handle, events: POLLOUT }], ms: 500 })
    expect(send(handle, 100)).toBe(100)
    expect(innerWaits().length).toBeLessThan(70) // a look each 20 ms, at most
  })

  test('ends with its own time', () => {
    const { handle, waits } = stopped()
    expect(waits([{ handle, events: POLLOUT }], 50)).toEqual({ found: [], ms: 50 })
    expect(waits([{ handle, events: POLLOUT }], 0)).toEqual({ found: [], ms: 0 })
  })

  test('tells of all else at once, with its tag', () => {
    const { handle, other, waits, set, later } = stopped()
    later(7, () => set(other, POLLIN))
    const on = [
      { handle, events: POLLOUT, tag: 3 },
      { handle: other, events: POLLIN, tag: 4 },
    ]
    expect(waits(on)).toEqual({ found: [{ handle: other, events: POLLIN, tag: 4 }], ms: 7 })
  })

  test('does not spin where a hang-up holds', () => {
    const { handle, other, waits, set, later, drain, innerWaits } = stopped()
    set(other, POLLHUP)
    later(400, () => drain(handle))
    expect(waits([{ handle, events: POLLOUT }]).ms).toBe(400)
    expect(innerWaits().length).toBeLessThan(60)
  })

  test('of a datagram that needs more room lasts longer', () => {
    const { network, datagram, set, send, stream, waits, later, drain } = pending()
    const [small, large, handle] = [stream(), stream(), datagram()]
    set(handle, POLLOUT)
    expect([send(small, 100), send(large, 900), send(handle, 500)]).toEqual([100, 900, AGAIN])
    later(30, () => drain(small))
    later(300, () => drain(large))
    expect(waits([{ handle, events: POLLOUT }])).toEqual({ found: [{ handle, events: POLLOUT }], ms: 300 })
    expect(network('send', { handle, data: new Uint8Array(500) })).toBe(500)
  })

  test('who was not stopped is told as ever: of a connection that is made', () => {
    const { waits, stream } = stopped()
    const fresh = stream()
    expect(waits([{ handle: fresh, events: POLLOUT }]).ms).toBe(0)
  })

  test('nor is one kept waiting that begins TLS', () => {
    const { handle, network, waits } = stopped({ startTls: () => AGAIN })
    network('startTls', { handle, role: 'client', hostname: '', protocols: [], verifies: true })
    expect(waits([{ handle, events: POLLOUT }]).ms).toBe(0)
  })

  test('waiting for news, it is told once', () => {
    const { stream, send, drain, watcher } = pending()
    const [handle, other] = [stream(), stream()]
    const news = watcher(handle, POLLOUT)
    expect([news(), send(other, 600), send(handle, 500), news(30)]).toEqual([POLLOUT, 600, 400, 0])
    drain(other)
    expect([news(100), news(), news(100)]).toEqual([POLLOUT, 0, 0])
  })

  test('so it is where another socket is closed', () => {
    const { stream, send, network, watcher } = pending()
    const [handle, other] = [stream(), stream()]
    const news = watcher(handle, POLLOUT)
    expect([news(), send(other, 1000), send(handle, 1), news(30)]).toEqual([POLLOUT, 1000, AGAIN, 0])
    network('close', { handle: other, abort: true })
    expect([news(100), news()]).toEqual([POLLOUT, 0])
  })

  test('and a datagram that needs more room than there is for others is told when there is', () => {
    const { stream, datagram, set, send, drain, watcher } = pending()
    const [small, large, handle] = [stream(), stream(), datagram()]
    set(handle, POLLOUT)
    const [news, others] = [watcher(handle, POLLOUT), watcher(small, POLLOUT)]
    expect([news(), others(), send(small, 100), send(large, 900)]).toEqual([POLLOUT, POLLOUT, 100, 900])
    expect([send(handle, 500), send(small, 1)]).toEqual([AGAIN, AGAIN])
    drain(small)
    expect([others(30), news(30)]).toEqual([POLLOUT, 0])
    drain(large)
    expect([news(30), news()]).toEqual([POLLOUT, 0])
  })
})

describe('what lies unread', () => {
  const unreadBeside = (unread: () => number) => {
    const queue = [{ handle: 50, peer }]
    const scene = pending({ available: () => unread(), accept: () => queue.shift() ?? AGAIN })
    return { ...scene, queue }
  }

  test('keeps further sockets from being opened, over all of them', () => {
    let unread = 0
    const { stream, send, world, told } = unreadBeside(() => unread)
    send(stream(), 1000) // which is another matter
    stream()
    unread = 499
    world.pass(10)
    expect(errnoOf(stream)).toBe('none')
    unread = 334
    world.pass(10)
    expect([errnoOf(stream), told]).toEqual(['ENOBUFS', [['pendingBytes', 1000]]])
    unread = 0
    world.pass(10)
    expect(errnoOf(stream)).toBe('none')
  })

  test('keeps connections in the queue', () => {
    let unread = 1000
    const { stream, network, world, queue } = unreadBeside(() => unread)
    const handle = stream()
    world.pass(10)
    expect([errnoOf(() => network('accept', { handle })), queue.length]).toEqual(['ENOBUFS', 1])
    unread = 10
    world.pass(10)
    expect(network('accept', { handle })).toEqual({ handle: 50, peer })
  })

  test('does not keep anybody from sending: who cannot send might never read', () => {
    const { stream, send, world } = unreadBeside(() => 5000)
    const handle = stream()
    world.pass(10)
    expect(send(handle, 1000)).toBe(1000)
  })

  test('is nothing where there is no connection; a bug is none of its errors', () => {
    let error: Error = new SysError('ENOTCONN')
    const { stream, world } = pending({
      available: () => {
        throw error
      },
    })
    stream()
    world.pass(10)
    expect(errnoOf(stream)).toBe('none')
    error = new TypeError('a bug')
    world.pass(10)
    expect(stream).toThrow(TypeError)
  })
})
