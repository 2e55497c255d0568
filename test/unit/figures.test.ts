import { describe, expect, test } from 'vitest'
import { AGAIN } from '../../src/network/network.js'
import { POLLIN } from '../../src/posix/constants.js'
import { SysError } from '../../src/posix/errno.js'
import { at, bytes, connected, failing, ignoring, inTurn, meteredFake, open } from '../support/figures.js'

describe('bytes', () => {
  test('of a stream count as taken and as received, and not when only peeked at', () => {
    const { network, figures } = meteredFake({ send: inTurn<number>(3, 4), receive: inTurn<number>(10, 10, 2) })
    const handle = connected(network)
    for (const length of [5, 4]) network('send', { handle, data: bytes(length) })
    for (const peek of [true, false, false]) network('receive', { handle, into: bytes(10), peek })
    const sums = { bytesSent: 7, bytesReceived: 12, datagramsSent: 0, datagramsReceived: 0 }
    expect(figures()).toMatchObject(sums)
    expect(figures().transports.tcp).toMatchObject(sums)
    expect(figures().open).toMatchObject([sums])
  })

  test('of a datagram count by its true length, and not when only peeked at', () => {
    const from = at('192.0.2.7', 9)
    const { network, figures } = meteredFake({ receiveFrom: () => ({ length: 900, from }) })
    const handle = open(network, 'dgram')
    network('send', { handle, data: bytes(20), to: from })
    network('send', { handle, data: bytes(0), to: from })
    for (const peek of [true, false]) network('receiveFrom', { handle, into: bytes(5), peek })
    const sums = { bytesSent: 20, bytesReceived: 900, datagramsSent: 2, datagramsReceived: 1 }
    expect(figures().transports.udp).toMatchObject(sums)
  })

  test('what a socket that is shut answers is no datagram, an empty datagram is one', () => {
    const { network, figures } = meteredFake({
      receiveFrom: () => ({ length: 0, from: at('192.0.2.7', 9) }),
      shutdown: () => true,
    })
    const handle = open(network, 'dgram')
    const receive = () => network('receiveFrom', { handle, into: bytes(5), peek: false })
    receive()
    network('shutdown', { handle, end: 'read' })
    receive()
    expect(figures().datagramsReceived).toBe(1)
  })

  test('are told apart by what carries them', () => {
    const { network, figures } = meteredFake()
    const [unix] = network('pair', { type: 'dgram' })
    const [, pipe] = network('pipe', {})
    const host = 77 // the host's own: never opened here
    for (const [handle, length] of [
      [connected(network), 1],
      [open(network, 'dgram'), 10],
      [unix, 100],
      [pipe, 1000],
      [host, 10000],
    ] as const)
      network('send', { handle, data: bytes(length) })
    const sent = Object.entries(figures().transports).map(([name, { bytesSent }]) => [name, bytesSent])
    expect(Object.fromEntries(sent)).toEqual({ tcp: 1, udp: 10, unix: 100, pipe: 1000, host: 10000 })
    expect(figures().bytesSent).toBe(11111)
    expect(figures().open.at(-1)).toMatchObject({ handle: host, origin: 'given', operations: 1 })
  })
})

describe('operations', () => {
  test('are counted by name, with those that are to be asked again', () => {
    const { network, figures } = meteredFake({
      receive: inTurn<number | typeof AGAIN>(AGAIN, AGAIN, 1),
      wait: () => [],
    })
    const handle = connected(network)
    for (let turn = 0; turn < 3; turn++) network('receive', { handle, into: bytes(1), peek: false })
    network('wait', { on: [], timeoutMs: 0 })
    expect(figures().operations).toEqual({
      open: { calls: 1, retries: 0, errors: 0 },
      connect: { calls: 2, retries: 1, errors: 0 },
      receive: { calls: 3, retries: 2, errors: 0 },
      wait: { calls: 1, retries: 0, errors: 0 },
    })
    expect(figures().retries).toBe(3)
    expect(figures().open).toMatchObject([{ operations: 5, retries: 3 }])
  })

  test('that fail are counted by errno, and the error is passed on as it is', () => {
    const error = new SysError('EPIPE')
    const { network, figures } = meteredFake({
      send: () => {
        throw error
      },
      getOption: failing('ENOPROTOOPT'),
      takeError: () => 'ECONNRESET',
    })
    const handle = connected(network)
    expect(() => network('send', { handle, data: bytes(1) })).toThrow(error)
    ignoring(() => network('getOption', { handle, option: 'keepCount' }))
    network('takeError', { handle })
    expect(figures().errors).toEqual({ EPIPE: 1, ENOPROTOOPT: 1, ECONNRESET: 1 })
    expect(figures().operations).toMatchObject({ send: { calls: 1, errors: 1 }, takeError: { calls: 1, errors: 0 } })
    expect(figures().open).toMatchObject([{ errors: 3, bytesSent: 0 }])
  })

  test('that end the guest are no errors of the network', () => {
    const { network, figures } = meteredFake({
      hostname: () => {
        throw new Error('the guest was stopped')
      },
    })
    expect(() => network('hostname', {})).toThrow('the guest was stopped')
    expect(figures()).toMatchObject({ errors: {}, operations: { hostname: { calls: 1, errors: 0 } } })
  })

  test('on a handle that the network does not know open no socket', () => {
    const { network, figures } = meteredFake({ receive: failing('EBADF') })
    ignoring(() => network('receive', { handle: 9, into: bytes(1), peek: false }))
    expect(figures()).toMatchObject({ errors: { EBADF: 1 }, sockets: { opened: 0 }, open: [] })
  })

  test('come to the network as they were asked, and no others', () => {
    const { network, figures, asked } = meteredFake()
    const handle = connected(network)
    figures()
    network('close', { handle, abort: true })
    const to = at('192.0.2.1', 80)
    expect(asked).toEqual([
      ['open', { family: 'inet', type: 'stream' }],
      ['connect', { handle, to }],
      ['connect', { handle, to }],
      ['close', { handle, abort: true }],
    ])
  })
})

