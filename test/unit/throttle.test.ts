import { describe, expect, test } from 'vitest'
import { Bucket } from '../../src/network/limits/bucket.js'
import { AGAIN, DRAINED, type Handle } from '../../src/network/network.js'
import { POLLERR, POLLHUP, POLLIN, POLLOUT, POLLRDHUP, POLLRDNORM } from '../../src/posix/constants.js'
import { fakeWorld } from '../support/fake-network.js'
import { errnoOf, limitedScene } from '../support/limited-scene.js'

/** A kilobyte a second: a burst of 100 bytes, in pieces of 20. */
const OUT = { bytesPerSecondOut: 1000 }
const IN = { bytesPerSecondIn: 1000 }

describe('a bucket', () => {
  const bucketOf = (perSecond: number, burst: number) => {
    const world = fakeWorld()
    return { world, bucket: new Bucket({ perSecond, burst }, world.now) }
  }

  test('is full at first, and never more than full', () => {
    const { world, bucket } = bucketOf(10, 5)
    expect([bucket.level, bucket.msUntil(5)]).toEqual([5, 0])
    world.pass(1e6)
    expect([bucket.level, bucket.msUntil(5)]).toEqual([5, 0])
  })

  test('fills at its rate', () => {
    const { world, bucket } = bucketOf(10, 5)
    bucket.take(5)
    expect([bucket.level, bucket.msUntil(1), bucket.msUntil(3)]).toEqual([0, 100, 300])
    world.pass(250)
    expect([bucket.level, bucket.msUntil(1), bucket.msUntil(3)]).toEqual([2.5, 0, 50])
  })

  test('makes up for what was too much', () => {
    const { world, bucket } = bucketOf(10, 5)
    bucket.take(25)
    expect([bucket.level, bucket.msUntil(1)]).toEqual([-20, 2100])
    world.pass(2100)
    expect(bucket.msUntil(1)).toBe(0)
  })

  test.each([3, 7, 999, 1e6 / 3, 1e9])('waiting for %s per second ends, whatever the fractions', (perSecond) => {
    const { world, bucket } = bucketOf(perSecond, 2)
    world.pass(1e9 / 7)
    for (let turn = 0; turn < 1000; turn++) {
      let looks = 0
      for (let ms = bucket.msUntil(1); ms > 0; ms = bucket.msUntil(1)) {
        world.pass(ms)
        if (++looks > 3) throw new Error(`${ms} ms are left`)
      }
      bucket.take(1)
    }
  })
})

