import { describe, expect, test } from 'vitest'
import { wasiNumber } from '../../src/posix/errno.js'
import { type Poke, pokedGuest, testPokes, u32, u64, zeros } from '../support/pokes.js'

const WASIX = 'wasix_32v1'
const PREVIEW1 = 'wasi_snapshot_preview1'
const [OUT, IOVEC, VALUE, EVENT, EVENTS] = [128, 192, 256, 320, 512]
const [EPOLLIN, EPOLLET] = [1, 64]
const [SEMAPHORE, NONBLOCK] = [1, 4]
const MOST = 0xfffffffffffffffen

const pokes: Poke[] = [
  { says: 'makes a descriptor', call: ['fd_event', 7n, 0, OUT], leaves: { [OUT]: u32(3) }, pointers: { 2: 4 } },
  { says: 'passes over flags that there are not', call: ['fd_event', 0n, 0x800, OUT], leaves: { [OUT]: u32(3) } },
]

testPokes(WASIX, pokes)

/** A guest whose descriptor 3 is an event that does not block. */
function eventGuest(value = 0n, flags = 0) {
  const guest = pokedGuest({})
  guest.guest.isWasix = true
  expect(guest.call(WASIX, 'fd_event', value, flags | NONBLOCK, OUT)).toBe(0)
  const read = (length = 8) => {
    guest.put(IOVEC, ...u32(VALUE, length))
    const errno = guest.call(PREVIEW1, 'fd_read', 3, IOVEC, 1, OUT)
    return errno === 0 ? guest.at(VALUE, 8) : errno
  }
  const write = (added: bigint, length = 8) => {
    guest.put(IOVEC, ...u32(VALUE, length))
    guest.put(VALUE, ...u64(added))
    return guest.call(PREVIEW1, 'fd_write', 3, IOVEC, 1, OUT)
  }
  return { ...guest, read, write }
}

describe('an event', () => {
  test('is the sum of what was written, and 0 once it was read', () => {
    const guest = eventGuest(1n)
    expect(guest.write(2n)).toBe(0)
    expect(guest.at(OUT, 4)).toEqual(u32(8))
    expect(guest.read()).toEqual(u64(3n))
    expect(guest.at(OUT, 4)).toEqual(u32(8))
    expect(guest.read()).toBe(wasiNumber('EAGAIN'))
  })

  test('is taken one by one as a semaphore', () => {
    const guest = eventGuest(2n, SEMAPHORE)
    expect([guest.read(), guest.read(), guest.read()]).toEqual([u64(1n), u64(1n), wasiNumber('EAGAIN')])
  })

  test('goes up to 2^64 - 2', () => {
    const guest = eventGuest(MOST - 1n)
    expect(guest.write(MOST + 1n)).toBe(wasiNumber('EINVAL'))
    expect(guest.write(2n)).toBe(wasiNumber('EAGAIN'))
    expect(guest.write(1n)).toBe(0)
    expect(guest.read()).toEqual(u64(MOST))
  })

  test('has eight bytes', () => {
    const guest = eventGuest(1n)
    expect(guest.read(7)).toBe(wasiNumber('EINVAL'))
    expect(guest.write(1n, 7)).toBe(wasiNumber('EINVAL'))
    expect(guest.read()).toEqual(u64(1n))
  })

  test('is told of by epoll as long as it is not 0', () => {
    const guest = epollGuest(EPOLLIN)
    expect(guest.found()).toBe(0)
    guest.write(1n)
    expect([guest.found(), guest.found()]).toEqual([1, 1])
    guest.read()
    expect(guest.found()).toBe(0)
  })

  test('is told of once for each write, where changes are asked for', () => {
    const guest = epollGuest(EPOLLIN | EPOLLET, SEMAPHORE)
    guest.write(2n)
    expect([guest.found(), guest.found()]).toEqual([1, 0])
    guest.read()
    expect(guest.found()).toBe(0)
    guest.write(1n)
    expect([guest.found(), guest.found()]).toEqual([1, 0])
  })
})

function epollGuest(events: number, flags = 0) {
  const guest = eventGuest(0n, flags)
  expect(guest.call(WASIX, 'epoll_create', OUT)).toBe(0)
  guest.put(EVENT, ...u32(events), ...zeros(28))
  expect(guest.call(WASIX, 'epoll_ctl', 4, 0, 3, EVENT)).toBe(0)
  const found = () => {
    expect(guest.call(WASIX, 'epoll_wait', 4, EVENTS, 4, 0n, OUT)).toBe(0)
    return guest.at(OUT, 1)[0]
  }
  return { ...guest, found }
}

describe('fd_renumber', () => {
  test.each([
    ['leaves what it copies, for a guest of WASIX', true],
    ['moves it for any other', false],
  ])('%s', (_, isWasix) => {
    const guest = pokedGuest({}, [{}])
    guest.guest.isWasix = isWasix
    const open = guest.sockets.table.get(3)
    if (!isWasix) guest.sockets.dup(3, 5)
    expect(guest.call(PREVIEW1, 'fd_renumber', 3, 5)).toBe(0)
    expect(guest.sockets.table.get(5)).toBe(open)
    expect(guest.sockets.table.has(3)).toBe(isWasix)
  })

  test.each([3, 9])('knows a closed descriptor, even onto %i', (to) => {
    const guest = pokedGuest({}, [{}])
    guest.guest.isWasix = true
    expect(guest.call(PREVIEW1, 'fd_renumber', 9, to)).toBe(wasiNumber('EBADF'))
    expect(guest.sockets.table.has(3)).toBe(true)
  })
})
