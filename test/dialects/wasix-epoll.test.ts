import { describe, expect, test } from 'vitest'
import type { Input } from '../../src/network/network.js'
import { POLLHUP, POLLIN, POLLOUT, POLLRDHUP } from '../../src/posix/constants.js'
import { wasiNumber } from '../../src/posix/errno.js'
import { type Poke, pokedGuest, testPokes, u32, u64 } from '../support/pokes.js'

const WASIX = 'wasix_32v1'
const [OUT, OTHER, EVENT, EVENTS] = [128, 144, 256, 512]
/** Those of the witx; wasix-libc passes Linux's: 1 adds, 2 deletes, 3 changes. */
const [ADD, MODIFY, DELETE, LIBC_MODIFY] = [0, 1, 2, 3]
/** The events, a gap, and 24 bytes that are the guest's own. */
const own = [...u32(0x11111111, 0x22222222, 0x33333333, 0x44444444), ...u64(0x5555555566666666n)]
const event = (events: number) => [...u32(events, 0), ...own]

const pokes: Poke[] = [
  { says: 'makes an instance', call: ['epoll_create', OUT], leaves: { [OUT]: u32(3) }, pointers: { 0: 4 } },
  {
    says: 'reads the event before anything else',
    call: ['epoll_ctl', 3, ADD, 4, EVENT],
    given: [{}, {}],
    memory: { [EVENT]: event(1) },
    answers: 'EINVAL',
    pointers: { 3: 32 },
  },
  { says: 'knows a closed instance', call: ['epoll_ctl', 9, ADD, 3, EVENT], given: [{}], answers: 'EBADF' },
  { says: 'knows a closed descriptor', call: ['epoll_ctl', 3, DELETE, 9, 0], given: [{}], answers: 'EBADF' },
  { says: 'knows what is no instance', call: ['epoll_wait', 3, EVENTS, 1, 0n, OUT], given: [{}], answers: 'EINVAL' },
  { says: 'knows a closed instance', call: ['epoll_wait', 9, EVENTS, 1, 0n, OUT], answers: 'EBADF' },
  { says: 'needs room', call: ['epoll_wait', 3, EVENTS, 0, 0n, OUT], answers: 'EINVAL' },
  { says: 'refuses negative room', call: ['epoll_wait', 3, EVENTS, -1, 0n, OUT], answers: 'EINVAL' },
  { says: 'refuses endless room', call: ['epoll_wait', 3, EVENTS, 0x7fffffff, 0n, OUT], answers: 'EINVAL' },
  {
    says: 'wants room inside of memory',
    call: ['epoll_wait', 9, EVENTS, 2, 0n, OUT],
    answers: 'EBADF',
    pointers: { 1: 64, 4: 4 },
  },
  {
    says: 'makes another descriptor',
    call: ['fd_dup', 3, OUT],
    given: [{}],
    leaves: { [OUT]: u32(4) },
    pointers: { 1: 4 },
  },
  { says: 'knows a closed descriptor', call: ['fd_dup', 5, OUT], answers: 'EBADF' },
  {
    says: 'makes one from a number on',
    call: ['fd_dup2', 3, 9, 0, OUT],
    given: [{}],
    leaves: { [OUT]: u32(9) },
    pointers: { 3: 4 },
  },
  { says: 'knows a closed descriptor', call: ['fd_dup2', 5, 3, 0, OUT], answers: 'EBADF' },
  { says: 'refuses a negative number', call: ['fd_dup2', 3, -1, 0, OUT], given: [{}], answers: 'EINVAL' },
  { says: 'refuses a number past the last', call: ['fd_dup2', 3, 16, 0, OUT], given: [{}], answers: 'EINVAL' },
  {
    says: 'makes a pipe: reader, then writer',
    call: ['fd_pipe', OUT, OTHER],
    network: { pipe: () => [7, 8] },
    asks: [['pipe', {}]],
    leaves: { [OUT]: u32(3), [OTHER]: u32(4) },
    pointers: { 0: 4, 1: 4 },
  },
  {
    says: 'tells that a descriptor outlives exec',
    call: ['fd_fdflags_get', 3, OUT],
    given: [{}],
    leaves: { [OUT]: [0, 0] },
    pointers: { 1: 2 },
  },
  { says: 'knows a closed descriptor', call: ['fd_fdflags_get', 5, OUT], answers: 'EBADF' },
  { says: 'sets a flag', call: ['fd_fdflags_set', 3, 1], given: [{}] },
  { says: 'knows one flag', call: ['fd_fdflags_set', 3, 3], given: [{}], answers: 'EINVAL' },
  { says: 'knows a closed descriptor', call: ['fd_fdflags_set', 5, 1], answers: 'EBADF' },
]

testPokes(WASIX, pokes)

