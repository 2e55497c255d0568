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
    reason: 'it has no TLS, and answers EOPNOTSUPP to startTls',
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

    const wait = (handle: Handle, events: Events) => {
      const [found] = network('wait', { on: [{ handle, events }], timeoutMs: LIMIT_MS })
      if (found === undefined) throw new Error(`waited in vain for ${events}`)
      return found.events
    }
    /** Asks again until the answer is there. */
    const ask = <K extends Operation>(name: K, input: Parameters<typeof network<K>>[1], events: Events) => {
      const { handle } = input as { handle: Handle }
      for (;;) {
        const answer = network(name, input)
        if (answer !== AGAIN) return answer as Exclude<typeof answer, typeof AGAIN>
        wait(handle, events)
      }
    }
    const errnoOf = (call: () => unknown) => {
      try {
        call()
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
    const listener = (to = loopback(), backlog = 8) => {
      const handle = open('stream', to.family as 'inet')
      ask('bind', { handle, to }, DONE)
      ask('listen', { handle, backlog }, DONE)
      return { handle, name: network('localName', { handle }) }
    }
    const connected = (to = loopback()) => {
      const server = listener(to)
      const client = open('stream', to.family as 'inet')
      ask('connect', { handle: client, to: server.name }, POLLOUT)
      const { handle, peer } = ask('accept', { handle: server.handle }, POLLIN) as { handle: Handle; peer: Address }
      close(server.handle)
      return { client, server: handle, peer }
    }
    const sendAll = (handle: Handle, data: Uint8Array) => {
      for (let at = 0; at < data.length; ) at += ask('send', { handle, data: data.subarray(at) }, POLLOUT)
    }
    const receiveAll = (handle: Handle, length: number) => {
      const into = new Uint8Array(length)
      let at = 0
      while (at < length) {
        const count = ask('receive', { handle, into: into.subarray(at), peek: false }, POLLIN)
        if (count === 0) break
        at += count
      }
      return into.subarray(0, at)
    }
    const datagram = (to = loopback()) => {
      const handle = open('dgram', to.family as 'inet')
      ask('bind', { handle, to }, DONE)
      return { handle, name: network('localName', { handle }) }
    }
    const receiveFrom = (handle: Handle, room = 100, peek = false) => {
      const into = new Uint8Array(room)
      const { length, from } = ask('receiveFrom', { handle, into, peek }, POLLIN) as { length: number; from: Address }
      return { data: text(into.subarray(0, Math.min(length, room))), length, from }
    }

    describe('streams', () => {
      test.each([loopback(), loopback6()])('bytes go both ways over $family', (to) => {
        const { client, server, peer } = connected(to)
        expect(peer).toEqual(network('localName', { handle: client }))
        expect(network('peerName', { handle: client })).toEqual(network('localName', { handle: server }))
        sendAll(client, bytes('question'))
        expect(text(receiveAll(server, 8))).toBe('question')
        sendAll(server, bytes('answer'))
        expect(text(receiveAll(client, 6))).toBe('answer')
        close(client, server)
      })

      test('a megabyte arrives whole and in order', () => {
        const { client, server } = connected()
        const data = Uint8Array.from({ length: 1 << 20 }, (_, index) => (index * 7 + (index >> 8)) & 0xff)
        const got = new Uint8Array(data.length)
        for (let sent = 0, received = 0; received < data.length; ) {
          const count = sent < data.length ? network('send', { handle: client, data: data.subarray(sent) }) : AGAIN
          if (count !== AGAIN) sent += count
          const more = network('receive', { handle: server, into: got.subarray(received), peek: false })
          if (more !== AGAIN) received += more
          if (count === AGAIN && more === AGAIN) wait(server, POLLIN)
        }
        expect(Buffer.compare(got, data)).toBe(0)
        close(client, server)
      })

      test('nothing to receive is AGAIN, not 0', () => {
        const { client, server } = connected()
        expect(network('receive', { handle: server, into: new Uint8Array(4), peek: false })).toBe(AGAIN)
        close(client, server)
      })

      test('peeking leaves the bytes', () => {
        const { client, server } = connected()
        sendAll(client, bytes('abc'))
        wait(server, POLLIN)
        const into = new Uint8Array(1)
        expect(network('receive', { handle: server, into, peek: true })).toBe(1)
        expect(text(receiveAll(server, 3))).toBe('abc')
        close(client, server)
      })

      test('the end comes after the bytes, and the other way stays open', () => {
        const { client, server } = connected()
        sendAll(client, bytes('last'))
        network('shutdown', { handle: client, end: 'write' })
        expect(text(receiveAll(server, 10))).toBe('last')
        expect(network('receive', { handle: server, into: new Uint8Array(1), peek: false })).toBe(0)
        expect(wait(server, POLLIN | POLLRDHUP) & (POLLRDHUP | POLLHUP)).toBe(POLLRDHUP)
        sendAll(server, bytes('reply'))
        expect(text(receiveAll(client, 5))).toBe('reply')
        expect(errnoOf(() => network('send', { handle: client, data: bytes('x') }))).toBe('EPIPE')
        close(client, server)
      })

      test('bytes that nobody has read survive the close of their sender', () => {
        const { client, server } = connected()
        sendAll(client, bytes('will'))
        close(client)
        wait(server, POLLRDHUP)
        expect(text(receiveAll(server, 10))).toBe('will')
        close(server)
      })

      test('an abort is a reset: ECONNRESET once, then the end, and EPIPE', () => {
        const { client, server } = connected()
        network('close', { handle: client, abort: true })
        expect(wait(server, POLLERR) & (POLLERR | POLLHUP)).toBe(POLLERR | POLLHUP)
        const receive = () => network('receive', { handle: server, into: new Uint8Array(1), peek: false })
        expect(errnoOf(receive)).toBe('ECONNRESET')
        expect(receive()).toBe(0)
        expect(errnoOf(() => network('send', { handle: server, data: bytes('x') }))).toBe('EPIPE')
        close(server)
      })

      test('the pending error is taken once', () => {
        const { client, server } = connected()
        network('close', { handle: client, abort: true })
        wait(server, POLLERR)
        expect(network('takeError', { handle: server })).toBe('ECONNRESET')
        expect(network('takeError', { handle: server })).toBeUndefined()
        close(server)
      })

      test('a sender who is not read from is told AGAIN, and goes on when there is room', () => {
        const { client, server } = connected()
        const data = new Uint8Array(1 << 16)
        let sent = 0
        for (;;) {
          const count = network('send', { handle: client, data })
          if (
            count === AGAIN &&
            network('wait', { on: [{ handle: client, events: POLLOUT }], timeoutMs: 100 }).length === 0
          )
            break
          if (count !== AGAIN) sent += count
          if (sent > 64 << 20) throw new Error('there is no end to what it takes')
        }
        expect(receiveAll(server, sent).length).toBe(sent)
        expect(wait(client, POLLOUT | DRAINED) & POLLOUT).toBe(POLLOUT)
        close(client, server)
      })

      test('connecting where nobody listens is refused, and the socket can try again', () => {
        const nobody = listener()
        close(nobody.handle)
        const other = listener()
        const handle = open()
        expect(errnoOf(() => ask('connect', { handle, to: nobody.name }, POLLOUT))).toBe('ECONNREFUSED')
        expect(ask('connect', { handle, to: other.name }, POLLOUT)).toBe(true)
        close(handle, other.handle)
      })

      test('a bound socket has its port before it listens, and keeps it when it connects', () => {
        const server = listener()
        const handle = open()
        ask('bind', { handle, to: loopback() }, DONE)
        const { port } = network('localName', { handle }) as InetAddress
        expect(port).toBeGreaterThan(0)
        ask('connect', { handle, to: server.name }, POLLOUT)
        expect(portOf(network('localName', { handle }))).toBe(port)
        close(handle, server.handle)
      })

      test.each([
        ['a port that is taken', () => listener().name, 'EADDRINUSE'],
        [
          'an address of somebody else',
          () => ({ family: 'inet', host: '192.0.2.1', port: 0 }) as Address,
          'EADDRNOTAVAIL',
        ],
      ])('binding to %s', (_, where, errno) => {
        const handle = open()
        expect(errnoOf(() => ask('bind', { handle, to: where() }, DONE))).toBe(errno)
        close(handle)
      })

      test('connections are accepted in the order they came', () => {
        const server = listener()
        const clients = [open(), open(), open()]
        for (const handle of clients) ask('connect', { handle, to: server.name }, POLLOUT)
        const ports = clients.map(() => {
          const { handle, peer } = ask('accept', { handle: server.handle }, POLLIN) as { handle: Handle; peer: Address }
          close(handle)
          return portOf(peer)
        })
        expect(ports).toEqual(clients.map((handle) => portOf(network('localName', { handle }))))
        close(server.handle, ...clients)
      })

      test('a listener that closes resets who was not accepted', () => {
        const server = listener()
        const handle = open()
        ask('connect', { handle, to: server.name }, POLLOUT)
        wait(server.handle, POLLIN)
        close(server.handle)
        expect(wait(handle, POLLERR) & POLLERR).toBe(POLLERR)
        close(handle)
      })

      test('a pair is connected from the start', () => {
        const [one, two] = network('pair', { type: 'stream' })
        sendAll(one, bytes('hello'))
        expect(network('available', { handle: two })).toBe(5)
        expect(text(receiveAll(two, 5))).toBe('hello')
        close(one)
        expect(network('receive', { handle: two, into: new Uint8Array(1), peek: false })).toBe(0)
        close(two)
      })
    })

    describe('datagrams', () => {
      test.each([loopback(), loopback6()])('they keep their borders and tell their sender over $family', (to) => {
        const [one, two] = [datagram(to), datagram(to)]
        for (const part of ['first', '', 'third'])
          ask('send', { handle: one.handle, data: bytes(part), to: two.name }, POLLOUT)
        for (const data of ['first', '', 'third'])
          expect(receiveFrom(two.handle)).toEqual({ data, length: data.length, from: one.name })
        close(one.handle, two.handle)
      })

      test('too little room cuts one, and tells its length', () => {
        const [one, two] = [datagram(), datagram()]
        ask('send', { handle: one.handle, data: bytes('0123456789'), to: two.name }, POLLOUT)
        expect(receiveFrom(two.handle, 4, true)).toMatchObject({ data: '0123', length: 10 })
        expect(network('available', { handle: two.handle })).toBe(10)
        expect(receiveFrom(two.handle, 4)).toMatchObject({ data: '0123', length: 10 })
        expect(network('receiveFrom', { handle: two.handle, into: new Uint8Array(4), peek: false })).toBe(AGAIN)
        close(one.handle, two.handle)
      })

      test('the largest goes, a larger one is EMSGSIZE', () => {
        const [one, two] = [datagram(), datagram()]
        ask('send', { handle: one.handle, data: new Uint8Array(65507), to: two.name }, POLLOUT)
        expect(receiveFrom(two.handle, 65507).length).toBe(65507)
        const tooLarge = { handle: one.handle, data: new Uint8Array(65508), to: two.name }
        expect(errnoOf(() => network('send', tooLarge))).toBe('EMSGSIZE')
        close(one.handle, two.handle)
      })

      test('a group is joined, heard, and left', () => {
        const [one, two] = [datagram(), datagram({ family: 'inet', host: '0.0.0.0', port: 0 })]
        const membership = { group: '239.255.77.1', via: '127.0.0.1' }
        ask('setOption', { handle: one.handle, option: 'multicastInterface', value: '127.0.0.1' } as never, DONE)
        ask('setOption', { handle: two.handle, option: 'join', value: membership } as never, DONE)
        const to: Address = { family: 'inet', host: membership.group, port: portOf(two.name) }
        ask('send', { handle: one.handle, data: bytes('to all'), to }, POLLOUT)
        expect(receiveFrom(two.handle)).toEqual({ data: 'to all', length: 6, from: one.name })
        ask('setOption', { handle: two.handle, option: 'leave', value: membership } as never, DONE)
        const leaveAgain = () =>
          ask('setOption', { handle: two.handle, option: 'leave', value: membership } as never, DONE)
        expect(errnoOf(leaveAgain)).toBe('EADDRNOTAVAIL')
        close(one.handle, two.handle)
      })

      test('a connected one sends to its peer, and hears of a closed port', () => {
        const [one, two] = [datagram(), datagram()]
        ask('connect', { handle: one.handle, to: two.name }, DONE)
        ask('send', { handle: one.handle, data: bytes('hi') }, POLLOUT)
        expect(receiveFrom(two.handle).from).toEqual(one.name)
        close(two.handle)
        for (let refused = false; !refused; ) {
          refused = errnoOf(() => network('send', { handle: one.handle, data: bytes('anyone?') })) === 'ECONNREFUSED'
          if (!refused) refused = (wait(one.handle, POLLERR | DRAINED) & POLLERR) !== 0
        }
        close(one.handle)
      })
    })

    describe('pipes', () => {
      test('bytes go one way, and then comes the end', () => {
        const [reader, writer] = network('pipe', {})
        expect(network('receive', { handle: reader, into: new Uint8Array(4), peek: false })).toBe(AGAIN)
        expect(network('wait', { on: [{ handle: reader, events: POLLIN }], timeoutMs: 0 })).toEqual([])
        expect(wait(writer, POLLOUT)).toBe(POLLOUT)
        sendAll(writer, bytes('one way'))
        expect([wait(reader, POLLIN | POLLOUT), network('available', { handle: reader })]).toEqual([POLLIN, 7])
        close(writer)
        expect(wait(reader, POLLIN)).toBe(POLLIN | POLLHUP)
        expect(text(receiveAll(reader, 100))).toBe('one way')
        expect(wait(reader, 0)).toBe(POLLHUP)
        close(reader)
      })

      test('one that is full has room for 4096 bytes before it is writable', () => {
        const [reader, writer] = network('pipe', {})
        while (network('send', { handle: writer, data: new Uint8Array(4096) }) !== AGAIN);
        expect(network('wait', { on: [{ handle: writer, events: POLLOUT }], timeoutMs: 0 })).toEqual([])
        expect(network('available', { handle: reader })).toBeGreaterThan(65_536 - 4096)
        receiveAll(reader, 4096)
        expect(wait(writer, POLLOUT)).toBe(POLLOUT)
        close(reader, writer)
      })

      test('writing where nobody reads any more is EPIPE', () => {
        const [reader, writer] = network('pipe', {})
        close(reader)
        expect(wait(writer, 0)).toBe(POLLERR)
        expect(errnoOf(() => network('send', { handle: writer, data: bytes('x') }))).toBe('EPIPE')
        close(writer)
      })
    })

    describe('waiting for news', () => {
      /** What is found of a handle since a mark, at the latest after so long. */
      const news = (handle: Handle, events: Events, since: Mark, timeoutMs = LIMIT_MS) => {
        const [found] = network('wait', { on: [{ handle, events, since }], timeoutMs })
        return found === undefined ? undefined : { events: found.events, mark: found.since as Mark }
      }
      const ends: [string, () => { from: Handle; to: Handle; done: () => void }][] = [
        [
          'a connection',
          () => {
            const { client, server } = connected()
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
          () => {
            const [one, two] = [datagram(), datagram()]
            ask('connect', { handle: one.handle, to: two.name }, DONE)
            return { from: one.handle, to: two.handle, done: () => close(one.handle, two.handle) }
          },
        ],
      ]

      test.each(ends)('tells of what comes over %s once, whether it is received or not', (_, make) => {
        const { from, to, done } = make()
        expect(news(to, POLLIN, beginning, 0)).toBeUndefined()
        sendAll(from, bytes('a'))
        const first = news(to, POLLIN, beginning)
        expect(first?.events).toBe(POLLIN)
        expect(news(to, POLLIN, first?.mark as Mark, 20)).toBeUndefined()
        sendAll(from, bytes('b'))
        const second = news(to, POLLIN, first?.mark as Mark)
        expect(second?.events).toBe(POLLIN)
        expect(wait(to, POLLIN)).toBe(POLLIN)
        done()
      })

      test('tells once of room that there is, and again when there was none in between', () => {
        const { client, server } = connected()
        const first = news(client, POLLOUT, beginning)
        expect(first?.events).toBe(POLLOUT)
        sendAll(client, bytes('a little'))
        expect(news(client, POLLOUT, first?.mark as Mark, 20)).toBeUndefined()
        const { network: plain } = driver // which fills it sooner
        for (let isFull = false; !isFull; ) {
          while (plain('send', { handle: client, data: new Uint8Array(65_536) }) !== AGAIN);
          isFull = plain('wait', { on: [{ handle: client, events: POLLOUT }], timeoutMs: 50 }).length === 0
        }
        expect(news(client, POLLOUT, first?.mark as Mark, 0)).toBeUndefined()
        const into = new Uint8Array(1 << 20)
        while (plain('wait', { on: [{ handle: client, events: POLLOUT }], timeoutMs: 0 }).length === 0)
          if (plain('receive', { handle: server, into, peek: false }) === AGAIN) wait(server, POLLIN)
        expect(news(client, POLLOUT, first?.mark as Mark)?.events).toBe(POLLOUT)
        close(client, server)
      })

      test('tells those who wait for room nothing of what is received', () => {
        const { client, server } = connected()
        const before = news(client, POLLOUT | POLLRDHUP, beginning)
        sendAll(server, bytes('x'))
        wait(client, POLLIN)
        expect(news(client, POLLOUT | POLLRDHUP, before?.mark as Mark, 0)).toBeUndefined()
        network('shutdown', { handle: server, end: 'write' })
        expect(news(client, POLLOUT | POLLRDHUP, before?.mark as Mark)?.events).toBe(POLLOUT | POLLRDHUP)
        close(client, server)
      })

      test('tells of the end, and of each connection at a listener', () => {
        const server = listener()
        const [one, two] = [open(), open()]
        ask('connect', { handle: one, to: server.name }, POLLOUT)
        const first = news(server.handle, POLLIN, beginning)
        ask('connect', { handle: two, to: server.name }, POLLOUT)
        const second = news(server.handle, POLLIN, first?.mark as Mark)
        expect(second?.events).toBe(POLLIN)
        expect(news(server.handle, POLLIN, second?.mark as Mark, 20)).toBeUndefined()
        const { handle } = ask('accept', { handle: server.handle }, POLLIN) as { handle: Handle }
        const before = news(one, POLLIN | POLLOUT | POLLRDHUP, beginning)
        network('shutdown', { handle, end: 'write' })
        const ended = news(one, POLLIN | POLLRDHUP, before?.mark as Mark)
        expect(ended?.events).toBe(POLLIN | POLLRDHUP)
        expect(news(one, POLLIN | POLLRDHUP, ended?.mark as Mark, 20)).toBeUndefined()
        close(server.handle, one, two, handle)
      })

      test('tags come back, and one handle may be asked about twice', () => {
        const { client, server } = connected()
        const on = [
          { handle: server, events: POLLIN, tag: 7 },
          { handle: client, events: POLLIN, tag: 3 },
          { handle: server, events: POLLOUT, tag: 0 },
        ]
        expect(network('wait', { on, timeoutMs: LIMIT_MS })).toEqual([{ handle: server, events: POLLOUT, tag: 0 }])
        const inAndHup = on.map((each) => ({ ...each, events: POLLIN }))
        sendAll(client, bytes('x'))
        const found = network('wait', { on: inAndHup, timeoutMs: LIMIT_MS })
        expect(found.map(({ tag }) => tag)).toEqual([7, 0])
        close(client, server)
      })
    })

    describe('TLS', () => {
      const asked = { role: 'client', hostname: 'localhost', protocols: [], verifies: true } as const

      test.each([
        ['a stream that is not connected', () => open(), asked, 'ENOTCONN'],
        ['a listener', () => listener().handle, asked, 'ENOTCONN'],
        ['a socket for datagrams', () => open('dgram'), asked, 'EOPNOTSUPP'],
        ['a local pair', () => network('pair', { type: 'stream' })[0], asked, 'EOPNOTSUPP'],
        ['a server without a certificate', () => connected().client, { ...asked, role: 'server' }, 'EOPNOTSUPP'],
        ['who does not want to verify', () => connected().client, { ...asked, verifies: false }, 'EPERM'],
      ] as const)('there is none for %s', (_, make, request, errno) => {
        const handle = make()
        expect(errnoOf(() => network('startTls', { handle, ...request }))).toBe(errno)
        expect(network('tlsState', { handle })).toEqual({ is: 'none' })
        close(handle)
      })

      test('it goes out after what was sent, and a peer that does not speak it ends the connection', () => {
        const { client, server } = connected()
        sendAll(client, bytes('STARTTLS'))
        expect(network('startTls', { handle: client, ...asked })).toBe(AGAIN)
        expect(network('send', { handle: client, data: bytes('too early') })).toBe(AGAIN)
        expect(network('receive', { handle: client, into: new Uint8Array(1), peek: false })).toBe(AGAIN)
        const got = receiveAll(server, 10)
        expect([text(got.subarray(0, 8)), ...got.subarray(8)]).toEqual(['STARTTLS', 22, 3])
        sendAll(server, bytes('in plain text'))
        expect(wait(client, POLLOUT) & (POLLERR | POLLOUT)).toBe(POLLERR | POLLOUT)
        expect(errnoOf(() => network('startTls', { handle: client, ...asked }))).toBe('EPROTO')
        expect(errnoOf(() => network('receive', { handle: client, into: new Uint8Array(1), peek: false }))).toBe(
          'ENOTCONN',
        )
        expect(network('tlsState', { handle: client })).toEqual({ is: 'failed', reason: expect.stringMatching(/./) })
        close(client, server)
      })
    })

    describe('the rest', () => {
      test('waiting for nothing takes its time', () => {
        const handle = listener().handle
        expect(network('wait', { on: [{ handle, events: POLLIN }], timeoutMs: 20 })).toEqual([])
        close(handle)
      })

      test('a wait tells all that is ready, in the order asked', () => {
        const [one, two] = [connected(), connected()]
        sendAll(one.client, bytes('x'))
        sendAll(two.client, bytes('y'))
        wait(one.server, POLLIN)
        wait(two.server, POLLIN)
        const on = [two.server, one.client, one.server].map((handle) => ({ handle, events: POLLIN }))
        const found = network('wait', { on, timeoutMs: LIMIT_MS })
        expect(found.map(({ handle }) => handle)).toEqual([two.server, one.server])
        close(one.client, one.server, two.client, two.server)
      })

      test('names are resolved', () => {
        const handle = network('resolve', { host: 'localhost', family: 'inet' })
        const resolution = ask('answer', { handle }, DONE)
        expect(resolution).toEqual({ is: 'found', hosts: [{ host: '127.0.0.1', family: 'inet' }] })
      })

      test('addresses have names, or none', () => {
        const found = ask('answer', { handle: network('resolveBack', { host: '127.0.0.1' }) }, DONE)
        expect(found.is).toBe('named')
        const none = ask('answer', { handle: network('resolveBack', { host: '192.0.2.1' }) }, DONE)
        expect(none.is).toBe('failed')
      })

      test('the loopback is an interface', () => {
        expect(network('interfaces', {})).toContainEqual({ name: expect.stringMatching(/^lo/), index: 1 })
      })

      test.each([
        ['noDelay', true],
        ['keepAlive', true],
        ['keepIdle', 60],
      ] as const)('the option %s is kept', (option, value) => {
        const { client, server } = connected()
        expect(network('getOption', { handle: client, option })).not.toBe(value)
        ask('setOption', { handle: client, option, value } as never, DONE)
        expect(network('getOption', { handle: client, option })).toBe(value)
        close(client, server)
      })

      test('a handle that was closed is EBADF', () => {
        const handle = open()
        close(handle)
        expect(errnoOf(() => network('localName', { handle }))).toBe('EBADF')
      })
    })
  })
}
