import { afterEach, describe, expect, test } from 'vitest'
import { Bridge } from '../../src/bridge/bridge.js'
import { machineBridge, machineWorld } from '../../src/machine.js'
import { faultOfLimits, limited, limitNames, type NetworkLimits } from '../../src/network/limits/limits.js'
import { AGAIN, DONE, type Handle, type Resolution } from '../../src/network/network.js'
import type { Address } from '../../src/posix/address.js'
import { EPOLL_CTL_ADD, EPOLL_CTL_DEL, EPOLLET, POLLERR, POLLHUP, POLLIN, POLLOUT } from '../../src/posix/constants.js'
import { SysError } from '../../src/posix/errno.js'
import { Sockets } from '../../src/posix-sockets/sockets.js'
import { errnoOf, limitedScene } from '../support/limited-scene.js'

const to: Address = { family: 'inet', host: '192.0.2.1', port: 80 }
const nobody: Address = { family: 'inet', host: '0.0.0.0', port: 0 }

describe('limits', () => {
  test('that are not set leave the network as it is', () => {
    const { bare, network } = limitedScene({})
    expect(network).toBe(bare)
    expect(limitedScene({ sockets: undefined, bytesPerSecondIn: undefined }).told).toEqual([])
  })

  test.each(limitNames)('%s alone is noticed', (name) => {
    const { bare, network } = limitedScene({ [name]: 5 })
    expect(network).not.toBe(bare)
  })

  test('survive the way to another thread', () => {
    const limits: NetworkLimits = { sockets: 3, bytesPerSecondIn: 0.5, lookups: 0 }
    expect(structuredClone(limits)).toEqual(limits)
  })

  const faults: [Record<string, unknown>, string | undefined][] = [
    [{}, undefined],
    [
      { sockets: 0, lookups: 0, bytesIn: 0, bytesOut: 1e9, bytesPerSecondIn: 0.5, lookupsPerSecond: undefined },
      undefined,
    ],
    [{ sockets: -1 }, 'the limit sockets must be a whole number, 0 or more, not -1'],
    [{ bytesIn: 1.5 }, 'the limit bytesIn must be a whole number, 0 or more, not 1.5'],
    [{ bytesOut: '5' }, 'the limit bytesOut must be a whole number, 0 or more, not 5'],
    [{ connectionsPerSecond: 0 }, 'the limit connectionsPerSecond must be a number above 0, not 0'],
    [{ lookupsPerSecond: Number.NaN }, 'the limit lookupsPerSecond must be a number above 0, not NaN'],
    [
      { bytesPerSecondOut: Number.POSITIVE_INFINITY },
      'the limit bytesPerSecondOut must be a number above 0, not Infinity',
    ],
    [{ bytesPerSecondOut: null }, 'the limit bytesPerSecondOut must be a number above 0, not null'],
    [{ socket: 5 }, `there is no limit socket; there are ${limitNames.join(', ')}`],
    [{ toString: 5 }, `there is no limit toString; there are ${limitNames.join(', ')}`],
  ]
  test.each(faults)('%o: %s', (limits, fault) => {
    expect(faultOfLimits(limits)).toBe(fault)
  })
})

describe('open sockets', () => {
  test('are so many at once, of every kind, and closing makes room', () => {
    const { network, stream, datagram, told } = limitedScene({ sockets: 3 })
    const one = stream()
    network('pair', { type: 'stream' })
    expect(told).toEqual([])
    expect([errnoOf(stream), errnoOf(datagram)]).toEqual(['EMFILE', 'EMFILE'])
    expect(told).toEqual([['sockets', 3]])
    network('close', { handle: one, abort: false })
    expect([errnoOf(datagram), errnoOf(stream)]).toEqual(['none', 'EMFILE'])
  })

  test('a pair needs room for two', () => {
    const { network, stream, inputsOf } = limitedScene({ sockets: 2 })
    stream()
    expect(errnoOf(() => network('pair', { type: 'stream' }))).toBe('EMFILE')
    expect([inputsOf('pair'), errnoOf(stream)]).toEqual([[], 'none'])
  })

  test('pipes do not count, nor what could not be opened, nor what is closed that was never counted', () => {
    let isFull = true
    const { network, stream } = limitedScene(
      { sockets: 1 },
      {
        open: () => {
          if (isFull) throw new SysError('ENFILE')
          return 9
        },
      },
    )
    for (let turn = 0; turn < 5; turn++) network('pipe', {})
    network('close', { handle: 77, abort: false })
    expect(errnoOf(stream)).toBe('ENFILE')
    isFull = false
    expect([errnoOf(stream), errnoOf(stream)]).toEqual(['none', 'EMFILE'])
  })

  test('a connection that there is no room for stays in the queue', () => {
    const queue = [{ handle: 50, peer: to }]
    const { network, stream } = limitedScene({ sockets: 2 }, { accept: () => queue.shift() ?? AGAIN })
    const [handle, other] = [stream(), stream()]
    expect([errnoOf(() => network('accept', { handle })), queue.length]).toEqual(['EMFILE', 1])
    network('close', { handle: other, abort: false })
    expect(network('accept', { handle })).toEqual({ handle: 50, peer: to })
    expect(errnoOf(() => network('accept', { handle }))).toBe('EMFILE')
    network('close', { handle: 50, abort: false })
    expect(network('accept', { handle })).toBe(AGAIN)
    expect(errnoOf(stream)).toBe('none')
  })
})

