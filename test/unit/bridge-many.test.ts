import { PassThrough } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Bridge } from '../../src/bridge/bridge.js'
import { MOST_HANDLES } from '../../src/bridge/doorbell.js'
import type { holding } from '../../src/bridge/marks.js'
import { machineBridge, machineWorld } from '../../src/machine.js'
import { look } from '../../src/network/network.js'
import { EPOLL_CTL_ADD, EPOLLET, POLLIN } from '../../src/posix/constants.js'
import { Sockets } from '../../src/posix-sockets/sockets.js'

const MANY = 10_000
const looked = vi.hoisted(() => [] as number[])

vi.mock('../../src/bridge/marks.js', async (original) => {
  const marks = await original<{ holding: typeof holding }>()
  const noted: typeof holding = (endpoint, interest) => {
    looked.push(interest.handle)
    return marks.holding(endpoint, interest)
  }
  return { ...marks, holding: noted }
})

beforeEach(() => void looked.splice(0))

/** What a step has looked at. */
function lookedAt(step: () => void): number {
  looked.splice(0)
  step()
  return looked.length
}

describe('an event loop over 10,000 connections', () => {
  const bridge = new Bridge(machineBridge(machineWorld()), 'here')
  const { network } = bridge
  afterEach(() => bridge.close())

  test.each([
    ['level', 0],
    ['edge', EPOLLET],
  ])('looks at those that are ready only: %s-triggered', (_, how) => {
    const sockets = new Sockets({ network, world: machineWorld(), descriptors: MANY + 10 })
    const epfd = sockets.epollCreate({ closeOnExec: false })
    const pipes = Array.from({ length: MANY / 2 }, () => network('pipe', {}))
    const fds = pipes.map(([reader]) => sockets.adopt(reader))
    for (const fd of fds)
      sockets.epollControl(epfd, { op: EPOLL_CTL_ADD, fd, event: { events: POLLIN | how, data: BigInt(fd) } })
    const wait = () => sockets.run(sockets.epollWait(epfd, 64, 0)).map(({ data }) => Number(data))
    expect(lookedAt(() => expect(wait()).toEqual([]))).toBe(pipes.length)
    for (const index of [4000, 17, 4999]) {
      const [reader, writer] = pipes[index] as readonly [number, number]
      network('send', { handle: writer, data: Uint8Array.of(1) })
      expect(lookedAt(() => expect(wait()).toEqual([fds[index]]))).toBe(1)
      network('receive', { handle: reader, into: new Uint8Array(9), peek: false })
      expect(lookedAt(() => expect(wait()).toEqual([]))).toBe(1)
      expect(lookedAt(() => expect(wait()).toEqual([]))).toBe(0)
    }
    for (const [reader, writer] of pipes)
      for (const handle of [reader, writer]) network('close', { handle, abort: false })
  })
})

test.each([
  ['in another thread', undefined],
  ['on this thread', 'here'],
] as const)('of connections with a pump %s only those are looked at that it tells of', async (_, where) => {
  const bridge = new Bridge(machineBridge(machineWorld()), where)
  const streams = Array.from({ length: 200 }, () => new PassThrough())
  const on = streams.map((stream) => ({ handle: bridge.attach(stream), events: POLLIN }))
  for (let quiet = 0; quiet < 5; quiet++) {
    await nextTurn()
    if (lookedAt(() => expect(look(bridge.network, on)).toEqual([])) > 0) quiet = 0
  }
  streams[77]?.write('x')
  looked.splice(0)
  for (let found = look(bridge.network, on); found.length === 0; found = look(bridge.network, on)) await nextTurn()
  expect(looked).toEqual([on[77]?.handle])
  await bridge.close(0)
})

test('a call that is suspended goes on when another call of the same guest makes its condition hold', async () => {
  const bridge = new Bridge(machineBridge(machineWorld()), 'here')
  const { network } = bridge
  for (const [reader, writer] of [network('pipe', {}), network('pair', { type: 'stream' })]) {
    const on = [{ handle: reader, events: POLLIN }]
    const waiting = network('wait', { on, timeoutMs: 1e6 })
    network('send', { handle: writer, data: Uint8Array.of(1) })
    expect(await waiting).toEqual(on)
  }
  await bridge.close()
})

test('when the numbers run out, a pair that gets but one of two leaves that to who needs one', async () => {
  const bridge = new Bridge(machineBridge(machineWorld()), 'here')
  const { network } = bridge
  const pipes = Math.floor((MOST_HANDLES - 1) / 2)
  for (let count = 0; count < pipes; count++) network('pipe', {})
  expect(() => network('pipe', {})).toThrow('ENFILE')
  network('open', { family: 'inet', type: 'stream' })
  expect(() => network('open', { family: 'inet', type: 'stream' })).toThrow('ENFILE')
  await bridge.close()
})
