import { describe, expect, test } from 'vitest'
import type { LinkOptions } from '../../src/network/virtual/links.js'
import { type VirtualNetworkOptions, virtualNetwork } from '../../src/network/virtual/virtual-network.js'
import type { Address } from '../../src/posix/address.js'
import { POLLIN } from '../../src/posix/constants.js'
import { SysError } from '../../src/posix/errno.js'
import { type MaybeBlocking, runBlocking } from '../../src/posix-sockets/blocking.js'
import { Sockets } from '../../src/posix-sockets/sockets.js'

const bytes = (text: string) => new TextEncoder().encode(text)
const text = (data: Uint8Array) => new TextDecoder().decode(data)
const inet = (host: string, port: number): Address => ({ family: 'inet', host, port })
const stream = { family: 'inet', type: 'stream', nonBlocking: false } as const
const dgram = { family: 'inet', type: 'dgram', nonBlocking: false } as const

/** Two hosts, and a guest on each. */
function scene(link: LinkOptions = {}, options: VirtualNetworkOptions = {}) {
  const net = virtualNetwork({ seed: 7, ...options })
  const a = net.host('client', ['10.0.0.1', 'fd00::1'])
  const b = net.host('db.internal', ['10.0.0.2', 'fd00::2'])
  net.link(a, b, link)
  const guest = (host: typeof a) => {
    const driver = host.driver()
    const sockets = new Sockets({ network: driver, world: net.world })
    return { driver, sockets, run: <T>(call: MaybeBlocking<T>) => runBlocking(call, driver.network) }
  }
  const [one, two] = [guest(a), guest(b)]
  const listening = (port = 80, backlog = 8) => {
    const fd = two.sockets.socket(stream)
    two.run(two.sockets.bind(fd, inet('0.0.0.0', port)))
    two.run(two.sockets.listen(fd, backlog))
    return fd
  }
  const dialled = (port = 80, host = '10.0.0.2') => {
    const fd = one.sockets.socket(stream)
    one.run(one.sockets.connect(fd, inet(host, port)))
    return fd
  }
  const connected = () => {
    const server = listening()
    const client = dialled()
    return { client, server: two.run(two.sockets.accept(server, { nonBlocking: false })).fd }
  }
  const datagram = (guest: typeof one, host: string, port = 0) => {
    const fd = guest.sockets.socket(dgram)
    guest.run(guest.sockets.bind(fd, inet(host, port)))
    return fd
  }
  return { net, a, b, one, two, listening, dialled, connected, datagram }
}

const errnoOf = (call: () => unknown) => {
  try {
    call()
    return 'none'
  } catch (error) {
    return error instanceof SysError ? error.errno : error
  }
}

describe('names and addresses', () => {
  const found = (host: string, family: 'inet' | 'inet6' = 'inet') => ({ host, family })
  test.each([
    ['another host', 'db.internal', undefined, [found('10.0.0.2'), found('fd00::2', 'inet6')]],
    ['it however it is written', 'DB.Internal.', 'inet6', [found('fd00::2', 'inet6')]],
    ['the host itself', 'client', 'inet', [found('10.0.0.1')]],
    ['localhost', 'localhost', undefined, [found('127.0.0.1'), found('::1', 'inet6')]],
    ['nobody', 'elsewhere', undefined, 'EAI_NONAME'],
  ] as const)('%s is found', (_, host, family, expected) => {
    const { network } = scene().one.driver
    const answer = network('answer', { handle: network('resolve', { host, family }) })
    const [is, what] = typeof expected === 'string' ? ['failed', 'reason'] : ['found', 'hosts']
    expect(answer).toEqual({ is, [what as string]: expected })
  })

  test.each([
    ['where nobody listens is refused', '10.0.0.2', 'ECONNREFUSED'],
    ['to an address that no host has finds no way', '192.0.2.1', 'ENETUNREACH'],
    ['to oneself does not reach another host', '127.0.0.1', 'ECONNREFUSED'],
  ])('connecting %s', (_, host, errno) => {
    const { dialled, listening } = scene()
    listening(81)
    expect(errnoOf(() => dialled(host === '10.0.0.2' ? 80 : 81, host))).toBe(errno)
  })

  test('a dual-stack listener sees IPv4 within IPv6', () => {
    const { two, dialled } = scene()
    const fd = two.sockets.socket({ ...stream, family: 'inet6' })
    two.run(two.sockets.bind(fd, { family: 'inet6', host: '::', port: 80, scope: 0 }))
    two.run(two.sockets.listen(fd, 1))
    dialled()
    const { peer } = two.run(two.sockets.accept(fd, { nonBlocking: false }))
    expect(peer).toMatchObject({ family: 'inet6', host: '::ffff:10.0.0.1' })
  })

  test.each([
    ['twice', {}, {}, 'EADDRINUSE'],
    ['by two who reuse addresses', { reuse: true }, {}, 'none'],
    ['by one who reuses addresses where another listens', { reuse: true }, { listens: true }, 'EADDRINUSE'],
    ['on another address', {}, { host: '127.0.0.1' }, 'none'],
  ])('a port that is bound %s', (_, { reuse = false }: { reuse?: boolean }, more, errno) => {
    const { one } = scene()
    const { host = '10.0.0.1', listens = false } = more as { host?: string; listens?: boolean }
    const bind = (where: string) => {
      const fd = one.sockets.socket(stream)
      if (reuse) one.run(one.sockets.setsockopt(fd, 'SO_REUSEADDR', 1))
      one.run(one.sockets.bind(fd, inet(where, 9000)))
      return fd
    }
    const first = bind('10.0.0.1')
    if (listens) one.run(one.sockets.listen(first, 1))
    expect(errnoOf(() => bind(host))).toBe(errno)
  })
})

