import { afterEach, describe, expect, test } from 'vitest'
import { Bridge } from '../../src/bridge/bridge.js'
import { machineBridge, machineWorld } from '../../src/machine.js'
import { limited, type NetworkLimits } from '../../src/network/limits/limits.js'
import type { Address } from '../../src/posix/address.js'
import { EPOLL_CTL_ADD, EPOLL_CTL_DEL, EPOLLET, POLLIN, POLLOUT } from '../../src/posix/constants.js'
import { Sockets } from '../../src/posix-sockets/sockets.js'
import { errnoOf } from '../support/limited-scene.js'

const nobody: Address = { family: 'inet', host: '0.0.0.0', port: 0 }

describe('on the machine', () => {
  const ends: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const end of ends.splice(0)) await end()
  })

  /** A guest behind limits, with a connection to itself. */
  const guest = (limits: NetworkLimits, ringBytes?: number) => {
    const world = machineWorld()
    const bridge = new Bridge({ ...machineBridge(world), ringBytes })
    ends.push(() => bridge.close())
    const network = limited(bridge.network, limits, { now: world.now })
    const sockets = new Sockets({ network, world })
    const open = () => sockets.socket({ family: 'inet', type: 'stream', nonBlocking: false })
    const listener = open()
    sockets.run(sockets.bind(listener, { ...nobody, host: '127.0.0.1' } as Address))
    sockets.run(sockets.listen(listener, 9))
    const connect = () => {
      const fd = open()
      sockets.run(sockets.connect(fd, sockets.getsockname(listener)))
      return fd
    }
    const accept = () => sockets.run(sockets.accept(listener, { nonBlocking: false })).fd
    return { world, sockets, connect, accept }
  }

  test.each([
    ['poll', 0],
    ['epoll, with EPOLLET', EPOLLET],
  ])('bytes arrive whole, in order, and not faster than they may, by %s', (_, edge) => {
    const { world, sockets, connect, accept } = guest({ bytesPerSecondIn: 500_000, bytesPerSecondOut: 700_000 })
    const [from, to] = [connect(), accept()]
    const data = Uint8Array.from({ length: 200_000 }, (_, index) => (index * 7 + (index >> 8)) & 0xff)
    const into = new Uint8Array(data.length)
    for (const fd of [from, to]) sockets.setNonBlocking(fd, true)
    const epfd = sockets.epollCreate({ closeOnExec: false })
    const control = (op: number, fd: number, events: number) =>
      sockets.epollControl(epfd, { op, fd, event: { events: events | edge, data: BigInt(fd) } })
    control(EPOLL_CTL_ADD, from, POLLOUT)
    control(EPOLL_CTL_ADD, to, POLLIN)
    let isSent = false
    let [sent, received, rounds] = [0, 0, 0]
    const untilAgain = (step: () => number) => {
      let count = 1
      while (count > 0) if (errnoOf(() => (count = step())) !== 'none') return
    }
    const begun = world.now()
    while (received < data.length) {
      rounds++
      const told = sockets.run(sockets.epollWait(epfd, 9, 10_000))
      if (told.length === 0) throw new Error(`nothing came after ${received} of ${sent} bytes`)
      untilAgain(() => {
        const count = sent === data.length ? 0 : sockets.run(sockets.send(from, data.subarray(sent), 0))
        sent += count
        return count
      })
      if (sent === data.length && !isSent) control(EPOLL_CTL_DEL, from, 0)
      isSent = sent === data.length
      untilAgain(() => {
        const { length } = sockets.run(sockets.receive(to, into.subarray(received), 0))
        received += length
        return length
      })
    }
    const ms = world.now() - begun
    expect(Buffer.compare(into, data)).toBe(0)
    expect(ms).toBeGreaterThan(299)
    expect(rounds).toBeLessThan(500)
  })

  test('connections wait for their turn', () => {
    const { world, connect, accept } = guest({ connectionsPerSecond: 20 })
    const begun = world.now()
    for (let turn = 0; turn < 13; turn++) {
      connect()
      accept()
    }
    expect(world.now() - begun).toBeGreaterThan(299)
  })

  /** Sends until nothing goes for a while: the peer does not read, and all between is full. */
  const fill = (sockets: Sockets, fd: number) => {
    const piece = new Uint8Array(65_536)
    let sent = 0
    sockets.setNonBlocking(fd, true)
    const send = () => errnoOf(() => (sent += sockets.run(sockets.send(fd, piece, 0)))) === 'none'
    const hasRoom = () => sockets.run(sockets.poll([{ fd, events: POLLOUT }], 300)).some((events) => events !== 0)
    do while (send());
    while (hasRoom())
    return sent
  }

  test('what is sent and not out is so much for all sockets, and goes on when it is out', () => {
    const { sockets, connect, accept } = guest({ pendingBytes: 100_000 })
    const [stuck, deaf, other] = [connect(), accept(), connect()]
    const sent = fill(sockets, stuck)
    sockets.setNonBlocking(other, true)
    expect(errnoOf(() => sockets.run(sockets.send(other, new Uint8Array(1), 0)))).toBe('EAGAIN')
    const into = new Uint8Array(1_000_000)
    for (let got = 0; got < sent; ) got += sockets.run(sockets.receive(deaf, into, 0)).length
    expect(sockets.run(sockets.poll([{ fd: other, events: POLLOUT }], 10_000))).toEqual([POLLOUT])
    const more = sockets.run(sockets.send(other, new Uint8Array(200_000), 0))
    expect([100_000, 200_000], 'the rest goes too if the first part is out by then').toContain(more)
  })

  test('a send that blocks gets through, piece by piece', () => {
    const { sockets, connect, accept } = guest({ pendingBytes: 10_000 })
    const [from, to] = [connect(), accept()]
    const data = Uint8Array.from({ length: 300_000 }, (_, index) => (index * 7 + (index >> 8)) & 0xff)
    expect(sockets.run(sockets.send(from, data, 0))).toBe(data.length)
    const into = new Uint8Array(data.length)
    for (let got = 0; got < data.length; ) got += sockets.run(sockets.receive(to, into.subarray(got), 0)).length
    expect(Buffer.compare(into, data)).toBe(0)
  })

  test.each([
    [1, 32_768],
    [100_000, 65_536],
    [undefined, 524_288],
  ])('what lies unread of a socket is bounded by its ring: %s bytes are %s', (ringBytes, most) => {
    const { sockets, connect, accept } = guest({}, ringBytes)
    const [from, to] = [connect(), accept()]
    fill(sockets, from)
    const unread = sockets.available(to)
    expect(unread).toBeLessThanOrEqual(most)
    expect(unread).toBeGreaterThan(most / 2)
  })
})
