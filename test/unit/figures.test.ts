import { describe, expect, test } from 'vitest'
import { Meter } from '../../src/network/figures/meter.js'
import { AGAIN, type Network } from '../../src/network/network.js'
import { POLLERR, POLLHUP, POLLIN, POLLOUT } from '../../src/posix/constants.js'
import { SysError } from '../../src/posix/errno.js'
import { at, connected, failing, inTurn, meteredFake } from '../support/figures.js'

const bytes = (length: number) => new Uint8Array(length)
const ignoring = (call: () => unknown) => {
  try {
    call()
  } catch (error) {
    if (!(error instanceof SysError)) throw error
  }
}
const open = (network: Network, type: 'stream' | 'dgram' = 'stream') => network('open', { family: 'inet', type })

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

describe('connections', () => {
  const connect = (network: Network, handle: number) =>
    ignoring(() => network('connect', { handle, to: at('192.0.2.1', 80) }))

  test.each([
    ['made when connect says so', [AGAIN, true] as const, { made: 1, accepted: 0, refused: 0, failed: 0 }, 'connected'],
    ['refused', [AGAIN, 'ECONNREFUSED!'] as const, { made: 0, accepted: 0, refused: 1, failed: 0 }, 'failed'],
    ['failed at once', ['EACCES!', 'EACCES!'] as const, { made: 0, accepted: 0, refused: 0, failed: 2 }, 'failed'],
    [
      'failed once where the second error only says that there is none',
      ['ETIMEDOUT!', 'ECONNABORTED!'] as const,
      { made: 0, accepted: 0, refused: 0, failed: 1 },
      'failed',
    ],
  ])('%s', (_, answers, connections, state) => {
    const { network, figures } = meteredFake({ connect: inTurn<true | typeof AGAIN>(...answers) })
    const handle = open(network)
    for (const _each of answers) connect(network, handle)
    expect(figures().connections).toEqual(connections)
    expect(figures().open).toMatchObject([{ state, peer: at('192.0.2.1', 80), connectingAt: 1000 }])
  })

  test.each([
    ['made when a wait finds that it can be sent to', POLLOUT, 'connected', { made: 1, failed: 0 }],
    ['not made when the wait finds an error', POLLOUT | POLLERR | POLLHUP, 'connecting', { made: 0, failed: 0 }],
    ['not made when the wait finds nothing of it', POLLIN, 'connecting', { made: 0, failed: 0 }],
  ])('%s', (_, events, state, connections) => {
    const { network, figures } = meteredFake({
      connect: () => AGAIN,
      wait: ({ on }) => [{ ...on[0], handle: 1, events }],
    })
    const handle = open(network)
    connect(network, handle)
    network('wait', { on: [{ handle, events: POLLOUT }], timeoutMs: 0 })
    expect(figures().connections).toMatchObject(connections)
    expect(figures().open).toMatchObject([{ state }])
  })

  test('made once, when a wait finds it and connect says so too', () => {
    const { network, figures, world } = meteredFake({ wait: ({ on }) => on })
    const handle = open(network)
    connect(network, handle)
    world.pass(9)
    network('wait', { on: [{ handle, events: POLLOUT }], timeoutMs: 9 })
    connect(network, handle)
    expect(figures().connections).toMatchObject({ made: 1 })
    expect(figures().open).toMatchObject([{ state: 'connected', connectingAt: 1000 }])
  })

  test('failed when SO_ERROR says so, once', () => {
    const { network, figures } = meteredFake({ connect: () => AGAIN, takeError: () => 'ECONNREFUSED' })
    const handle = open(network)
    connect(network, handle)
    for (let turn = 0; turn < 2; turn++) network('takeError', { handle })
    expect(figures().connections).toMatchObject({ refused: 1, failed: 0 })
  })

  test('accepted, at the address of the listener and from a peer', () => {
    const peer = at('192.0.2.9', 5000)
    const { network, figures } = meteredFake({
      bind: () => true,
      listen: () => true,
      accept: inTurn<typeof AGAIN | { handle: number; peer: typeof peer }>(AGAIN, { handle: 50, peer }),
    })
    const handle = open(network)
    network('bind', { handle, to: at('127.0.0.1', 8080) })
    network('listen', { handle, backlog: 5 })
    for (let turn = 0; turn < 2; turn++) network('accept', { handle })
    expect(figures().connections).toEqual({ made: 0, accepted: 1, refused: 0, failed: 0 })
    expect(figures().open).toMatchObject([
      { state: 'listening', origin: 'opened', local: at('127.0.0.1', 8080), retries: 1 },
      { state: 'connected', origin: 'accepted', handle: 50, local: at('127.0.0.1', 8080), peer },
    ])
  })

  test('are of streams: a datagram socket only has a peer, and may lose it', () => {
    const { network, figures } = meteredFake({ connect: () => true })
    const handle = open(network, 'dgram')
    connect(network, handle)
    expect(figures().open).toMatchObject([{ state: 'connected', peer: at('192.0.2.1', 80) }])
    network('connect', { handle, to: undefined })
    expect(figures().open).toMatchObject([{ state: 'bound', peer: undefined }])
    expect(figures().connections.made).toBe(0)
  })
})

