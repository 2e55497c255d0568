import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  AGAIN,
  beginning,
  DONE,
  DRAINED,
  type Events,
  type Handle,
  type Mark,
  type Network,
  type NetworkDriver,
  type Operation,
} from '../../src/network/network.js'
import type { Address, InetAddress } from '../../src/posix/address.js'
import { POLLERR, POLLHUP, POLLIN, POLLOUT, POLLRDHUP } from '../../src/posix/constants.js'
import { SysError } from '../../src/posix/errno.js'

const LIMIT_MS = 10_000
const bytes = (text: string) => new TextEncoder().encode(text)
const text = (data: Uint8Array) => new TextDecoder().decode(data)
const loopback = (port = 0): Address => ({ family: 'inet', host: '127.0.0.1', port })
const loopback6 = (port = 0): Address => ({ family: 'inet6', host: '::1', port, scope: 0 })
const portOf = (address: Address) => (address as InetAddress).port

/** What networks are known not to do, by how their names begin. */
const knownGaps: readonly { network: string; reason: string; tests: readonly string[] }[] = [
  {
    network: 'the network in memory',
    reason: 'TLS is asynchronous, and its guest blocks the thread: it answers EOPNOTSUPP to startTls',
    tests: ['it goes out after what was sent, and a peer that does not speak it ends the connection'],
  },
]

