import { describe, expect, test } from 'vitest'
import { Watches } from '../../src/bridge/watches.js'
import type { Events, Handle, Interest } from '../../src/network/network.js'
import { POLLIN, POLLOUT } from '../../src/posix/constants.js'

const MANY = 10_000

/** Handles whose conditions the test sets, and what was asked of them. */
function scene() {
  const holds = new Map<Handle, Events>()
  const wanted = new Map<Handle, Events>()
  const looked: Handle[] = []
  const watches = new Watches({
    catchUp() {},
    holding(interest) {
      looked.push(interest.handle)
      const events = (holds.get(interest.handle) ?? 0) & interest.events
      return events === 0 ? undefined : { ...interest, events }
    },
    want: (handle, events) => void wanted.set(handle, events),
  })
  return {
    watches,
    wanted,
    /** Conditions come about, and the pump tells of them. */
    set(handle: Handle, events: Events) {
      holds.set(handle, events)
      watches.note(handle)
    },
    /** Conditions come to an end, of which nobody tells. */
    clear: (handle: Handle) => void holds.delete(handle),
    /** The handles that are found ready, and those that were looked at. */
    wait(on: readonly Interest[]) {
      looked.length = 0
      const found = watches.awaiting(on).look() ?? []
      return { found: found.map(({ handle }) => handle), looked: [...looked] }
    },
  }
}

const interests = (count: number, events = POLLIN): Interest[] =>
  Array.from({ length: count }, (_, handle) => ({ handle, events }))

describe('a wait for 10,000 handles', () => {
  test('looks at all of them once, and then only at those of which there is news', () => {
    const { wait, set, clear } = scene()
    const on = interests(MANY)
    expect(wait(on).looked).toHaveLength(MANY)
    expect(wait(on)).toEqual({ found: [], looked: [] })
    set(7000, POLLIN)
    expect(wait(on)).toEqual({ found: [7000], looked: [7000] })
    clear(7000)
    expect(wait(on)).toEqual({ found: [], looked: [7000] })
    expect(wait(on)).toEqual({ found: [], looked: [] })
  })

  test('finds what holds again and again, in the order asked', () => {
    const { wait, set } = scene()
    const on = interests(MANY)
    wait(on)
    for (const handle of [900, 3, 9999, 41]) set(handle, POLLIN)
    for (let turn = 0; turn < 2; turn++) expect(wait(on).found).toEqual([3, 41, 900, 9999])
  })

  test('looks only at what is asked for otherwise than before', () => {
    const { wait, set, wanted } = scene()
    wait(interests(MANY))
    expect(wait(interests(MANY)).looked).toEqual([]) // others, but the same
    const on = interests(MANY)
    on[5] = { handle: 5, events: POLLOUT }
    on.push({ handle: MANY, events: POLLIN })
    expect(wait(on).looked).toEqual([5, MANY])
    expect([wanted.get(4), wanted.get(5), wanted.get(MANY)]).toEqual([POLLIN, POLLOUT, POLLIN])
    expect(wait(on.slice(0, MANY)).looked).toEqual([])
    expect(wanted.get(MANY)).toBe(0)
    set(MANY, POLLIN)
    expect(wait(on.slice(0, MANY))).toEqual({ found: [], looked: [] })
  })

  test('is not disturbed by a wait for one of them', () => {
    const { watches, wait, wanted } = scene()
    const on = interests(MANY)
    wait(on)
    const one = watches.awaiting([{ handle: 9, events: POLLOUT }])
    expect(one.look()).toBeUndefined()
    one.begin(() => {})
    expect(wanted.get(9)).toBe(POLLIN | POLLOUT)
    one.end()
    expect(wanted.get(9)).toBe(POLLIN)
    expect(wait(on).looked).toEqual([])
  })

  test('a handle that stands for something new is looked at, and wanted, again', () => {
    const { watches, wait, wanted } = scene()
    const on = interests(MANY)
    wait(on)
    wanted.clear()
    watches.renew(12)
    expect([...wanted]).toEqual([[12, POLLIN]])
    expect(wait(on).looked).toEqual([12])
  })
})

test('one handle asked about twice is told of twice', () => {
  const { wait, set } = scene()
  const on = [...interests(20), { handle: 3, events: POLLOUT, tag: 1 }, { handle: 3, events: POLLIN, tag: 2 }]
  wait(on)
  set(3, POLLIN | POLLOUT)
  expect(wait(on)).toEqual({ found: [3, 3, 3], looked: [3, 3, 3] })
  expect(wait(on.slice(1)).found).toEqual([3, 3, 3])
})

test('news wakes those who wait for it, and nobody else', () => {
  const { watches, set } = scene()
  const woken: string[] = []
  for (const [name, handle] of [['one', 1], ['other', 2], ['same', 1]] as const) // biome-ignore format: a row each
    watches.awaiting([{ handle, events: POLLIN }]).begin(() => void woken.push(name))
  expect(woken).toEqual([])
  set(1, POLLIN)
  expect(woken).toEqual(['one', 'same'])
})

test('two large waits at once do not know of each other', () => {
  const { watches, set } = scene()
  const one = watches.awaiting(interests(20))
  one.begin(() => {})
  const other = watches.awaiting(interests(30, POLLOUT))
  other.begin(() => {})
  set(4, POLLIN)
  expect(one.look()).toEqual([{ handle: 4, events: POLLIN }])
  expect(other.look()).toBeUndefined()
})