describe('a stream at its rate', () => {
  test('sends as many bytes as there are, and then none', () => {
    const { network, send, stream, inputsOf } = limitedScene(OUT)
    const handle = stream()
    expect([send(handle, 70), send(handle, 70), send(handle, 70)]).toEqual([70, 30, AGAIN])
    expect(inputsOf('send').map((input) => (input as { data: Uint8Array }).data.length)).toEqual([70, 30])
    expect(network('send', { handle, data: new Uint8Array(0) })).toBe(0)
  })

  test('receives as many, and then none', () => {
    const { receive, stream } = limitedScene(IN)
    const handle = stream()
    expect([receive(handle, 70), receive(handle, 70), receive(handle, 70), receive(handle, 0)]).toEqual([
      70,
      30,
      AGAIN,
      0,
    ])
  })

  test('goes on in pieces, but for what is smaller', () => {
    const { send, stream, world } = limitedScene(OUT)
    const handle = stream()
    send(handle, 100)
    world.pass(19)
    expect([send(handle, 50), send(handle, 9), send(handle, 50)]).toEqual([AGAIN, 9, AGAIN])
    world.pass(10)
    expect(send(handle, 50)).toBe(20)
  })

  test('what the network does not take is not paid for', () => {
    let takes: number | typeof AGAIN = AGAIN
    const { send, stream } = limitedScene(OUT, { send: () => takes })
    const handle = stream()
    expect([send(handle, 100), send(handle, 100)]).toEqual([AGAIN, AGAIN])
    takes = 60
    expect([send(handle, 100), send(handle, 100), send(handle, 40)]).toEqual([60, 60, AGAIN])
  })

  test('nothing is lost in fractions, nor is a piece of no bytes sent', () => {
    for (let rate = 1; rate < 40; rate += 0.37) {
      const scene = limitedScene({ bytesPerSecondOut: rate })
      const handle = scene.stream()
      scene.set(handle, POLLOUT)
      scene.world.pass(1e9 / 7)
      for (let [sent, waits] = [0, 0]; sent < 100; ) {
        const count = scene.send(handle, 1000)
        if (count !== AGAIN) sent += count
        else if (scene.waits([{ handle, events: POLLOUT }]).found.length === 1) waits++
        expect(waits).toBeLessThanOrEqual(sent)
      }
    }
  })

  test('all sockets share one rate', () => {
    const { send, stream } = limitedScene(OUT)
    const [one, two] = [stream(), stream()]
    expect([send(one, 80), send(two, 80)]).toEqual([80, 20])
  })

  test('each direction has its own', () => {
    const { send, receive, stream } = limitedScene({ ...IN, bytesPerSecondOut: 10_000 })
    const handle = stream()
    expect([send(handle, 2000), receive(handle, 2000)]).toEqual([1000, 100])
  })

  test('a stream of the host that is adopted counts too', () => {
    expect(limitedScene(OUT).send(77, 200)).toBe(100)
  })

  test('pipes and pairs are free', () => {
    const { network, send, receive } = limitedScene({ ...IN, ...OUT, bytesIn: 1, bytesOut: 1 })
    const handles = [...network('pipe', {}), ...network('pair', { type: 'stream' })]
    for (const handle of handles) expect([send(handle, 5000), receive(handle, 5000)]).toEqual([5000, 5000])
  })

  test.each([
    ['send', OUT, POLLOUT],
    ['receive', IN, POLLIN],
  ] as const)('a %s that blocks keeps the rate, with one wait a piece', (name, limits, events) => {
    const scene = limitedScene(limits)
    const handle = scene.stream()
    scene.set(handle, events)
    const begun = scene.world.now()
    for (let done = 0; done < 10_000; ) {
      const count = scene[name](handle, 10_000 - done)
      if (count === AGAIN) expect(scene.waits([{ handle, events }]).found).toEqual([{ handle, events }])
      else done += count
    }
    expect(scene.world.now() - begun).toBeCloseTo(9900, 6)
    expect(scene.innerWaits().length).toBeLessThan(2 * 495 + 10)
  })
})

describe('datagrams at a rate', () => {
  const from = { family: 'inet', host: '192.0.2.1', port: 53 } as const

  test('are sent whole or not at all, and made up for', () => {
    const scene = limitedScene(OUT)
    const handle = scene.datagram()
    scene.set(handle, POLLOUT)
    expect([scene.send(handle, 60), scene.send(handle, 500), scene.send(handle, 1)]).toEqual([60, 500, AGAIN])
    expect(scene.waits([{ handle, events: POLLOUT }])).toEqual({ found: [{ handle, events: POLLOUT }], ms: 480 })
    expect(scene.send(handle, 500)).toBe(500)
  })

  test('wait for a piece, if they are larger', () => {
    const { datagram, send, world } = limitedScene(OUT)
    const handle = datagram()
    expect(send(handle, 90)).toBe(90)
    expect([send(handle, 500), send(handle, 10)]).toEqual([AGAIN, 10])
    world.pass(20)
    expect(send(handle, 500)).toBe(500)
  })

  test('are received whole, and paid for by their true length', () => {
    const { datagram, network, world } = limitedScene(IN, { receiveFrom: () => ({ length: 300, from }) })
    const input = { handle: datagram(), into: new Uint8Array(4), peek: false }
    expect(network('receiveFrom', input)).toEqual({ length: 300, from })
    expect(network('receiveFrom', input)).toBe(AGAIN)
    world.pass(219)
    expect(network('receiveFrom', input)).toBe(AGAIN)
    world.pass(1)
    expect(network('receiveFrom', input)).toEqual({ length: 300, from })
  })

  test('a local pair of datagrams is free', () => {
    const { network } = limitedScene({ ...IN, bytesIn: 1 }, { receiveFrom: () => ({ length: 300, from }) })
    const [handle] = network('pair', { type: 'dgram' })
    const input = { handle, into: new Uint8Array(4), peek: false }
    for (let turn = 0; turn < 3; turn++) expect(network('receiveFrom', input)).toEqual({ length: 300, from })
  })
})