/** A guest with a socket, 3, in an epoll instance, 4, whose network finds the events. */
function watching({ asked, found = 0 }: { asked: number; found?: number }) {
  const waits: Input<'wait'>[] = []
  const wait = (input: Input<'wait'>) => {
    waits.push(input)
    return found === 0 ? [] : input.on.map(({ handle, tag }) => ({ handle, tag, events: found }))
  }
  const guest = pokedGuest({ wait }, [{ state: 'connected' }])
  const call = (name: string, ...args: (number | bigint)[]) => guest.call(WASIX, name, ...args)
  expect(call('epoll_create', OUT)).toBe(0)
  guest.put(EVENT, ...event(asked))
  expect(call('epoll_ctl', 4, ADD, 3, EVENT)).toBe(0)
  return { guest, call, waits }
}

describe('an epoll instance', () => {
  test.each([
    ['IN', 1, POLLIN],
    ['OUT', 2, POLLOUT],
    ['RDHUP', 4, POLLRDHUP],
  ])('%s is %d, in both directions', (_, theirs, ours) => {
    const { guest, call, waits } = watching({ asked: theirs, found: ours })
    expect(call('epoll_wait', 4, EVENTS, 8, -1n, OUT)).toBe(0)
    expect(waits).toMatchObject([{ on: [{ handle: 103, events: ours }], timeoutMs: Number.POSITIVE_INFINITY }])
    expect(guest.at(OUT, 4)).toEqual(u32(1))
    expect([...guest.at(EVENTS, 4), ...guest.at(EVENTS + 8, 24)]).toEqual([...u32(theirs), ...own])
    expect(guest.at(EVENTS + 32, 1)).toEqual([0xee])
  })

  test('HUP is 32, and is told unasked', () => {
    const { guest, call } = watching({ asked: 1, found: POLLIN | POLLHUP })
    call('epoll_wait', 4, EVENTS, 8, 0n, OUT)
    expect(guest.at(EVENTS, 4)).toEqual(u32(33))
  })

  test('ET is 64: it asks for what is new', () => {
    const { call, waits } = watching({ asked: 64 | 1 })
    call('epoll_wait', 4, EVENTS, 8, 0n, OUT)
    expect(waits[0]?.on[0]?.since).toBeDefined()
  })

  test('ONESHOT is 128: it tells once', () => {
    const { guest, call } = watching({ asked: 128 | 1, found: POLLIN })
    call('epoll_wait', 4, EVENTS, 8, 0n, OUT)
    expect(guest.at(OUT, 4)).toEqual(u32(1))
    call('epoll_wait', 4, EVENTS, 8, 0n, OUT)
    expect(guest.at(OUT, 4)).toEqual(u32(0))
  })

  test('waits for so many ns, and answers that nothing came', () => {
    const { guest, call, waits } = watching({ asked: 1 })
    expect(call('epoll_wait', 4, EVENTS, 8, 2_500_000n, OUT)).toBe(0)
    expect(waits).toMatchObject([{ timeoutMs: 2.5 }])
    expect(guest.at(OUT, 4)).toEqual(u32(0))
    expect(guest.at(EVENTS, 1)).toEqual([0xee])
  })

  test('has its events replaced, then is deleted', () => {
    const { guest, call } = watching({ asked: 1, found: POLLIN })
    guest.put(EVENT, ...u32(1, 0, 7), ...own.slice(4))
    expect(call('epoll_ctl', 4, ADD, 3, EVENT)).toBe(0)
    expect(call('epoll_ctl', 4, MODIFY, 3, EVENT)).toBe(0)
    call('epoll_wait', 4, EVENTS, 8, 0n, OUT)
    expect(guest.at(EVENTS + 8, 4)).toEqual(u32(7))
    expect(call('epoll_ctl', 4, DELETE, 3, 0)).toBe(0)
    expect(call('epoll_ctl', 4, DELETE, 3, 0)).toBe(wasiNumber('ENOENT'))
    expect(call('epoll_ctl', 4, LIBC_MODIFY, 3, EVENT)).toBe(wasiNumber('ENOENT'))
    expect(call('epoll_ctl', 4, MODIFY, 3, EVENT)).toBe(0) // wasix-libc's ADD
    guest.put(EVENT, ...u32(1, 0, 8), ...own.slice(4))
    expect(call('epoll_ctl', 4, LIBC_MODIFY, 3, EVENT)).toBe(0)
    call('epoll_wait', 4, EVENTS, 8, 0n, OUT)
    expect(guest.at(EVENTS + 8, 4)).toEqual(u32(8))
    expect(call('epoll_ctl', 4, 4, 3, EVENT)).toBe(wasiNumber('EINVAL'))
    expect(call('epoll_ctl', 4, ADD, 1, EVENT)).toBe(0) // standard output may make one wait
  })
})

test('a flag that is set is told, and goes with its descriptor only', () => {
  const guest = pokedGuest({}, [{}])
  guest.call(WASIX, 'fd_fdflags_set', 3, 1)
  guest.call(WASIX, 'fd_dup', 3, OUT)
  guest.call(WASIX, 'fd_dup2', 3, 8, 1, OUT)
  const flags = [3, 4, 8].map((fd) => {
    expect(guest.call(WASIX, 'fd_fdflags_get', fd, OUT)).toBe(0)
    return guest.at(OUT, 2)
  })
  expect(flags).toEqual([
    [1, 0],
    [0, 0],
    [1, 0],
  ])
})