describe('waits', () => {
  function waiting(found: 'something' | 'EINTR!' = 'something') {
    const fake = meteredFake({
      wait: ({ on, timeoutMs }) => {
        fake.world.pass(timeoutMs)
        if (found === 'EINTR!') throw new SysError('EINTR')
        return on
      },
    })
    return fake
  }
  const onOne = (handle: number) => [{ handle, events: POLLIN }]

  test('count with their time, a look does not', () => {
    const { network, figures } = waiting()
    for (const timeoutMs of [20, 0, 5]) network('wait', { on: [], timeoutMs })
    expect(figures()).toMatchObject({ waits: 2, blockedMs: 25, operations: { wait: { calls: 3 } } })
  })

  test('for one socket alone count for it too', () => {
    const { network, figures } = waiting()
    const [one, other] = [connected(network), connected(network)]
    network('wait', { on: onOne(one), timeoutMs: 30 })
    network('wait', { on: [...onOne(one), ...onOne(other)], timeoutMs: 100 })
    expect(figures()).toMatchObject({ waits: 2, blockedMs: 130 })
    expect(figures().open).toMatchObject([
      { waits: 1, blockedMs: 30 },
      { waits: 0, blockedMs: 0 },
    ])
  })

  test('that fail count too', () => {
    const { network, figures } = waiting('EINTR!')
    ignoring(() => network('wait', { on: [], timeoutMs: 7 }))
    expect(figures()).toMatchObject({ waits: 1, blockedMs: 7, errors: { EINTR: 1 } })
  })

  test('that are under way count until now', () => {
    let during: unknown
    const fake = meteredFake({
      wait: () => {
        fake.world.pass(40)
        during = fake.figures()
        fake.world.pass(2)
        return []
      },
    })
    fake.network('wait', { on: [], timeoutMs: 100 })
    expect(during).toMatchObject({ waits: 0, blockedMs: 40 })
    expect(fake.figures()).toMatchObject({ waits: 1, blockedMs: 42 })
  })
})

test('the ends of a stream show', () => {
  const { network, figures } = meteredFake({ receive: () => 0, shutdown: () => true })
  const [one, two, three] = [connected(network), connected(network), connected(network)]
  network('receive', { handle: one, into: bytes(5), peek: false })
  network('receive', { handle: two, into: bytes(0), peek: false })
  network('shutdown', { handle: three, end: 'write' })
  expect(figures().open.map(({ readEnded, writeEnded }) => [readEnded, writeEnded])).toEqual([
    [true, false],
    [false, false],
    [false, true],
  ])
})

const lookups: [string, Parameters<typeof meteredFake>[0], { asked: number; failed: number }][] = [
  ['found', { resolve: () => 7, answer: () => ({ is: 'found', hosts: [] }) }, { asked: 1, failed: 0 }],
  ['not found', { resolve: () => 7, answer: () => ({ is: 'failed', reason: 'EAI_NONAME' }) }, { asked: 1, failed: 1 }],
  ['still looked for', { resolve: () => 7, answer: () => AGAIN }, { asked: 1, failed: 0 }],
  ['not allowed', { resolve: failing('EACCES') }, { asked: 1, failed: 1 }],
  ['lost', { resolve: () => 7, answer: failing('EIO') }, { asked: 1, failed: 1 }],
]
test.each(lookups)('a name that is %s', (_, answers, counted) => {
  const { network, figures } = meteredFake(answers)
  ignoring(() => {
    const handle = network('resolve', { host: 'example.com', family: undefined })
    network('answer', { handle })
  })
  expect(figures().lookups).toEqual(counted)
  expect(figures().sockets.opened).toBe(0)
})

test('figures are plain data of one moment', () => {
  const { network, figures } = meteredFake()
  const handle = connected(network)
  const before = figures()
  const copy = structuredClone(before)
  network('send', { handle, data: bytes(3) })
  expect(before).toEqual(copy)
  expect(figures()).not.toEqual(copy)
})