test('local sockets have their names on their host', () => {
  const { one, two } = scene()
  const at = { family: 'unix', path: '/run/x' } as const
  const unix = { ...stream, family: 'unix' } as const
  const server = one.sockets.socket(unix)
  one.run(one.sockets.bind(server, at))
  const again = one.sockets.socket(unix)
  expect(errnoOf(() => one.run(one.sockets.bind(again, at)))).toBe('EADDRINUSE')
  expect(errnoOf(() => one.run(one.sockets.connect(again, at)))).toBe('ECONNREFUSED')
  one.run(one.sockets.listen(server, 1))
  one.run(one.sockets.connect(again, at))
  const { fd } = one.run(one.sockets.accept(server, { nonBlocking: false }))
  one.run(one.sockets.send(fd, bytes('hello'), 0))
  const into = new Uint8Array(5)
  one.run(one.sockets.receive(again, into, 0))
  expect(text(into)).toBe('hello')
  const stranger = two.sockets.socket(unix)
  expect(errnoOf(() => two.run(two.sockets.connect(stranger, at)))).toBe('ENOENT')
})

test('a pair of datagram sockets keeps borders, and tells that its other end is gone', () => {
  const { network } = scene().one.driver
  const [here, there] = network('pair', { type: 'dgram' })
  const into = new Uint8Array(4)
  for (const data of [bytes('one'), bytes('two')]) network('send', { handle: here, data })
  expect(network('receiveFrom', { handle: there, into, peek: false })).toMatchObject({ length: 3 })
  expect(network('available', { handle: there })).toBe(3)
  network('close', { handle: there, abort: false })
  const send = () => network('send', { handle: here, data: into })
  expect([errnoOf(send), errnoOf(send)]).toEqual(['ECONNREFUSED', 'ENOTCONN'])
})