describe('look-ups', () => {
  const found: Resolution = { is: 'found', hosts: [{ host: '192.0.2.1', family: 'inet' }] }
  const refused: Resolution = { is: 'failed', reason: 'EAI_AGAIN' }
  const resolving = (limits: NetworkLimits) => {
    let next = 100
    const scene = limitedScene(limits, { resolve: () => next++, resolveBack: () => next++, answer: () => found })
    const { network } = scene
    const resolve = () => network('resolve', { host: 'a.example', family: undefined })
    return { ...scene, resolve, look: () => network('answer', { handle: resolve() }) }
  }

  test('beyond a total fail, names and addresses together, and ask nobody', () => {
    const { network, look, told, inputsOf } = resolving({ lookups: 2 })
    expect(look()).toEqual(found)
    const back = () => network('answer', { handle: network('resolveBack', { host: '192.0.2.1' }) })
    expect([back(), told]).toEqual([found, []])
    expect([look(), back(), look()]).toEqual([refused, refused, refused])
    expect([inputsOf('resolve').length, inputsOf('resolveBack').length, inputsOf('answer').length]).toEqual([1, 1, 2])
    expect(told).toEqual([['lookups', 2]])
  })

  test('beyond a rate fail too, until there may be more', () => {
    const { look, told, world } = resolving({ lookupsPerSecond: 2 })
    expect([look(), look(), look()]).toEqual([found, found, refused])
    world.pass(499)
    expect(look()).toEqual(refused)
    world.pass(1)
    expect([look(), look(), told]).toEqual([found, refused, [['lookupsPerSecond', 2]]])
  })

  test('less than one a second is a rate', () => {
    const { look, world } = resolving({ lookupsPerSecond: 0.1 })
    expect([look(), look()]).toEqual([found, refused])
    world.pass(10_000)
    expect([look(), look()]).toEqual([found, refused])
  })

  test('that are refused can be waited for, beside others', () => {
    const { network, resolve, waits, set, stream, innerWaits } = resolving({ lookups: 0 })
    const [one, two] = [resolve(), resolve()]
    const handle = stream()
    expect(waits([{ handle: one, events: DONE, tag: 4 }]).found).toEqual([{ handle: one, events: DONE, tag: 4 }])
    set(handle, POLLIN)
    const on = [
      { handle, events: POLLIN },
      { handle: two, events: DONE },
    ]
    expect(waits(on)).toEqual({ found: on, ms: 0 })
    expect([network('answer', { handle: one }), network('answer', { handle: two })]).toEqual([refused, refused])
    const rest = [{ handle, events: POLLIN }]
    waits(rest)
    expect(innerWaits().at(-1)?.on).toBe(rest)
  })

  test('two limits, one behind the other, do not get into each other', () => {
    const { network } = resolving({ lookups: 0 })
    const both = limited(network, { lookups: 1 }, { now: () => 0 })
    const [one, two] = [1, 2].map(() => both('resolve', { host: 'a.example', family: undefined }))
    for (const handle of [one, two] as Handle[]) expect(both('answer', { handle })).toEqual(refused)
  })
})

