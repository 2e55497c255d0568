import { afterEach, expect, test } from 'vitest'
import { Bridge } from '../../src/bridge/bridge.js'
import { machineBridge, machineWorld } from '../../src/machine.js'
import { metered } from '../../src/network/figures/metered.js'
import type { InetAddress } from '../../src/posix/address.js'
import { Sockets } from '../../src/posix-sockets/sockets.js'
import { at } from '../support/figures.js'

const world = machineWorld()
let ended: Bridge | undefined
afterEach(() => ended?.close())

/** A guest's sockets over this machine's network, with figures. */
function meteredSockets() {
  const bridge = new Bridge(machineBridge(world))
  ended = bridge
  const { network, figures } = metered(bridge.network, world)
  return { figures, sockets: new Sockets({ network, world }) }
}
const request = (type: 'stream' | 'dgram') => ({ family: 'inet', type, nonBlocking: false }) as const

test('a guest that talks to itself by TCP receives what it sends, and is twice part of one connection', () => {
  const { figures, sockets } = meteredSockets()
  const [listener, client] = [sockets.socket(request('stream')), sockets.socket(request('stream'))]
  sockets.run(sockets.bind(listener, at('127.0.0.1', 0)))
  sockets.run(sockets.listen(listener, 1))
  const { port } = sockets.getsockname(listener) as InetAddress
  sockets.run(sockets.connect(client, at('127.0.0.1', port)))
  const { fd: server } = sockets.run(sockets.accept(listener, { nonBlocking: false }))
  for (let turn = 0; turn < 10; turn++) {
    sockets.run(sockets.send(client, new Uint8Array(50_000), 0))
    for (let left = 50_000; left > 0; ) left -= sockets.run(sockets.receive(server, new Uint8Array(left), 0)).length
  }
  expect(figures()).toMatchObject({ bytesSent: 500_000, bytesReceived: 500_000, connections: { made: 1, accepted: 1 } })
  expect(figures().open).toMatchObject([
    { state: 'listening', local: at('127.0.0.1', port) },
    { state: 'connected', peer: at('127.0.0.1', port), bytesSent: 500_000, bytesReceived: 0 },
    { state: 'connected', local: at('127.0.0.1', port), bytesSent: 0, bytesReceived: 500_000 },
  ])
  for (const fd of [listener, client, server]) sockets.run(sockets.close(fd))
  expect(figures()).toMatchObject({ bytesSent: 500_000, errors: {}, sockets: { opened: 3, closed: 3, mostOpen: 3 } })
  expect(figures().waits).toBeGreaterThan(0)
  expect(figures().blockedMs).toBeGreaterThan(0)
})

test('datagrams that are cut count whole', () => {
  const { figures, sockets } = meteredSockets()
  const fd = sockets.socket(request('dgram'))
  sockets.run(sockets.bind(fd, at('127.0.0.1', 0)))
  sockets.run(sockets.send(fd, new Uint8Array(300), 0, sockets.getsockname(fd)))
  sockets.run(sockets.receive(fd, new Uint8Array(10), 0))
  expect(figures().transports.udp).toMatchObject({ datagramsSent: 1, datagramsReceived: 1, bytesReceived: 300 })
})

test('a connection that nobody takes is refused, whether the guest waits for it or asks later', () => {
  const { figures, sockets } = meteredSockets()
  const bound = sockets.socket(request('stream'))
  sockets.run(sockets.bind(bound, at('127.0.0.1', 0)))
  const to = sockets.getsockname(bound) // bound, and nobody listens
  const waiting = sockets.socket(request('stream'))
  expect(() => sockets.run(sockets.connect(waiting, to))).toThrow('ECONNREFUSED')
  const asking = sockets.socket({ ...request('stream'), nonBlocking: true })
  expect(() => sockets.run(sockets.connect(asking, to))).toThrow('EINPROGRESS')
  sockets.run(sockets.poll([{ fd: asking, events: 4 }], 10_000))
  sockets.getsockopt(asking, 'SO_ERROR')
  expect(figures()).toMatchObject({ connections: { made: 0, refused: 2, failed: 0 }, errors: { ECONNREFUSED: 2 } })
  expect(figures().open.map(({ state }) => state)).toEqual(['bound', 'failed', 'failed'])
})