describe('time', () => {
  test('a minute that somebody waits is a minute of the virtual clock only', () => {
    const { net, one } = scene()
    expect(one.driver.network('wait', { on: [], timeoutMs: 60_000 })).toEqual([])
    expect(net.nowMs).toBeCloseTo(60_000, 1)
    expect(net.world.time()).toBeCloseTo(Date.UTC(2000, 0) + 60_000, 1)
  })

  test('who looks again and again without waiting gets on too', () => {
    const { net, one } = scene()
    for (const until = net.world.now() + 1; net.world.now() < until; );
    for (let calls = 0; net.nowMs < 3; calls++) {
      one.driver.network('wait', { on: [], timeoutMs: 0 })
      expect(calls).toBeLessThan(3000)
    }
  })

  test('latency and bandwidth are what a link takes', () => {
    const { net, one, two, connected } = scene({ latencyMs: 20, bytesPerSecond: 8232_000 })
    const { client, server } = connected()
    const before = net.nowMs
    one.run(one.sockets.send(client, new Uint8Array(8192), 0)) // with headers a millisecond of the link
    two.run(two.sockets.receive(server, new Uint8Array(1), 0))
    expect(net.nowMs - before).toBeGreaterThan(20.9)
    expect(net.nowMs - before).toBeLessThan(21.1)
  })

  test('a link that is changed is so from then on', () => {
    const { net, a, b, one, two, connected } = scene()
    const { client, server } = connected()
    net.link(a, b, { latencyMs: 5000 })
    const before = net.nowMs
    one.run(one.sockets.send(client, bytes('slow'), 0))
    two.run(two.sockets.receive(server, new Uint8Array(4), 0))
    expect(net.nowMs - before).toBeGreaterThan(4999)
  })

  test('waiting for what cannot come is an error of the scene, not a hang', () => {
    const { two, connected } = scene()
    const { server } = connected()
    expect(() => two.run(two.sockets.receive(server, new Uint8Array(1), 0))).toThrow(/db.internal waits without/)
  })

  test.each([
    { loss: 2 },
    { latencyMs: -1 },
    { jitterMs: Number.NaN },
    { bytesPerSecond: 0 },
    { lag: 1 } as LinkOptions,
  ])('a link cannot be %o', (link) => {
    expect(() => scene(link)).toThrow(TypeError)
  })
})

describe('streams over a bad link', () => {
  test('what is lost comes later, in order', () => {
    const { net, one, two, connected, a, b } = scene()
    const { client, server } = connected()
    net.link(a, b, { loss: 0.5, jitterMs: 50 })
    const data = Uint8Array.from({ length: 100_000 }, (_, index) => index * 7 + (index >> 8))
    one.run(one.sockets.send(client, data, 0))
    one.run(one.sockets.close(client))
    const got = new Uint8Array(data.length + 1)
    const { length } = two.run(two.sockets.receive(server, got, 0x100))
    expect(Buffer.compare(got.subarray(0, length), data)).toBe(0)
    expect(net.nowMs).toBeGreaterThan(200)
  })

  test.each([
    ['connecting', 127_000, 128_000],
    ['sending', 900_000, 1_000_000],
  ])('%s across a partition times out', (what, least, most) => {
    const { net, a, b, one, connected, dialled, listening } = scene()
    const client = what === 'sending' ? connected().client : listening()
    net.partition(a, b)
    const call = () => {
      if (what === 'connecting') return dialled()
      one.run(one.sockets.send(client, bytes('x'), 0))
      return one.run(one.sockets.receive(client, new Uint8Array(1), 0))
    }
    expect(errnoOf(call)).toBe('ETIMEDOUT')
    expect(net.nowMs).toBeGreaterThan(least)
    expect(net.nowMs).toBeLessThan(most)
  })

  test('a partition that heals in time has only cost time', () => {
    const { net, a, b, one, two, connected } = scene({ latencyMs: 10 })
    const { client, server } = connected()
    one.run(one.sockets.send(client, bytes('late'), 0))
    net.partition(a, b) // while it is under way
    net.advance(30_000)
    expect(two.driver.network('available', { handle: two.sockets.socketOf(server).handle })).toBe(0)
    net.heal(a, b)
    const into = new Uint8Array(4)
    two.run(two.sockets.receive(server, into, 0))
    expect(text(into)).toBe('late')
  })

  test('a link that resets does so for both ends', () => {
    const { net, a, b, one, two, connected } = scene()
    const { client, server } = connected()
    net.link(a, b, { reset: 1 })
    one.run(one.sockets.send(client, bytes('x'), 0))
    expect(errnoOf(() => two.run(two.sockets.receive(server, new Uint8Array(1), 0)))).toBe('ECONNRESET')
    expect(errnoOf(() => one.run(one.sockets.receive(client, new Uint8Array(1), 0)))).toBe('ECONNRESET')
  })

  test('a full backlog makes the next client call again', () => {
    const { net, two, dialled, listening } = scene()
    const server = listening(80, 0)
    dialled()
    expect(errnoOf(() => dialled())).toBe('ETIMEDOUT')
    expect(net.nowMs).toBeGreaterThan(127_000)
    two.run(two.sockets.accept(server, { nonBlocking: false }))
    expect(dialled()).toBeGreaterThan(0)
  })

  test('who is not read from is held back, and what is held stays small', () => {
    const { one, connected } = scene({ latencyMs: 1 })
    const { client } = connected()
    one.run(one.sockets.setsockopt(client, 'SO_SNDTIMEO', 1000))
    const taken = one.run(one.sockets.send(client, new Uint8Array(4 << 20), 0))
    expect(taken).toBe((256 + 512) * 1024)
  })

  test('what was sent before the driver closed is still read; a peer that is gone says so', () => {
    const { one, two, connected } = scene({ latencyMs: 100 })
    const { client, server } = connected()
    one.run(one.sockets.send(client, bytes('bye'), 0))
    one.driver.close()
    const into = new Uint8Array(10)
    expect(two.run(two.sockets.receive(server, into, 0x100)).length).toBe(3)
    two.run(two.sockets.send(server, bytes('anyone?'), 0))
    two.driver.network('wait', { on: [], timeoutMs: 1000 })
    expect(errnoOf(() => two.run(two.sockets.send(server, bytes('no'), 0)))).toBe('EPIPE')
  })
})

