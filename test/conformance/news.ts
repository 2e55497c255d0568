import { describe, expect, test } from 'vitest'
import { AGAIN, beginning, DONE, type Events, type Handle, type Mark } from '../../src/network/network.js'
import { POLLIN, POLLOUT, POLLRDHUP } from '../../src/posix/constants.js'
import { bytes, LIMIT_MS, type Scene } from './scene.js'

/** What is told of what has come since. */
export function testNews({
  network,
  plain,
  wait,
  ask,
  open,
  close,
  listener,
  connected,
  sendAll,
  datagram,
}: Scene): void {
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
      // by `plain`, which fills it sooner
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
      expect(await network('wait', { on, timeoutMs: LIMIT_MS })).toEqual([{ handle: server, events: POLLOUT, tag: 0 }])
      const inAndHup = on.map((each) => ({ ...each, events: POLLIN }))
      await sendAll(client, bytes('x'))
      const found = await network('wait', { on: inAndHup, timeoutMs: LIMIT_MS })
      expect(found.map(({ tag }) => tag)).toEqual([7, 0])
      close(client, server)
    })
  })
}