describe('addresses', () => {
  test.each([
    ['that are asked for are known', at('10.0.0.1', 4000), at('10.0.0.1', 4000)],
    ['without a port are none yet', at('0.0.0.0', 0), undefined],
    ['of nameless local sockets are none', { family: 'unix', path: '' } as const, undefined],
  ])('%s', (_, answer, known) => {
    const { network, figures } = meteredFake({ localName: () => answer, peerName: () => answer })
    const handle = open(network)
    network('localName', { handle })
    network('peerName', { handle })
    expect(figures().open).toMatchObject([{ local: known, peer: known }])
  })

  test('of an accepted connection do not follow from a wildcard', () => {
    const accepted = { handle: 50, peer: at('192.0.2.9', 5000) }
    const { network, figures } = meteredFake({ bind: () => true, listen: () => true, accept: () => accepted })
    const handle = open(network)
    network('bind', { handle, to: at('0.0.0.0', 8080) })
    network('accept', { handle })
    expect(figures().open).toMatchObject([{ local: at('0.0.0.0', 8080) }, { handle: 50, local: undefined }])
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

describe('sockets', () => {
  test('are counted as they come and go', () => {
    const { network, figures } = meteredFake()
    const handles = [open(network), ...network('pair', { type: 'stream' }), ...network('pipe', {})]
    for (const handle of handles.slice(0, 3)) network('close', { handle, abort: false })
    open(network, 'dgram')
    expect(figures().sockets).toEqual({ opened: 6, closed: 3, open: 3, mostOpen: 5 })
    const { tcp, udp, unix, pipe } = figures().transports
    expect([tcp, udp, unix, pipe].map(({ opened, open: now }) => [opened, now])).toEqual([
      [1, 0],
      [1, 1],
      [2, 0],
      [2, 2],
    ])
  })

  test('stay open when closing fails', () => {
    const { network, figures } = meteredFake({ close: failing('EIO') })
    const handle = open(network)
    ignoring(() => network('close', { handle, abort: false }))
    expect(figures().sockets).toMatchObject({ closed: 0, open: 1 })
  })

  test('that are closed stay in the sums, and tell what they were', () => {
    const { network, figures, events, world } = meteredFake()
    const handle = connected(network)
    network('send', { handle, data: bytes(8) })
    world.pass(250)
    network('close', { handle, abort: false })
    expect(figures()).toMatchObject({
      bytesSent: 8,
      transports: { tcp: { opened: 1, open: 0, bytesSent: 8 } },
      open: [],
    })
    expect(events).toMatchObject([
      { is: 'closed', at: 1250, socket: { handle, state: 'connected', openedAt: 1000, bytesSent: 8, operations: 4 } },
    ])
  })

  test('that cannot connect tell so, and again that they are closed', () => {
    const { network, events } = meteredFake({ connect: failing('ECONNREFUSED') })
    const handle = open(network)
    ignoring(() => network('connect', { handle, to: at('192.0.2.1', 80) }))
    network('close', { handle, abort: false })
    expect(events).toMatchObject([
      { is: 'failed', errno: 'ECONNREFUSED', socket: { peer: at('192.0.2.1', 80), operations: 1 } },
      { is: 'closed', socket: { state: 'failed', operations: 2 } },
    ])
  })

  test('leave nothing behind: the figures of 10,000 take as much room as those of one', () => {
    const { network, figures } = meteredFake({ receive: () => 1 })
    const size = () => JSON.stringify(figures()).replace(/\d+/g, '0').length
    const live = () => {
      const handle = connected(network)
      network('receive', { handle, into: bytes(1), peek: false })
      network('close', { handle, abort: false })
    }
    live()
    const sizeOfOne = size()
    for (let turn = 1; turn < 10_000; turn++) live()
    expect(figures()).toMatchObject({ bytesReceived: 10_000, sockets: { opened: 10_000, closed: 10_000, mostOpen: 1 } })
    expect(size()).toBe(sizeOfOne)
  })
})

test('what waits find is looked at only while a socket is connecting', () => {
  const meter = new Meter({ now: () => 0 })
  const about = { origin: 'opened', family: 'inet', type: 'stream', state: 'fresh' } as const
  const [one, two, three] = [meter.open(1, about), meter.open(2, about), meter.open(3, about)]
  for (const socket of [one, two, three]) meter.beginConnecting(socket, at('192.0.2.1', 80))
  meter.connected(one)
  meter.notConnected(two, 'ETIMEDOUT')
  expect(meter.isConnecting).toBe(true)
  meter.close(three)
  expect(meter.isConnecting).toBe(false)
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