describe('what is peeked at', () => {
  test('is paid for once, when it is seen first', () => {
    const { receive, stream } = limitedScene({ bytesIn: 100 })
    const handle = stream()
    expect([receive(handle, 60, true), receive(handle, 60, true), receive(handle, 80, true)]).toEqual([60, 60, 80])
    expect([receive(handle, 50), receive(handle, 50)]).toEqual([50, 50])
    expect(errnoOf(() => receive(handle, 50, true))).toBe('ENETDOWN')
  })

  test('cannot be more than could be received', () => {
    const { receive, stream } = limitedScene(IN)
    const handle = stream()
    expect([receive(handle, 5000, true), receive(handle, 5000, true)]).toEqual([100, 100])
    expect([receive(handle, 5000), receive(handle, 5000)]).toEqual([100, AGAIN])
  })

  test('of one socket pays for no other, nor for the next one of its number', () => {
    const { network, receive, stream } = limitedScene({ bytesIn: 100 })
    const [one, two] = [stream(), stream()]
    expect([receive(one, 60, true), receive(two, 60, true)]).toEqual([60, 40])
    network('close', { handle: one, abort: false })
    expect(errnoOf(() => receive(one, 1))).toBe('ENETDOWN')
  })

  test('of a datagram likewise', () => {
    const from = { family: 'inet', host: '192.0.2.1', port: 53 } as const
    const { network, datagram } = limitedScene(
      { bytesIn: 300 },
      { receiveFrom: () => ({ length: 300, from }), available: () => 300 },
    )
    const look = { handle: datagram(), into: new Uint8Array(4), peek: true }
    expect([network('receiveFrom', look), network('receiveFrom', look)]).toEqual([
      { length: 300, from },
      { length: 300, from },
    ])
    expect(network('receiveFrom', { ...look, peek: false })).toEqual({ length: 300, from })
    expect(errnoOf(() => network('receiveFrom', look))).toBe('ENETDOWN')
  })
})

describe('a total', () => {
  test('ends what is sent, after a part', () => {
    const { send, stream, told } = limitedScene({ bytesOut: 100 })
    const handle = stream()
    expect([send(handle, 70), send(handle, 70)]).toEqual([70, 30])
    expect(told).toEqual([])
    expect([errnoOf(() => send(handle, 1)), errnoOf(() => send(stream(), 1))]).toEqual(['ENETDOWN', 'ENETDOWN'])
    expect(told).toEqual([['bytesOut', 100]])
  })

  test('that has cut a part is not the fault of the rate beside it', () => {
    const { send, stream, told } = limitedScene({ ...OUT, bytesOut: 50 })
    const handle = stream()
    expect([send(handle, 70), told]).toEqual([50, []])
    expect(errnoOf(() => send(handle, 70))).toBe('ENETDOWN')
    expect(told).toEqual([['bytesOut', 50]])
  })

  test('ends what is received at the first byte beyond, not at the end before it', () => {
    let next: number | typeof AGAIN = 100
    const { receive, stream, inputsOf, told } = limitedScene({ bytesIn: 100 }, { receive: () => next })
    const handle = stream()
    expect(receive(handle, 500)).toBe(100)
    next = AGAIN
    expect(receive(handle, 500)).toBe(AGAIN)
    next = 1
    expect(errnoOf(() => receive(handle, 500))).toBe('ENETDOWN')
    next = 0
    expect(receive(handle, 500)).toBe(0)
    expect(inputsOf('receive').slice(1)).toEqual(
      new Array(3).fill({ handle, into: expect.objectContaining({ length: 1 }), peek: true }),
    )
    expect(told).toEqual([['bytesIn', 100]])
  })

  test('lets through only datagrams that fit', () => {
    const { send, datagram } = limitedScene({ bytesOut: 100 })
    const handle = datagram()
    expect(errnoOf(() => send(handle, 101))).toBe('ENETDOWN')
    expect([send(handle, 90), send(handle, 10)]).toEqual([90, 10])
    expect(errnoOf(() => send(handle, 1))).toBe('ENETDOWN')
  })

  test('leaves a datagram that does not fit where it is', () => {
    const { network, datagram, inputsOf } = limitedScene({ bytesIn: 100 }, { available: () => 101 })
    const input = { handle: datagram(), into: new Uint8Array(4), peek: false }
    expect(errnoOf(() => network('receiveFrom', input))).toBe('ENETDOWN')
    expect(inputsOf('receiveFrom')).toEqual([])
  })

  test('beside a rate, is what ends it at last', () => {
    const { send, stream, world, told } = limitedScene({ ...OUT, bytesOut: 110 })
    const handle = stream()
    expect([send(handle, 200), send(handle, 200)]).toEqual([100, AGAIN])
    world.pass(1000)
    expect(send(handle, 200)).toBe(10)
    expect(errnoOf(() => send(handle, 200))).toBe('ENETDOWN')
    expect(told).toEqual([
      ['bytesPerSecondOut', 1000],
      ['bytesOut', 110],
    ])
  })
})

