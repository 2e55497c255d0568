import { once } from 'node:events'
import net, { type AddressInfo } from 'node:net'
import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Bridge } from '../../src/bridge/bridge.js'
import { PumpChannel } from '../../src/bridge/channel.js'
import { Pump } from '../../src/bridge/pump.js'
import { RingProducer } from '../../src/bridge/ring.js'
import { StreamPump } from '../../src/bridge/stream-pump.js'
import { machineBridge, machineWorld } from '../../src/machine.js'
import type { Handle, Network } from '../../src/network/network.js'
import { SysError } from '../../src/posix/errno.js'
import { Sockets } from '../../src/posix-sockets/sockets.js'

/*
 * An error in any callback of the pump ends the one socket that it belongs to. The pump is on this very thread, so that one which escapes is an
 * uncaught exception, of which the test runner tells.
 */
const fault = new Error('a mistake in a callback')
let bridge: Bridge
let sockets: Sockets
let server: net.Server
let peers: net.Socket[]
beforeEach(async () => {
  bridge = new Bridge(machineBridge(machineWorld()), 'here')
  sockets = new Sockets({ network: bridge, world: machineWorld() })
  peers = []
  server = net.createServer({ allowHalfOpen: true }, (peer) => peers.push(peer.on('error', () => {})))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterEach(async () => {
  vi.restoreAllMocks()
  await sockets.end(200)
  for (const peer of peers) peer.destroy()
  server.close()
})

const turns = async (count = 20) => {
  for (let turn = 0; turn < count; turn++) await new Promise(setImmediate)
}
const loopback = (port: number) => ({ family: 'inet', host: '127.0.0.1', port }) as const

async function connected(): Promise<{ fd: number; peer: net.Socket }> {
  const fd = sockets.socket({ family: 'inet', type: 'stream', nonBlocking: false })
  const arrived = once(server, 'connection')
  await sockets.carryOut(sockets.connect(fd, loopback((server.address() as AddressInfo).port)))
  return { fd, peer: ((await arrived) as [net.Socket])[0] }
}

function attached(): { fd: number; peer: PassThrough } {
  const peer = new PassThrough()
  return { fd: sockets.attach(peer), peer }
}

async function datagrams(): Promise<{ fd: number; port: number }> {
  const fd = sockets.socket({ family: 'inet', type: 'dgram', nonBlocking: false })
  await sockets.carryOut(sockets.bind(fd, loopback(0)))
  return { fd, port: (sockets.getsockname(fd) as { port: number }).port }
}

/** Makes the next call of a method throw. */
function failOnce<T extends object>(of: T, method: keyof T & string): void {
  vi.spyOn(of as Record<string, () => unknown>, method).mockImplementationOnce(() => {
    throw fault
  })
}

async function answerOf(call: () => unknown): Promise<unknown> {
  try {
    return await call()
  } catch (error) {
    if (error instanceof SysError) return error.errno
    throw error
  }
}

const receive = (fd: number) =>
  answerOf(async () => {
    const call = sockets.receive(fd, new Uint8Array(100), 0)
    if (typeof call !== 'object' || !('next' in call)) return call
    return (await sockets.carryOut(call)).length
  })

/** It still carries data in both directions. */
async function ensureWorks({ fd, peer }: { fd: number; peer: net.Socket }): Promise<void> {
  peer.write('still here')
  await turns()
  expect(await receive(fd)).toMatchObject(expect.anything())
  const came = once(peer, 'data')
  expect(sockets.run(sockets.send(fd, Buffer.from('so am I'), 0))).toBe(7)
  expect(String((await came)[0])).toBe('so am I')
}

interface Scene {
  readonly fd: number
  readonly fault: () => void
  readonly act: () => unknown
}
const failing = (method: 'tell' | 'addState' | 'fail') => () => failOnce(PumpChannel.prototype, method)

const scenes: Readonly<Record<string, () => Promise<Scene>>> = {
  async 'data that has come into the ring'() {
    const { fd, peer } = await connected()
    return { fd, fault: failing('tell'), act: () => peer.write('x') }
  },
  async 'data of an attached stream'() {
    const { fd, peer } = attached()
    return { fd, fault: failing('tell'), act: () => peer.write('x') }
  },
  async 'the end of a stream'() {
    const { fd, peer } = await connected()
    return { fd, fault: failing('addState'), act: () => peer.end() }
  },
  async 'a reset'() {
    const { fd, peer } = await connected()
    return { fd, fault: failing('fail'), act: () => peer.resetAndDestroy() }
  },
  async 'what a stream is given to read into'() {
    const { fd, peer } = await connected()
    return { fd, fault: () => failOnce(RingProducer.prototype, 'region'), act: () => peer.write('x') }
  },
  async 'a datagram that has come'() {
    const [{ fd, port }, other] = [await datagrams(), await datagrams()]
    const call = () => sockets.send(other.fd, Buffer.from('x'), 0, loopback(port))
    return { fd, fault: failing('tell'), act: () => sockets.carryOut(call() as never) }
  },
}

describe('a mistake in a callback is the error of its own socket', () => {
  test.each(Object.keys(scenes))('%s', async (name) => {
    const other = await connected()
    const { fd, fault, act } = await (scenes[name] as () => Promise<Scene>)()
    fault()
    void Promise.resolve(act()).catch(() => {})
    await new Promise((resolve) => setTimeout(resolve, 50))
    const answer = await Promise.race([receive(fd), turns().then(() => 'nothing')])
    expect(['EIO', 'ECONNRESET', 'EPIPE', 0, 1, 'nothing']).toContain(typeof answer === 'object' ? 1 : answer)
    await ensureWorks(other)
  })

  test('a connection that cannot be offered is reset, and the listener goes on', async () => {
    const other = await connected()
    const fd = sockets.socket({ family: 'inet', type: 'stream', nonBlocking: false })
    await sockets.carryOut(sockets.bind(fd, loopback(0)))
    await sockets.carryOut(sockets.listen(fd, 5))
    const { port } = sockets.getsockname(fd) as { port: number }
    failOnce(Pump.prototype, 'offer')
    const first = net.connect(port, '127.0.0.1').on('error', () => {})
    await new Promise((resolve) => first.once('close', resolve))
    const second = net.connect(port, '127.0.0.1')
    const accepting = sockets.accept(fd, { nonBlocking: false })
    const accepted = 'next' in (accepting as object) ? await sockets.carryOut(accepting as never) : accepting
    expect(accepted).toMatchObject({ fd: expect.any(Number) })
    second.destroy()
    await ensureWorks(other)
  })

  test('a connection that cannot begin fails to connect', async () => {
    const other = await connected()
    failOnce(StreamPump.prototype, 'start')
    expect(await answerOf(() => connected())).toBe('EIO')
    await ensureWorks(other)
  })

  test('an answer to a lookup that cannot be told is a failed lookup', async () => {
    const other = await connected()
    const { network } = bridge as { network: Network }
    const handle = network('resolve', { host: 'localhost', family: 'inet' }) as Handle
    failOnce(Pump.prototype, 'report')
    for (let turn = 0; network('answer', { handle }) === 'EAGAIN' && turn < 1000; turn++) await turns(1)
    await ensureWorks(other)
  })

  test.each([
    [
      'destroy throws',
      {
        destroy: () => {
          throw fault
        },
      },
    ],
    ['destroy does nothing', { destroy: (): unknown => undefined }],
    [
      'pause throws',
      {
        pause: () => {
          throw fault
        },
      },
    ],
    [
      'resume throws',
      {
        resume: () => {
          throw fault
        },
      },
    ],
    [
      'write throws',
      {
        write: () => {
          throw fault
        },
      },
    ],
    [
      'end throws',
      {
        end: () => {
          throw fault
        },
      },
    ],
    ['it gives no bytes', {}],
  ])("a stream of the host's of which %s is let go at the end", async (_, methods) => {
    const other = await connected()
    const stream = Object.assign(new PassThrough(), methods)
    const fd = sockets.attach(stream)
    await answerOf(() => sockets.run(sockets.send(fd, Buffer.from('x'), 0)))
    stream.emit('data', 'no bytes')
    await turns()
    await ensureWorks(other)
    await answerOf(() => sockets.run(sockets.close(fd)))
    await turns()
  })
})
