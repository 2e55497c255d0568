import { once } from 'node:events'
import net, { type AddressInfo } from 'node:net'
import { PassThrough } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { Bridge } from '../../src/bridge/bridge.js'
import { DirectLink } from '../../src/bridge/direct-link.js'
import { Pump } from '../../src/bridge/pump.js'
import { machineBridge, machineWorld } from '../../src/machine.js'
import { AGAIN, type Interest, look } from '../../src/network/network.js'
import { POLLIN, POLLOUT } from '../../src/posix/constants.js'

const bridgeHere = (beforeWaiting?: () => void) =>
  new Bridge({ ...machineBridge(machineWorld()), beforeWaiting }, 'here')
const nothingHeard = Symbol('nothing')

describe('a bridge to a pump on its own thread', () => {
  test('answers at once what holds, and a promise for what does not', async () => {
    const { network, close } = bind(bridgeHere())
    const [one, two] = network('pair', { type: 'stream' })
    const on = [{ handle: one, events: POLLIN | POLLOUT }]
    expect(network('wait', { on, timeoutMs: 1000 })).toEqual([{ handle: one, events: POLLOUT }])
    expect(network('wait', { on: [{ handle: two, events: POLLIN }], timeoutMs: 0 })).toEqual([])
    const waiting = network('wait', { on: [{ handle: two, events: POLLIN }], timeoutMs: 20 })
    expect(waiting).toBeInstanceOf(Promise)
    expect(await waiting).toEqual([])
    await close()
  })

  test('goes on in the turn of the event loop in which something has come', async () => {
    const { network, attach, close } = bind(bridgeHere())
    const stream = new PassThrough()
    const handle = attach(stream)
    let heard: readonly Interest[] | typeof nothingHeard = nothingHeard
    const waiting = Promise.resolve(network('wait', { on: [{ handle, events: POLLIN }], timeoutMs: 1e6 }))
    void waiting.then((found) => {
      heard = found
    })
    await new Promise(setImmediate)
    expect(heard).toBe(nothingHeard)
    const nextTurn = new Promise((resolve) => setImmediate(() => resolve(heard)))
    stream.write('x')
    expect(await nextTurn).toEqual([{ handle, events: POLLIN }])
    await close()
  })

  test('who waits for many goes on when all that comes in a turn has come', async () => {
    const { network, attach, close } = bind(bridgeHere())
    const streams = Array.from({ length: 20 }, () => new PassThrough())
    const on = streams.map((stream) => ({ handle: attach(stream), events: POLLIN }))
    const waiting = network('wait', { on, timeoutMs: 1e6 })
    await new Promise(setImmediate)
    for (const stream of [streams[3], streams[11]]) {
      stream?.write('x')
      await Promise.resolve().then(() => {})
      await new Promise(process.nextTick)
    }
    expect(await waiting).toEqual([on[3], on[11]])
    await close()
  })

  test('asks before it lets a guest wait, and a refusal leaves no wait', async () => {
    const { network, close } = bind(
      bridgeHere(() => {
        throw new Error('not now')
      }),
    )
    const [, two] = network('pair', { type: 'stream' })
    const on = [{ handle: two, events: POLLIN }]
    expect(look(network, on)).toEqual([])
    expect(() => network('wait', { on, timeoutMs: 1000 })).toThrow('not now')
    await close()
  })

  test('closing fails what waits, and what would', async () => {
    const { network, close } = bind(bridgeHere())
    const [, two] = network('pair', { type: 'stream' })
    const on = [{ handle: two, events: POLLIN }]
    const waiting = network('wait', { on, timeoutMs: Number.POSITIVE_INFINITY })
    const failed = expect(waiting).rejects.toThrow('the sockets were closed while the guest waited')
    await close()
    await failed
    expect(() => network('wait', { on, timeoutMs: 1 })).toThrow('the sockets were closed')
  })

  test('bytes that were sent have left when it is closed', async () => {
    const server = net.createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { network, close } = bind(bridgeHere())
    const handle = network('open', { family: 'inet', type: 'stream' })
    const to = { family: 'inet', host: '127.0.0.1', port: (server.address() as AddressInfo).port } as const
    expect(network('connect', { handle, to })).toBe(AGAIN)
    const [peer] = (await once(server, 'connection')) as [net.Socket]
    await network('wait', { on: [{ handle, events: POLLOUT }], timeoutMs: 10_000 })
    expect(network('connect', { handle, to })).toBe(true)
    const data = new Uint8Array(100_000).fill(7)
    expect(network('send', { handle, data })).toBe(data.length)
    const closed = close()
    let count = 0
    for await (const piece of peer) count += piece.length
    await closed
    expect(count).toBe(data.length)
    server.close()
  })
})

test('a command that fails is a report, whoever carries it out', () => {
  const rung: string[] = []
  const link = new DirectLink(() => void rung.push('ring'))
  const pump = new Pump(link.pumpPort, link.pumpBell)
  link.post({ do: 'listen', id: 5, backlog: 1 })
  expect([...link.reports()]).toEqual([{ is: 'failed', id: 5, errno: 'EIO' }])
  expect([...link.reports()]).toEqual([])
  expect(rung).toEqual(['ring'])
  pump.stop()
})

/** The functions of a bridge, apart from it. */
function bind(bridge: Bridge) {
  return {
    network: bridge.network,
    attach: bridge.attach.bind(bridge),
    close: (lingerMs?: number) => bridge.close(lingerMs),
  }
}