describe('a wait while nothing may pass', () => {
  /** A socket that has data and room, where both buckets are empty. */
  const emptied = (holds = POLLIN | POLLOUT) => {
    const scene = limitedScene({ ...IN, bytesPerSecondOut: 500 })
    const handle = scene.stream()
    scene.set(handle, holds)
    scene.send(handle, 1000)
    scene.receive(handle, 1000)
    return { ...scene, handle }
  }

  test.each([
    ['readable', POLLIN, POLLIN, 20],
    ['writable', POLLOUT, POLLOUT, 20],
    ['readable in other words', POLLIN | POLLRDNORM, POLLIN, 20],
    ['one of both', POLLIN | POLLOUT, POLLIN | POLLOUT, 20],
  ])('is over when it is %s again, and not before', (_, events, found, ms) => {
    const { handle, waits, innerWaits } = emptied()
    expect(waits([{ handle, events }])).toEqual({ found: [{ handle, events: found }], ms })
    expect(innerWaits().length).toBeLessThanOrEqual(3)
  })

  test('ends with its own time', () => {
    const { handle, waits, innerWaits } = emptied()
    expect(waits([{ handle, events: POLLIN }], 7)).toEqual({ found: [], ms: 7 })
    expect(waits([{ handle, events: POLLIN }], 0)).toEqual({ found: [], ms: 0 })
    expect(innerWaits().map(({ timeoutMs }) => timeoutMs)).toEqual([7, 0])
  })

  test('goes on when there is nothing to receive once it may', () => {
    const { handle, waits, later, set, innerWaits } = emptied(POLLOUT)
    later(200, () => set(handle, POLLIN))
    expect(waits([{ handle, events: POLLIN }])).toEqual({ found: [{ handle, events: POLLIN }], ms: 200 })
    expect(innerWaits().length).toBeLessThanOrEqual(3)
  })

  test.each([POLLHUP | POLLIN, POLLERR | POLLIN, POLLHUP | POLLRDHUP | POLLIN])(
    'does not spin where a hang-up or an error holds: %s',
    (holds) => {
      const { handle, waits, innerWaits } = emptied(holds)
      const events = POLLIN | (holds & POLLRDHUP)
      expect(waits([{ handle, events }])).toEqual({ found: [{ handle, events: holds }], ms: 20 })
      expect(innerWaits().length).toBeLessThanOrEqual(3)
    },
  )

  test('does not tell of the end to whom it does not let read', () => {
    const { stream, set, receive, waits, innerWaits } = limitedScene(IN)
    const handle = stream()
    set(handle, POLLIN | POLLRDHUP)
    receive(handle, 100)
    const events = POLLIN | POLLRDHUP | POLLOUT
    expect(waits([{ handle, events }])).toEqual({ found: [{ handle, events: POLLIN | POLLRDHUP }], ms: 20 })
    expect(waits([{ handle, events: POLLRDHUP }])).toEqual({ found: [{ handle, events: POLLRDHUP }], ms: 0 })
    expect(innerWaits().length).toBeLessThanOrEqual(4)
  })

  test('tells of other conditions and of other sockets at once, in the order asked, with their tags', () => {
    const scene = limitedScene(IN)
    const [one, two] = [scene.stream(), scene.stream()]
    const [pipe] = scene.network('pipe', {})
    const listener = scene.stream()
    scene.network('listen', { handle: listener, backlog: 1 })
    for (const handle of [one, two, pipe, listener]) scene.set(handle, POLLIN | POLLOUT)
    scene.receive(one, 100)
    const asked = [
      { handle: two, events: POLLIN, tag: 9 },
      { handle: two, events: POLLIN | POLLOUT, tag: 8 },
      { handle: pipe, events: POLLIN },
      { handle: two, events: POLLOUT },
      { handle: listener, events: POLLIN, tag: 0 },
    ]
    const found = [
      { handle: two, events: POLLOUT, tag: 8 },
      { handle: pipe, events: POLLIN },
      { handle: two, events: POLLOUT },
      { handle: listener, events: POLLIN, tag: 0 },
    ]
    expect(scene.waits(asked)).toEqual({ found, ms: 0 })
  })

  test('is not cut by what it does not wait for', () => {
    const { handle, waits, set, later, innerWaits } = emptied(POLLIN)
    later(1000, () => set(handle, POLLOUT))
    expect(waits([{ handle, events: DRAINED }], 3)).toEqual({ found: [], ms: 3 })
    expect(innerWaits().map(({ timeoutMs }) => timeoutMs)).toEqual([3])
  })

  const tls = { role: 'client', hostname: 'a.example', protocols: [], verifies: true } as const
  test.each([
    ['connect', { to: { family: 'inet', host: '192.0.2.1', port: 80 } }],
    ['startTls', tls],
  ] as const)('does not keep a %s from being found done', (name, rest) => {
    const scene = limitedScene(OUT, { [name]: () => AGAIN })
    const [busy, handle] = [scene.stream(), scene.stream()]
    scene.send(busy, 100)
    scene.network(name, { handle, ...rest } as never)
    scene.later(5, () => scene.set(handle, POLLOUT))
    expect(scene.waits([{ handle, events: POLLOUT }]).ms).toBe(5)
    expect(scene.send(handle, 1000)).toBe(AGAIN)
    expect(scene.waits([{ handle, events: POLLOUT }]).ms).toBe(15)
  })

  test('lets a socket look whether it is connected', () => {
    const { handle, waits } = emptied()
    expect(waits([{ handle, events: POLLOUT }], 0).found).toEqual([{ handle, events: POLLOUT }])
    expect(waits([{ handle, events: POLLOUT, tag: 1 }], 0).found).toEqual([])
  })

  test('is passed on as it is when everything may pass', () => {
    const { waits, stream, set, innerWaits } = limitedScene({ ...IN, ...OUT })
    const handle = stream()
    set(handle, POLLIN)
    const on = [{ handle, events: POLLIN }]
    waits(on, 50)
    expect(innerWaits()).toEqual([{ on, timeoutMs: 50 }])
    expect(innerWaits()[0]?.on).toBe(on)
  })
})