/** What a network must do, whichever it is. */
export function testNetwork(
  name: string,
  make: () => NetworkDriver,
  decorate: (network: Network) => Network = (same) => same,
) {
  describe(name, () => {
    let driver: NetworkDriver
    let network: Network
    beforeAll(() => {
      driver = make()
      network = decorate(driver.network)
    })
    afterAll(() => driver.close())
    beforeEach(({ task, skip }) => {
      const gap = knownGaps.find(({ network }) => name.startsWith(network))
      if (gap?.tests.includes(task.name)) skip(gap.reason)
    })

    const wait = async (handle: Handle, events: Events) => {
      const [found] = await network('wait', { on: [{ handle, events }], timeoutMs: LIMIT_MS })
      if (found === undefined) throw new Error(`waited in vain for ${events}`)
      return found.events
    }
    /** Asks again until the answer is there. */
    const ask = async <K extends Operation>(name: K, input: Parameters<typeof network<K>>[1], events: Events) => {
      const { handle } = input as { handle: Handle }
      for (;;) {
        const answer = network(name, input)
        if (answer !== AGAIN) return answer as Exclude<typeof answer, typeof AGAIN>
        await wait(handle, events)
      }
    }
    const errnoOf = async (call: () => unknown) => {
      try {
        await call()
        return 'none'
      } catch (error) {
        if (error instanceof SysError) return error.errno
        throw error
      }
    }
    const open = (type: 'stream' | 'dgram' = 'stream', family: 'inet' | 'inet6' = 'inet') =>
      network('open', { family, type })
    const close = (...handles: Handle[]) => {
      for (const handle of handles) network('close', { handle, abort: false })
    }
    const listener = async (to = loopback(), backlog = 8) => {
      const handle = open('stream', to.family as 'inet')
      await ask('bind', { handle, to }, DONE)
      await ask('listen', { handle, backlog }, DONE)
      return { handle, name: network('localName', { handle }) }
    }
    const connected = async (to = loopback()) => {
      const server = await listener(to)
      const client = open('stream', to.family as 'inet')
      await ask('connect', { handle: client, to: server.name }, POLLOUT)
      const { handle, peer } = (await ask('accept', { handle: server.handle }, POLLIN)) as {
        handle: Handle
        peer: Address
      }
      close(server.handle)
      return { client, server: handle, peer }
    }
    const sendAll = async (handle: Handle, data: Uint8Array) => {
      for (let at = 0; at < data.length; ) at += await ask('send', { handle, data: data.subarray(at) }, POLLOUT)
    }
    const receiveAll = async (handle: Handle, length: number) => {
      const into = new Uint8Array(length)
      let at = 0
      while (at < length) {
        const count = await ask('receive', { handle, into: into.subarray(at), peek: false }, POLLIN)
        if (count === 0) break
        at += count
      }
      return into.subarray(0, at)
    }
    const datagram = async (to = loopback()) => {
      const handle = open('dgram', to.family as 'inet')
      await ask('bind', { handle, to }, DONE)
      return { handle, name: network('localName', { handle }) }
    }
    const receiveFrom = async (handle: Handle, room = 100, peek = false) => {
      const into = new Uint8Array(room)
      const { length, from } = (await ask('receiveFrom', { handle, into, peek }, POLLIN)) as {
        length: number
        from: Address
      }
      return { data: text(into.subarray(0, Math.min(length, room))), length, from }
    }

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

    describe('datagrams', () => {
      test.each([loopback(), loopback6()])('they keep their borders and tell their sender over $family', async (to) => {
        const [one, two] = [await datagram(to), await datagram(to)]
        for (const part of ['first', '', 'third'])
          await ask('send', { handle: one.handle, data: bytes(part), to: two.name }, POLLOUT)
        for (const data of ['first', '', 'third'])
          expect(await receiveFrom(two.handle)).toEqual({ data, length: data.length, from: one.name })
        close(one.handle, two.handle)
      })

      test('too little room cuts one, and tells its length', async () => {
        const [one, two] = [await datagram(), await datagram()]
        await ask('send', { handle: one.handle, data: bytes('0123456789'), to: two.name }, POLLOUT)
        expect(await receiveFrom(two.handle, 4, true)).toMatchObject({ data: '0123', length: 10 })
        expect(network('available', { handle: two.handle })).toBe(10)
        expect(await receiveFrom(two.handle, 4)).toMatchObject({ data: '0123', length: 10 })
        expect(network('receiveFrom', { handle: two.handle, into: new Uint8Array(4), peek: false })).toBe(AGAIN)
        close(one.handle, two.handle)
      })

      test('the largest goes, a larger one is EMSGSIZE', async () => {
        const [one, two] = [await datagram(), await datagram()]
        await ask('send', { handle: one.handle, data: new Uint8Array(65507), to: two.name }, POLLOUT)
        expect((await receiveFrom(two.handle, 65507)).length).toBe(65507)
        const tooLarge = { handle: one.handle, data: new Uint8Array(65508), to: two.name }
        expect(await errnoOf(() => network('send', tooLarge))).toBe('EMSGSIZE')
        close(one.handle, two.handle)
      })

      test('a group is joined, heard, and left', async () => {
        const [one, two] = [await datagram(), await datagram({ family: 'inet', host: '0.0.0.0', port: 0 })]
        const membership = { group: '239.255.77.1', via: '127.0.0.1' }
        await ask('setOption', { handle: one.handle, option: 'multicastInterface', value: '127.0.0.1' } as never, DONE)
        await ask('setOption', { handle: two.handle, option: 'join', value: membership } as never, DONE)
        const to: Address = { family: 'inet', host: membership.group, port: portOf(two.name) }
        await ask('send', { handle: one.handle, data: bytes('to all'), to }, POLLOUT)
        expect(await receiveFrom(two.handle)).toEqual({ data: 'to all', length: 6, from: one.name })
        await ask('setOption', { handle: two.handle, option: 'leave', value: membership } as never, DONE)
        const leaveAgain = () =>
          ask('setOption', { handle: two.handle, option: 'leave', value: membership } as never, DONE)
        expect(await errnoOf(leaveAgain)).toBe('EADDRNOTAVAIL')
        close(one.handle, two.handle)
      })

      test('a connected one sends to its peer, and hears of a closed port', async () => {
        const [one, two] = [await datagram(), await datagram()]
        await ask('connect', { handle: one.handle, to: two.name }, DONE)
        await ask('send', { handle: one.handle, data: bytes('hi') }, POLLOUT)
        expect((await receiveFrom(two.handle)).from).toEqual(one.name)
        close(two.handle)
        for (let refused = false; !refused; ) {
          refused =
            (await errnoOf(() => network('send', { handle: one.handle, data: bytes('anyone?') }))) === 'ECONNREFUSED'
          if (!refused) refused = ((await wait(one.handle, POLLERR | DRAINED)) & POLLERR) !== 0
        }
        close(one.handle)
      })
    })

    describe('pipes', () => {
      test('bytes go one way, and then comes the end', async () => {
        const [reader, writer] = network('pipe', {})
        expect(network('receive', { handle: reader, into: new Uint8Array(4), peek: false })).toBe(AGAIN)
        expect(await network('wait', { on: [{ handle: reader, events: POLLIN }], timeoutMs: 0 })).toEqual([])
        expect(await wait(writer, POLLOUT)).toBe(POLLOUT)
        await sendAll(writer, bytes('one way'))
        expect([await wait(reader, POLLIN | POLLOUT), network('available', { handle: reader })]).toEqual([POLLIN, 7])
        close(writer)
        expect(await wait(reader, POLLIN)).toBe(POLLIN | POLLHUP)
        expect(text(await receiveAll(reader, 100))).toBe('one way')
        expect(await wait(reader, 0)).toBe(POLLHUP)
        close(reader)
      })

      test('one that is full has room for 4096 bytes before it is writable', async () => {
        const [reader, writer] = network('pipe', {})
        while (network('send', { handle: writer, data: new Uint8Array(4096) }) !== AGAIN);
        expect(await network('wait', { on: [{ handle: writer, events: POLLOUT }], timeoutMs: 0 })).toEqual([])
        expect(network('available', { handle: reader })).toBeGreaterThan(65_536 - 4096)
        await receiveAll(reader, 4096)
        expect(await wait(writer, POLLOUT)).toBe(POLLOUT)
        close(reader, writer)
      })

      test('writing where nobody reads any more is EPIPE', async () => {
        const [reader, writer] = network('pipe', {})
        close(reader)
        expect(await wait(writer, 0)).toBe(POLLERR)
        expect(await errnoOf(() => network('send', { handle: writer, data: bytes('x') }))).toBe('EPIPE')
        close(writer)
      })
    })

    describe('waiting for news', () => {
      /** What is found of a handle since a mark, at the latest after so long. */
      const news = async (handle: Handle, events: Events, since: Mark, timeoutMs = LIMIT_MS) => {
        const [found] = await network('wait', { on: [{ handle, events, since }], timeoutMs })
        return found === undefined ? undefined : { events: found.events, mark: found.since as Mark }
      }
      type Ends = { from: Handle; to: Handle; done: () => void }
      const ends: [string, () => Ends | Promise<Ends>][] = [
        [
          'a connection',
          async () => {
            const { client, server } = await connected()
            return { from: client, to: server, done: () => close(client, server) }
          },
        ],
        [
          'a local pair',
          () => {
            const [one, two] = network('pair', { type: 'stream' })
            return { from: one, to: two, done: () => close(one, two) }
          },
        ],
        [
          'a pipe',
          () => {
            const [reader, writer] = network('pipe', {})
            return { from: writer, to: reader, done: () => close(reader, writer) }
          },
        ],
        [
          'datagrams',
          async () => {
            const [one, two] = [await datagram(), await datagram()]
            await ask('connect', { handle: one.handle, to: two.name }, DONE)
            return { from: one.handle, to: two.handle, done: () => close(one.handle, two.handle) }
          },
        ],
      ]

      test.each(ends)('tells of what comes over %s once, whether it is received or not', async (_, make) => {
        const { from, to, done } = await make()
        expect(await news(to, POLLIN, beginning, 0)).toBeUndefined()
        await sendAll(from, bytes('a'))
        const first = await news(to, POLLIN, beginning)
        expect(first?.events).toBe(POLLIN)
        expect(await news(to, POLLIN, first?.mark as Mark, 20)).toBeUndefined()
        await sendAll(from, bytes('b'))
        const second = await news(to, POLLIN, first?.mark as Mark)
        expect(second?.events).toBe(POLLIN)
        expect(await wait(to, POLLIN)).toBe(POLLIN)
        done()
      })

      test('tells once of room that there is, and again when there was none in between', async () => {
        const { client, server } = await connected()
        const first = await news(client, POLLOUT, beginning)
        expect(first?.events).toBe(POLLOUT)
        await sendAll(client, bytes('a little'))
        expect(await news(client, POLLOUT, first?.mark as Mark, 20)).toBeUndefined()
        const { network: plain } = driver // which fills it sooner
        for (let isFull = false; !isFull; ) {
          while (plain('send', { handle: client, data: new Uint8Array(65_536) }) !== AGAIN);
          isFull = (await plain('wait', { on: [{ handle: client, events: POLLOUT }], timeoutMs: 50 })).length === 0
        }
        expect(await news(client, POLLOUT, first?.mark as Mark, 0)).toBeUndefined()
        const into = new Uint8Array(1 << 20)
        while ((await plain('wait', { on: [{ handle: client, events: POLLOUT }], timeoutMs: 0 })).length === 0)
          if (plain('receive', { handle: server, into, peek: false }) === AGAIN) await wait(server, POLLIN)
        expect((await news(client, POLLOUT, first?.mark as Mark))?.events).toBe(POLLOUT)
        close(client, server)
      })

      test('tells those who wait for room nothing of what is received', async () => {
        const { client, server } = await connected()
        const before = await news(client, POLLOUT | POLLRDHUP, beginning)
        await sendAll(server, bytes('x'))
        await wait(client, POLLIN)
        expect(await news(client, POLLOUT | POLLRDHUP, before?.mark as Mark, 0)).toBeUndefined()
        network('shutdown', { handle: server, end: 'write' })
        expect((await news(client, POLLOUT | POLLRDHUP, before?.mark as Mark))?.events).toBe(POLLOUT | POLLRDHUP)
        close(client, server)
      })

      test('tells of the end, and of each connection at a listener', async () => {
        const server = await listener()
        const [one, two] = [open(), open()]
        await ask('connect', { handle: one, to: server.name }, POLLOUT)
        const first = await news(server.handle, POLLIN, beginning)
        await ask('connect', { handle: two, to: server.name }, POLLOUT)
        const second = await news(server.handle, POLLIN, first?.mark as Mark)
        expect(second?.events).toBe(POLLIN)
        expect(await news(server.handle, POLLIN, second?.mark as Mark, 20)).toBeUndefined()
        const { handle } = (await ask('accept', { handle: server.handle }, POLLIN)) as { handle: Handle }
        const before = await news(one, POLLIN | POLLOUT | POLLRDHUP, beginning)
        network('shutdown', { handle, end: 'write' })
        const ended = await news(one, POLLIN | POLLRDHUP, before?.mark as Mark)
        expect(ended?.events).toBe(POLLIN | POLLRDHUP)
        expect(await news(one, POLLIN | POLLRDHUP, ended?.mark as Mark, 20)).toBeUndefined()
        close(server.handle, one, two, handle)
      })

      test('tags come back, and one handle may be asked about twice', async () => {
        const { client, server } = await connected()
        const on = [
          { handle: server, events: POLLIN, tag: 7 },
          { handle: client, events: POLLIN, tag: 3 },
          { handle: server, events: POLLOUT, tag: 0 },
        ]
        expect(await network('wait', { on, timeoutMs: LIMIT_MS })).toEqual([
          { handle: server, events: POLLOUT, tag: 0 },
        ])
        const inAndHup = on.map((each) => ({ ...each, events: POLLIN }))
        await sendAll(client, bytes('x'))
        const found = await network('wait', { on: inAndHup, timeoutMs: LIMIT_MS })
        expect(found.map(({ tag }) => tag)).toEqual([7, 0])
        close(client, server)
      })
    })

    describe('TLS', () => {
      const asked = { role: 'client', hostname: 'localhost', protocols: [], verifies: true } as const

      test.each([
        ['a stream that is not connected', () => open(), asked, 'ENOTCONN'],
        ['a listener', async () => (await listener()).handle, asked, 'ENOTCONN'],
        ['a socket for datagrams', () => open('dgram'), asked, 'EOPNOTSUPP'],
        ['a local pair', () => network('pair', { type: 'stream' })[0], asked, 'EOPNOTSUPP'],
        [
          'a server without a certificate',
          async () => (await connected()).client,
          { ...asked, role: 'server' },
          'EOPNOTSUPP',
        ],
        ['who does not want to verify', async () => (await connected()).client, { ...asked, verifies: false }, 'EPERM'],
      ] as const)('there is none for %s', async (_, make, request, errno) => {
        const handle = await make()
        expect(await errnoOf(() => network('startTls', { handle, ...request }))).toBe(errno)
        expect(network('tlsState', { handle })).toEqual({ is: 'none' })
        close(handle)
      })

      test('it goes out after what was sent, and a peer that does not speak it ends the connection', async () => {
        const { client, server } = await connected()
        await sendAll(client, bytes('STARTTLS'))
        expect(network('startTls', { handle: client, ...asked })).toBe(AGAIN)
        expect(network('send', { handle: client, data: bytes('too early') })).toBe(AGAIN)
        expect(network('receive', { handle: client, into: new Uint8Array(1), peek: false })).toBe(AGAIN)
        const got = await receiveAll(server, 10)
        expect([text(got.subarray(0, 8)), ...got.subarray(8)]).toEqual(['STARTTLS', 22, 3])
        await sendAll(server, bytes('in plain text'))
        expect((await wait(client, POLLOUT)) & (POLLERR | POLLOUT)).toBe(POLLERR | POLLOUT)
        expect(await errnoOf(() => network('startTls', { handle: client, ...asked }))).toBe('EPROTO')
        expect(await errnoOf(() => network('receive', { handle: client, into: new Uint8Array(1), peek: false }))).toBe(
          'ENOTCONN',
        )
        expect(network('tlsState', { handle: client })).toEqual({ is: 'failed', reason: expect.stringMatching(/./) })
        close(client, server)
      })
    })

    describe('the rest', () => {
      test('waiting for nothing takes its time', async () => {
        const handle = (await listener()).handle
        expect(await network('wait', { on: [{ handle, events: POLLIN }], timeoutMs: 20 })).toEqual([])
        close(handle)
      })

      test('a wait tells all that is ready, in the order asked', async () => {
        const [one, two] = [await connected(), await connected()]
        await sendAll(one.client, bytes('x'))
        await sendAll(two.client, bytes('y'))
        await wait(one.server, POLLIN)
        await wait(two.server, POLLIN)
        const on = [two.server, one.client, one.server].map((handle) => ({ handle, events: POLLIN }))
        const found = await network('wait', { on, timeoutMs: LIMIT_MS })
        expect(found.map(({ handle }) => handle)).toEqual([two.server, one.server])
        close(one.client, one.server, two.client, two.server)
      })

      test('names are resolved', async () => {
        const handle = network('resolve', { host: 'localhost', family: 'inet' })
        const resolution = await ask('answer', { handle }, DONE)
        expect(resolution).toEqual({ is: 'found', hosts: [{ host: '127.0.0.1', family: 'inet' }] })
      })

      test('addresses have names, or none', async () => {
        const found = await ask('answer', { handle: network('resolveBack', { host: '127.0.0.1' }) }, DONE)
        expect(found.is).toBe('named')
        const none = await ask('answer', { handle: network('resolveBack', { host: '192.0.2.1' }) }, DONE)
        expect(none.is).toBe('failed')
      })

      test('the loopback is an interface', async () => {
        expect(network('interfaces', {})).toContainEqual({ name: expect.stringMatching(/^lo/), index: 1 })
      })

      test.each([
        ['noDelay', true],
        ['keepAlive', true],
        ['keepIdle', 60],
      ] as const)('the option %s is kept', async (option, value) => {
        const { client, server } = await connected()
        expect(network('getOption', { handle: client, option })).not.toBe(value)
        await ask('setOption', { handle: client, option, value } as never, DONE)
        expect(network('getOption', { handle: client, option })).toBe(value)
        close(client, server)
      })

      test('a handle that was closed is EBADF', async () => {
        const handle = open()
        close(handle)
        expect(await errnoOf(() => network('localName', { handle }))).toBe('EBADF')
      })
    })
  })
}