describe('datagrams over a bad link', () => {
  const arrivals = (link: LinkOptions, count: number) => {
    const { net, one, two, datagram } = scene(link)
    const [from, to] = [datagram(one, '10.0.0.1'), datagram(two, '10.0.0.2', 53)]
    for (let index = 0; index < count; index++) {
      one.run(one.sockets.send(from, Uint8Array.of(index), 0, inet('10.0.0.2', 53)))
      net.advance(1)
    }
    net.run()
    const got: number[] = []
    const into = new Uint8Array(1)
    while (two.run(two.sockets.poll([{ fd: to, events: POLLIN }], 0))[0] === POLLIN) {
      two.run(two.sockets.receive(to, into, 0))
      got.push(into[0] as number)
    }
    return got
  }
  const all = Array.from({ length: 100 }, (_, index) => index)

  test.each([
    ['come as they were sent', {}, (got: number[]) => expect(got).toEqual(all)],
    ['may be lost', { loss: 0.3 }, (got: number[]) => expect(got.length).toBeLessThan(90)],
    ['may come twice', { duplicate: 0.3 }, (got: number[]) => expect(got.length).toBeGreaterThan(110)],
    [
      'may overtake each other',
      { latencyMs: 5, reorder: 0.3 },
      (got: number[]) => {
        expect(got).not.toEqual(all)
        expect(got.toSorted((one, other) => one - other)).toEqual(all)
      },
    ],
  ])('they %s', (_, link, check) => {
    check(arrivals(link, 100))
  })

  test('across a partition they are gone, silently', () => {
    const { net, a, b, one, datagram } = scene()
    const from = datagram(one, '10.0.0.1')
    one.run(one.sockets.connect(from, inet('10.0.0.2', 53)))
    net.partition(a, b)
    for (let index = 0; index < 3; index++) expect(one.run(one.sockets.send(from, bytes('x'), 0))).toBe(1)
    net.heal(a, b)
    one.run(one.sockets.send(from, bytes('x'), 0))
    expect(errnoOf(() => one.run(one.sockets.receive(from, new Uint8Array(1), 0)))).toBe('ECONNREFUSED')
  })

  test('a group reaches members on other hosts', () => {
    const { one, two, datagram } = scene({ latencyMs: 1 })
    const [from, to] = [datagram(one, '10.0.0.1'), datagram(two, '0.0.0.0', 5353)]
    const { network } = two.driver
    const { handle } = two.sockets.socketOf(to)
    network('setOption', { handle, option: 'join', value: { group: '224.0.0.251', via: '' } })
    one.run(one.sockets.send(from, bytes('who?'), 0, inet('224.0.0.251', 5353)))
    expect(two.run(two.sockets.receive(to, new Uint8Array(4), 0)).from).toMatchObject({ host: '10.0.0.1' })
  })
})

test('what is no address is refused by its host, which is not there afterwards', () => {
  const net = virtualNetwork()
  expect(() => net.host('a', ['10.0.0.1', '300.1.1.1'])).toThrow(
    'a: addresses[1] must be an IP address, not "300.1.1.1"',
  )
  expect(net.host('a', ['10.0.0.1'])).toBeDefined()
})
