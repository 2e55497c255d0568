import { describe, expect, test } from 'vitest'
import { Meter } from '../../src/network/figures/meter.js'
import { AGAIN, type Network } from '../../src/network/network.js'
import { POLLERR, POLLHUP, POLLIN, POLLOUT } from '../../src/posix/constants.js'
import { at, bytes, connected, failing, ignoring, inTurn, meteredFake, open } from '../support/figures.js'

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
