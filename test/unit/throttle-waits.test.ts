import { describe, expect, test } from 'vitest'
import { AGAIN, DRAINED, type Handle } from '../../src/network/network.js'
import { POLLERR, POLLHUP, POLLIN, POLLOUT, POLLRDHUP, POLLRDNORM } from '../../src/posix/constants.js'
import { errnoOf, IN, limitedScene, OUT } from '../support/limited-scene.js'

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
