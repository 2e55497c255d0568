import { describe, expect, test } from 'vitest'
import { AGAIN } from '../../src/network/network.js'
import { POLLIN, POLLOUT } from '../../src/posix/constants.js'
import { errnoOf, IN, limitedScene, OUT } from '../support/limited-scene.js'

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