describe('waiting for news', () => {
  const begun = (limits: { bytesPerSecondIn?: number; bytesPerSecondOut?: number; bytesOut?: number }) => {
    const scene = limitedScene(limits)
    const handle = scene.stream()
    return { ...scene, handle }
  }

  test('whoever was stopped is told once when it may go on', () => {
    const { handle, set, send, watcher, world } = begun(OUT)
    set(handle, POLLOUT)
    const news = watcher(handle, POLLOUT)
    expect([news(), news()]).toEqual([POLLOUT, 0])
    expect([send(handle, 100), news()]).toEqual([100, 0])
    expect(send(handle, 1)).toBe(AGAIN)
    expect(news()).toBe(0)
    const before = world.now()
    expect([news(1000), Math.round(world.now() - before)]).toEqual([POLLOUT, 20])
    expect([news(), news(1000)]).toEqual([0, 0])
  })

  test.each([
    ['sent', OUT, POLLOUT, (send: () => unknown) => send()],
    ['received', IN, POLLIN, (_: () => unknown, receive: () => unknown) => receive()],
  ] as const)('whoever has %s a part counts as stopped', (_, limits, events, act) => {
    const { handle, set, send, receive, watcher } = begun(limits)
    set(handle, events)
    const news = watcher(handle, events)
    expect(news()).toBe(events)
    expect(
      act(
        () => send(handle, 500),
        () => receive(handle, 500),
      ),
    ).toBe(100)
    expect([news(10), news(1000), news(1000)]).toEqual([0, events, 0])
  })

  test('a part that a total has cut is told too, and then it fails', () => {
    const { handle, set, send, watcher } = begun({ bytesOut: 10 })
    set(handle, POLLOUT)
    const news = watcher(handle, POLLOUT)
    expect([news(), send(handle, 50), news(), news()]).toEqual([POLLOUT, 10, POLLOUT, 0])
    expect(errnoOf(() => send(handle, 50))).toBe('ENETDOWN')
  })

  test('each of two that watch is told', () => {
    const { handle, set, receive, watcher } = begun(IN)
    set(handle, POLLIN)
    const [one, other] = [watcher(handle, POLLIN), watcher(handle, POLLIN)]
    expect([one(), other(), receive(handle, 500)]).toEqual([POLLIN, POLLIN, 100])
    expect([one(1000), other(1000), one(1000), other(1000)]).toEqual([POLLIN, POLLIN, 0, 0])
  })

  test('what comes while it is withheld is told when it may be, even if other news was told meanwhile', () => {
    const { handle, set, receive, watcher } = begun(IN)
    const [news, other] = [watcher(handle, POLLIN | POLLOUT), 99]
    receive(other, 100)
    set(handle, POLLIN)
    expect(news()).toBe(0)
    set(handle, POLLIN | POLLOUT)
    expect([news(), news()]).toEqual([POLLOUT, 0])
    expect([news(1000), news(1000)]).toEqual([POLLIN | POLLOUT, 0])
  })

  test('room that is made while it is withheld likewise', () => {
    const { handle, set, send, watcher } = begun(OUT)
    const news = watcher(handle, POLLIN | POLLOUT)
    send(99, 100)
    set(handle, POLLOUT)
    expect(news()).toBe(0)
    set(handle, POLLIN | POLLOUT)
    expect([news(), news()]).toEqual([POLLIN, 0])
    expect([news(1000), news(1000)]).toEqual([POLLIN | POLLOUT, 0])
  })

  test('new things are told as before, in between', () => {
    const { handle, set, receive, watcher } = begun(IN)
    set(handle, POLLIN)
    const news = watcher(handle, POLLIN)
    news()
    receive(handle, 500)
    news(1000)
    expect(news()).toBe(0)
    set(handle, POLLIN)
    expect([news(), news()]).toEqual([POLLIN, 0])
  })

  test('tags come back', () => {
    const { handle, set, receive, network } = begun(IN)
    set(handle, POLLIN)
    receive(handle, 500)
    const since = { receiving: 0, sending: 0 }
    const on = [{ handle, events: POLLIN, since, tag: 17 }]
    expect(network('wait', { on, timeoutMs: 100 })).toEqual([
      { handle, events: POLLIN, since: { receiving: 2, sending: 0 }, tag: 17 },
    ])
  })

  test('the next socket of the same number begins anew', () => {
    const { handle, set, send, network, watcher, world, inputsOf } = begun(OUT)
    set(handle, POLLOUT)
    const first = watcher(handle, POLLOUT)
    first()
    send(handle, 500)
    network('close', { handle, abort: false })
    world.pass(1000)
    const next: Handle = handle
    const news = watcher(next, POLLOUT)
    expect([news(), news()]).toEqual([POLLOUT, 0])
    const on = [{ handle: next, events: POLLOUT, tag: 1 }]
    network('wait', { on, timeoutMs: 0 })
    expect((inputsOf('wait').at(-1) as { on: unknown }).on).toBe(on)
  })
})
