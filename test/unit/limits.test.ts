import { describe, expect, test } from 'vitest'
import { faultOfLimits, limited, limitNames, type NetworkLimits } from '../../src/network/limits/limits.js'
import { AGAIN, DONE, type Handle, type Resolution } from '../../src/network/network.js'
import type { Address } from '../../src/posix/address.js'
import { POLLIN } from '../../src/posix/constants.js'
import { SysError } from '../../src/posix/errno.js'
import { errnoOf, limitedScene } from '../support/limited-scene.js'

const to: Address = { family: 'inet', host: '192.0.2.1', port: 80 }

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
    [{ bytesOut: '5' }, 'the limit bytesOut must be a whole number, 0 or more, not "5"'],
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
