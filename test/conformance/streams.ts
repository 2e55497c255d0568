import { describe, expect, test } from 'vitest'
import { AGAIN, DONE, DRAINED, type Handle } from '../../src/network/network.js'
import type { Address, InetAddress } from '../../src/posix/address.js'
import { POLLERR, POLLHUP, POLLIN, POLLOUT, POLLRDHUP } from '../../src/posix/constants.js'
import { bytes, loopback, loopback6, portOf, type Scene, text } from './scene.js'

/** Connections, and what is sent on them. */
export function testStreams({
  network,
  wait,
  ask,
  errnoOf,
  open,
  close,
  listener,
  connected,
  sendAll,
  receiveAll,
}: Scene): void {
  describe('streams', () => {
    test.each([loopback(), loopback6()])('bytes go both ways over $family', async (to) => {
      const { client, server, peer } = await connected(to)
      expect(peer).toEqual(network('localName', { handle: client }))
      expect(network('peerName', { handle: client })).toEqual(network('localName', { handle: server }))
      await sendAll(client, bytes('question'))
      expect(text(await receiveAll(server, 8))).toBe('question')
      await sendAll(server, bytes('answer'))
      expect(text(await receiveAll(client, 6))).toBe('answer')
      close(client, server)
    })

    test('a megabyte arrives whole and in order', async () => {
      const { client, server } = await connected()
      const data = Uint8Array.from({ length: 1 << 20 }, (_, index) => (index * 7 + (index >> 8)) & 0xff)
      const got = new Uint8Array(data.length)
      for (let sent = 0, received = 0; received < data.length; ) {
        const count = sent < data.length ? network('send', { handle: client, data: data.subarray(sent) }) : AGAIN
        if (count !== AGAIN) sent += count
        const more = network('receive', { handle: server, into: got.subarray(received), peek: false })
        if (more !== AGAIN) received += more
        if (count === AGAIN && more === AGAIN) await wait(server, POLLIN)
      }
      expect(Buffer.compare(got, data)).toBe(0)
      close(client, server)
    })

    test('nothing to receive is AGAIN, not 0', async () => {
      const { client, server } = await connected()
      expect(network('receive', { handle: server, into: new Uint8Array(4), peek: false })).toBe(AGAIN)
      close(client, server)
    })

    test('peeking leaves the bytes', async () => {
      const { client, server } = await connected()
      await sendAll(client, bytes('abc'))
      await wait(server, POLLIN)
      const into = new Uint8Array(1)
      expect(network('receive', { handle: server, into, peek: true })).toBe(1)
      expect(text(await receiveAll(server, 3))).toBe('abc')
      close(client, server)
    })

    test('the end comes after the bytes, and the other way stays open', async () => {
      const { client, server } = await connected()
      await sendAll(client, bytes('last'))
      network('shutdown', { handle: client, end: 'write' })
      expect(text(await receiveAll(server, 10))).toBe('last')
      expect(network('receive', { handle: server, into: new Uint8Array(1), peek: false })).toBe(0)
      expect((await wait(server, POLLIN | POLLRDHUP)) & (POLLRDHUP | POLLHUP)).toBe(POLLRDHUP)
      await sendAll(server, bytes('reply'))
      expect(text(await receiveAll(client, 5))).toBe('reply')
      expect(await errnoOf(() => network('send', { handle: client, data: bytes('x') }))).toBe('EPIPE')
      close(client, server)
    })

    test('bytes that nobody has read survive the close of their sender', async () => {
      const { client, server } = await connected()
      await sendAll(client, bytes('will'))
      close(client)
      await wait(server, POLLRDHUP)
      expect(text(await receiveAll(server, 10))).toBe('will')
      close(server)
    })

    test('an abort is a reset: ECONNRESET once, then the end, and EPIPE', async () => {
      const { client, server } = await connected()
      network('close', { handle: client, abort: true })
      expect((await wait(server, POLLERR)) & (POLLERR | POLLHUP)).toBe(POLLERR | POLLHUP)
      const receive = () => network('receive', { handle: server, into: new Uint8Array(1), peek: false })
      expect(await errnoOf(receive)).toBe('ECONNRESET')
      expect(receive()).toBe(0)
      expect(await errnoOf(() => network('send', { handle: server, data: bytes('x') }))).toBe('EPIPE')
      close(server)
    })

    test('the pending error is taken once', async () => {
      const { client, server } = await connected()
      network('close', { handle: client, abort: true })
      await wait(server, POLLERR)
      expect(network('takeError', { handle: server })).toBe('ECONNRESET')
      expect(network('takeError', { handle: server })).toBeUndefined()
      close(server)
    })

    test('a sender who is not read from is told AGAIN, and goes on when there is room', async () => {
      const { client, server } = await connected()
      const data = new Uint8Array(1 << 16)
      let sent = 0
      for (;;) {
        const count = network('send', { handle: client, data })
        if (
          count === AGAIN &&
          (await network('wait', { on: [{ handle: client, events: POLLOUT }], timeoutMs: 100 })).length === 0
        )
          break
        if (count !== AGAIN) sent += count
        if (sent > 64 << 20) throw new Error('there is no end to what it takes')
      }
      expect((await receiveAll(server, sent)).length).toBe(sent)
      expect((await wait(client, POLLOUT | DRAINED)) & POLLOUT).toBe(POLLOUT)
      close(client, server)
    })

    test('connecting where nobody listens is refused, and the socket can try again', async () => {
      const nobody = await listener()
      close(nobody.handle)
      const other = await listener()
      const handle = open()
      expect(await errnoOf(() => ask('connect', { handle, to: nobody.name }, POLLOUT))).toBe('ECONNREFUSED')
      expect(await ask('connect', { handle, to: other.name }, POLLOUT)).toBe(true)
      close(handle, other.handle)
    })

    test('a bound socket has its port before it listens, and keeps it when it connects', async () => {
      const server = await listener()
      const handle = open()
      await ask('bind', { handle, to: loopback() }, DONE)
      const { port } = network('localName', { handle }) as InetAddress
      expect(port).toBeGreaterThan(0)
      await ask('connect', { handle, to: server.name }, POLLOUT)
      expect(portOf(network('localName', { handle }))).toBe(port)
      close(handle, server.handle)
    })

    test.each([
      ['a port that is taken', async () => (await listener()).name, 'EADDRINUSE'],
      [
        'an address of somebody else',
        () => ({ family: 'inet', host: '192.0.2.1', port: 0 }) as Address,
        'EADDRNOTAVAIL',
      ],
    ])('binding to %s', async (_, where, errno) => {
      const handle = open()
      const to = await where()
      expect(await errnoOf(() => ask('bind', { handle, to }, DONE))).toBe(errno)
      close(handle)
    })

    test('connections are accepted in the order they came', async () => {
      const server = await listener()
      const clients = [open(), open(), open()]
      for (const handle of clients) await ask('connect', { handle, to: server.name }, POLLOUT)
      const ports: number[] = []
      for (const _ of clients) {
        const { handle, peer } = (await ask('accept', { handle: server.handle }, POLLIN)) as {
          handle: Handle
          peer: Address
        }
        close(handle)
        ports.push(portOf(peer))
      }
      expect(ports).toEqual(clients.map((handle) => portOf(network('localName', { handle }))))
      close(server.handle, ...clients)
    })

    test('a listener that closes resets who was not accepted', async () => {
      const server = await listener()
      const handle = open()
      await ask('connect', { handle, to: server.name }, POLLOUT)
      await wait(server.handle, POLLIN)
      close(server.handle)
      expect((await wait(handle, POLLERR)) & POLLERR).toBe(POLLERR)
      close(handle)
    })

    test('a pair is connected from the start', async () => {
      const [one, two] = network('pair', { type: 'stream' })
      await sendAll(one, bytes('hello'))
      expect(network('available', { handle: two })).toBe(5)
      expect(text(await receiveAll(two, 5))).toBe('hello')
      close(one)
      expect(network('receive', { handle: two, into: new Uint8Array(1), peek: false })).toBe(0)
      close(two)
    })
  })
}