describe('connections at a rate', () => {
  const RATE = { connectionsPerSecond: 2 }
  /** Connects answer what the test says: AGAIN at first, as a rule. */
  const connecting = (answer: (handle: Handle) => true | typeof AGAIN = () => AGAIN) => {
    const scene = limitedScene(RATE, {
      connect: ({ handle }) => answer(handle),
      accept: ({ handle }) => ({ handle: handle + 100, peer: to }),
      takeError: () => undefined,
    })
    const connect = (handle: Handle) => scene.network('connect', { handle, to })
    const asked = () => scene.inputsOf('connect').map((input) => (input as { handle: Handle }).handle)
    /** A socket that is fresh: Linux says of it that it hangs up. */
    const fresh = () => {
      const handle = scene.stream()
      scene.set(handle, POLLOUT | POLLHUP)
      return handle
    }
    return { ...scene, connect, asked, fresh }
  }

  test('are begun at once as long as there are any, and asked about for nothing', () => {
    const { connect, asked, fresh, told } = connecting()
    const [one, two, three] = [fresh(), fresh(), fresh()]
    for (const handle of [one, one, two, one, three, three]) expect(connect(handle)).toBe(AGAIN)
    expect(asked()).toEqual([one, one, two, one])
    expect(told).toEqual([['connectionsPerSecond', 2]])
  })

  test('beyond it are begun in their order while the guest waits, whatever for', () => {
    const { connect, asked, fresh, waits, innerWaits } = connecting()
    const handles = [fresh(), fresh(), fresh(), fresh()] as const
    for (const handle of handles) connect(handle)
    expect(waits([], 499)).toEqual({ found: [], ms: 499 })
    expect(asked()).toEqual(handles.slice(0, 2))
    expect(waits([], 600)).toEqual({ found: [], ms: 600 })
    expect(asked()).toEqual(handles)
    expect(innerWaits().length).toBeLessThanOrEqual(5)
  })

  test('that wait are not found connected, nor hung up, until they are', () => {
    const { connect, fresh, waits, set, later } = connecting((handle) => {
      set(handle, 0)
      if (handle === 3) later(30, () => set(handle, POLLOUT))
      return AGAIN
    })
    const [one, two, three] = [fresh(), fresh(), fresh()]
    for (const handle of [one, two, three]) connect(handle)
    expect(waits([{ handle: three, events: POLLOUT }], 0)).toEqual({ found: [], ms: 0 })
    expect(waits([{ handle: three, events: 0 }], 10)).toEqual({ found: [], ms: 10 })
    expect(waits([{ handle: three, events: POLLOUT }])).toEqual({
      found: [{ handle: three, events: POLLOUT }],
      ms: 520,
    })
  })

  test('one that has to wait is begun by the next who asks, when its turn has come', () => {
    const { connect, asked, fresh, world } = connecting()
    const [one, two, three, four] = [fresh(), fresh(), fresh(), fresh()]
    for (const handle of [one, two, three]) connect(handle)
    world.pass(500)
    connect(four)
    expect(asked()).toEqual([one, two, three])
    world.pass(500)
    connect(four)
    expect(asked()).toEqual([one, two, three, four, four])
  })

  test('one that succeeds at once tells so when asked again', () => {
    const { connect, fresh, waits, asked } = connecting(() => true)
    const [one, two, three] = [fresh(), fresh(), fresh()]
    expect([connect(one), connect(two), connect(three)]).toEqual([true, true, AGAIN])
    expect(waits([{ handle: three, events: POLLOUT }]).ms).toBe(500)
    expect([connect(three), asked()]).toEqual([true, [one, two, three]])
  })

  const refusing = () => {
    const scene = connecting((handle) => {
      if (handle === 3) throw new SysError('EACCES')
      return AGAIN
    })
    const [one, two, three] = [scene.fresh(), scene.fresh(), scene.fresh()]
    for (const handle of [one, two, three]) scene.connect(handle)
    return { ...scene, three }
  }

  test('one that fails at once is found failed, and says why when asked again', () => {
    const { three, connect, waits } = refusing()
    expect(waits([{ handle: three, events: POLLOUT, tag: 2 }])).toEqual({
      found: [{ handle: three, events: POLLOUT | POLLERR | POLLHUP, tag: 2 }],
      ms: 500,
    })
    expect(errnoOf(() => connect(three))).toBe('EACCES')
  })

  test('or by SO_ERROR, once', () => {
    const { three, network, waits } = refusing()
    waits([{ handle: three, events: POLLOUT }])
    expect([network('takeError', { handle: three }), network('takeError', { handle: three })]).toEqual([
      'EACCES',
      undefined,
    ])
  })

  test('and to those who wait for news, once', () => {
    const { three, watcher } = refusing()
    const news = watcher(three, POLLOUT)
    expect([news(), news(600)]).toEqual([0, POLLOUT | POLLERR | POLLHUP])
    expect([news(), news()]).toEqual([POLLOUT | POLLHUP, 0]) // of the fresh socket that it is again
  })

  test('a bug in the network is none of its errors', () => {
    const { connect, fresh, waits } = connecting((handle) => {
      if (handle === 3) throw new TypeError('a bug')
      return AGAIN
    })
    for (const handle of [fresh(), fresh(), fresh()]) connect(handle)
    expect(() => waits([], 1000)).toThrow(TypeError)
  })

  test('a socket that is closed while it waits is not connected', () => {
    const { connect, asked, fresh, network, waits } = connecting()
    const [one, two, three, four] = [fresh(), fresh(), fresh(), fresh()]
    for (const handle of [one, two, three, four]) connect(handle)
    network('close', { handle: three, abort: false })
    waits([], 501)
    expect(asked()).toEqual([one, two, four])
  })

  test('each try of one socket counts', () => {
    const { connect, fresh, network, asked } = connecting((handle) => {
      throw new SysError(handle === 1 ? 'ECONNREFUSED' : 'EACCES')
    })
    const handle = fresh()
    expect([1, 2].map(() => errnoOf(() => connect(handle)))).toEqual(['ECONNREFUSED', 'ECONNREFUSED'])
    expect([connect(handle), asked().length]).toEqual([AGAIN, 2])
    expect(network('takeError', { handle })).toBeUndefined()
  })

  test('so does one after SO_ERROR has told that the last has failed', () => {
    const scene = limitedScene(RATE, { connect: () => AGAIN, takeError: () => 'ECONNREFUSED' })
    const handle = scene.stream()
    const attempt = () => {
      scene.network('connect', { handle, to })
      return scene.network('takeError', { handle })
    }
    expect([attempt(), attempt(), attempt()]).toEqual(['ECONNREFUSED', 'ECONNREFUSED', 'ECONNREFUSED'])
    expect([scene.inputsOf('connect').length, scene.told]).toEqual([2, [['connectionsPerSecond', 2]]])
  })

  test('datagram sockets connect to nobody', () => {
    const { connect, datagram, network, asked } = connecting(() => true)
    const handle = datagram()
    expect([1, 2, 3, 4].map(() => connect(handle))).toEqual([true, true, true, true])
    expect(network('connect', { handle, to: undefined })).toBe(true)
    expect(asked().length).toBe(5)
  })

  test('those accepted count with them, and stay in the queue beyond it', () => {
    const { network, stream, connect, set, waits, inputsOf, watcher } = connecting()
    const [listener, other] = [stream(), stream()]
    network('listen', { handle: listener, backlog: 9 })
    set(listener, POLLIN)
    const news = watcher(listener, POLLIN)
    expect(news()).toBe(POLLIN)
    connect(other)
    const accept = () => network('accept', { handle: listener })
    expect([accept(), accept()]).toEqual([{ handle: 101, peer: to }, AGAIN])
    expect(inputsOf('accept').length).toBe(1)
    expect(news()).toBe(0)
    const on = [{ handle: listener, events: POLLIN }]
    expect(waits(on, 100)).toEqual({ found: [], ms: 100 })
    expect(waits(on)).toEqual({ found: on, ms: 400 })
    expect([news(), news()]).toEqual([POLLIN, 0])
    expect(accept()).toEqual({ handle: 101, peer: to })
  })

  test('asking for a connection that is not there costs nothing', () => {
    const { network, stream } = limitedScene(RATE, { accept: () => AGAIN })
    const handle = stream()
    for (let turn = 0; turn < 9; turn++) expect(network('accept', { handle })).toBe(AGAIN)
    expect(limitedScene(RATE, { accept: () => AGAIN }).told).toEqual([])
  })

  test('streams that are connected are not held up', () => {
    const { connect, fresh, stream, set, waits } = connecting()
    for (const handle of [fresh(), fresh(), fresh()]) connect(handle)
    const handle = stream()
    set(handle, POLLIN | POLLOUT)
    const on = [{ handle, events: POLLIN | POLLOUT }]
    expect(waits(on)).toEqual({ found: on, ms: 0 })
  })
})

describe('on the machine', () => {
  const ends: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const end of ends.splice(0)) await end()
  })

  /** A guest behind limits, with a connection to itself. */
  const guest = (limits: NetworkLimits) => {
    const world = machineWorld()
    const bridge = new Bridge(machineBridge(world))
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
})
