import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { NativeNetwork } from '../../src/native/native-network.js'
import { AGAIN, beginning, type Handle, type Interest, type Mark } from '../../src/network/network.js'
import { POLLIN, POLLOUT } from '../../src/posix/constants.js'
import { nativeHere, nativeNetwork } from '../support/native.js'

const means = nativeHere()
/** More than poll(2) is given each time. */
const MANY = 100

describe.skipIf(typeof means === 'string')('waiting for many sockets of the system', () => {
  let driver: NativeNetwork
  let pairs: (readonly [Handle, Handle])[]
  beforeEach(() => {
    driver = nativeNetwork(means as Exclude<typeof means, string>)
    pairs = Array.from({ length: MANY }, () => driver.network('pair', { type: 'stream' }))
  })
  afterEach(() => driver.close())

  const wait = (on: readonly Interest[], timeoutMs = 0) =>
    driver.network('wait', { on, timeoutMs }) as readonly Interest[]
  const tags = (found: readonly Interest[]) => found.map(({ tag }) => tag)
  const readers = () => pairs.map(([handle], tag): Interest => ({ handle, events: POLLIN, tag }))
  const send = (index: number) =>
    driver.network('send', { handle: pairs[index]?.[1] as Handle, data: new Uint8Array(1) })
  const take = (index: number) =>
    driver.network('receive', { handle: pairs[index]?.[0] as Handle, into: new Uint8Array(9), peek: false })

  test('those that are ready are found, in the order asked, as often as they are', () => {
    const on = readers()
    expect(wait(on)).toEqual([])
    for (const index of [70, 3, 99]) send(index)
    expect(tags(wait(on))).toEqual([3, 70, 99])
    expect(tags(wait(on))).toEqual([3, 70, 99])
    take(70)
    expect(tags(wait(on))).toEqual([3, 99])
    expect(tags(wait([...on].reverse()))).toEqual([99, 3])
  })

  test('others are asked about the next time', () => {
    send(5)
    expect(tags(wait(readers()))).toEqual([5])
    expect(wait(readers().filter(({ tag }) => tag !== 5))).toEqual([])
    const writers = readers().map((each) => ({ ...each, events: each.tag === 9 ? POLLOUT : POLLIN }))
    expect(tags(wait(writers))).toEqual([5, 9])
    expect(tags(wait(readers()))).toEqual([5])
  })

  test('one that is closed is forgotten, and one that gets its number is not taken for it', () => {
    const on = readers()
    send(7)
    expect(tags(wait(on))).toEqual([7])
    const [closed] = pairs[7] as readonly [Handle, Handle]
    driver.network('close', { handle: closed, abort: false })
    expect(wait(on)).toEqual([])
    const [one, two] = driver.network('pair', { type: 'stream' })
    expect(one).toBe(closed)
    driver.network('send', { handle: two, data: new Uint8Array(1) })
    const renewed = on.map((each) => (each.tag === 7 ? { handle: one, events: POLLIN, tag: 1000 } : each))
    expect(tags(wait(renewed))).toEqual([1000])
  })

  test('what is so, what is new and what holds at once stand beside each other', () => {
    const fresh = pairs.map(([handle], tag): Interest => ({ handle, events: POLLIN, since: beginning, tag }))
    const on = [...readers(), ...fresh.map((each) => ({ ...each, tag: MANY + (each.tag as number) }))]
    send(4)
    send(60)
    const first = wait(on)
    expect(tags(first)).toEqual([4, 60, MANY + 4, MANY + 60])
    const marks = new Map(first.map(({ tag, since }) => [tag, since as Mark]))
    const seen = on.map((each) => (each.since && marks.has(each.tag) ? { ...each, since: marks.get(each.tag) } : each))
    expect(tags(wait(seen))).toEqual([4, 60])
    send(4)
    expect(tags(wait(seen))).toEqual([4, 60, MANY + 4])
  })

  test('one handle may be asked about twice, each for its own', () => {
    const twice = [
      ...readers(),
      ...readers().map((each) => ({ ...each, events: POLLOUT, tag: MANY + (each.tag as number) })),
    ]
    send(2)
    const found = wait(twice)
    expect(found.length).toBe(MANY + 1)
    expect(found[0]).toEqual({ handle: pairs[2]?.[0], events: POLLIN, tag: 2 })
    expect(found.slice(1).every(({ events }) => events === POLLOUT)).toBe(true)
  })

  test('time runs out, to the millisecond', () => {
    const before = performance.now()
    expect(wait(readers(), 30)).toEqual([])
    expect(performance.now() - before).toBeGreaterThanOrEqual(30)
    expect(take(0)).toBe(AGAIN)
  })
})
