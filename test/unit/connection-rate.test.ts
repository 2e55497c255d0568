import { describe, expect, test } from 'vitest'
import { AGAIN, type Handle } from '../../src/network/network.js'
import type { Address } from '../../src/posix/address.js'
import { POLLERR, POLLHUP, POLLIN, POLLOUT } from '../../src/posix/constants.js'
import { SysError } from '../../src/posix/errno.js'
import { errnoOf, limitedScene } from '../support/limited-scene.js'

const to: Address = { family: 'inet', host: '192.0.2.1', port: 80 }

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
