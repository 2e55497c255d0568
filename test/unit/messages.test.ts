import { describe, expect, test } from 'vitest'
import { gather, gatheringPlace, readIovecs, scatter } from '../../src/abi/iovec.js'
import { linkSockets } from '../../src/abi/link.js'
import { SysError, wasiNumber } from '../../src/posix/errno.js'
import { Sockets } from '../../src/posix-sockets/sockets.js'
import { fakeNetwork, fakeWorld } from '../support/fake-network.js'
import { lastOf, outside, sentinelMemory } from '../support/guest-memory.js'

const u32 = (...values: number[]) => [...new Uint8Array(Uint32Array.from(values).buffer)]
const views = (...lengths: number[]) => lengths.map((length) => new Uint8Array(length).fill(0xee))
const EFAULT = -wasiNumber('EFAULT')
const EMSGSIZE = -wasiNumber('EMSGSIZE')

describe('buffers', () => {
  test('are views of the guest, in order', () => {
    const { memory, put, at, isUntouchedBut } = sentinelMemory()
    put(64, ...u32(200, 3, 0xffff0000, 0, lastOf(2), 2))
    const found = readIovecs(memory, 64, 3)
    expect(found.map(({ length }) => length)).toEqual([3, 0, 2])
    expect([found[0]?.byteOffset, found[2]?.byteOffset]).toEqual([200, lastOf(2)])
    scatter(Uint8Array.of(1, 2, 3, 4, 5), 4, found)
    expect([at(200, 3), at(lastOf(2), 2)]).toEqual([
      [1, 2, 3],
      [4, 0xee],
    ])
    put(64, ...new Array(24).fill(0xee))
    put(200, 0xee, 0xee, 0xee)
    expect(isUntouchedBut(lastOf(2), 1)).toBe(true)
  })

  test.each([
    ['none', [], []],
    ['one', [[1, 2]], [1, 2]],
    ['several, some of them empty', [[1], [], [2, 3]], [1, 2, 3]],
  ])('%s are gathered', (_, parts, whole) => {
    expect([...gather(parts.map((part) => Uint8Array.from(part)))]).toEqual(whole)
  })

  test('of more than a mebibyte are gathered up to that', () => {
    const [big, small] = [new Uint8Array(1024 * 1024 - 1).fill(1), new Uint8Array(5).fill(2)]
    const whole = gather([big, small])
    expect([whole.length, whole.at(-2), whole.at(-1)]).toEqual([1024 * 1024, 1, 2])
    expect(gatheringPlace([big, small]).length).toBe(1024 * 1024)
  })

  test.each([
    [
      [2, 2],
      [1, 2, 3],
      [
        [1, 2],
        [3, 0xee],
      ],
    ],
    [
      [2, 0, 1],
      [1, 2, 3],
      [[1, 2], [], [3]],
    ],
    [
      [3, 3],
      [],
      [
        [0xee, 0xee, 0xee],
        [0xee, 0xee, 0xee],
      ],
    ],
  ])('of %j bytes are filled from %j', (lengths, received, filled) => {
    const buffers = views(...lengths)
    scatter(Uint8Array.from(received), received.length, buffers)
    expect(buffers.map((buffer) => [...buffer])).toEqual(filled)
  })

  test.each([
    ['more than 1024', 64, 1025, 'EMSGSIZE'],
    ['a negative number of them', 64, -1, 'EMSGSIZE'],
    ['a number that is 0 when cut to 32 bits of bytes', 64, 0x20000000, 'EMSGSIZE'],
    ['an array outside', 65_529, 1, 'EFAULT'],
    ['an array at 2 GiB', -0x80000000, 1, 'EFAULT'],
  ] as const)('%s are an error', (_, pointer, count, errno) => {
    expect(() =>
      readIovecs(sentinelMemory().memory, pointer, count, { tooMany: 'EMSGSIZE', refusesNull: true }),
    ).toThrow(new SysError(errno))
  })

  test.each([
    ['a length below 0', u32(200, 0xffffffff), { tooMany: 'EINVAL', refusesNull: false }, 'EINVAL'],
    ['a null pointer of C', u32(0, 4), { tooMany: 'EINVAL', refusesNull: true }, 'EFAULT'],
    ['a null pointer of no bytes', u32(0, 0), { tooMany: 'EINVAL', refusesNull: true }, 'none'],
    ['address 0 of another language', u32(0, 4), { tooMany: 'EINVAL', refusesNull: false }, 'none'],
  ] as const)('one with %s', (_, iovec, rules, errno) => {
    const { memory, put } = sentinelMemory()
    put(64, ...iovec)
    const read = () => readIovecs(memory, 64, 1, rules)
    if (errno === 'none') expect(read().length).toBe(1)
    else expect(read).toThrow(new SysError(errno))
  })

  test.each(outside(8))('one of which lies %s are EFAULT', (_, base) => {
    const { memory, put } = sentinelMemory()
    put(64, ...u32(200, 3, base >>> 0, 8))
    expect(() => readIovecs(memory, 64, 2)).toThrow(new SysError('EFAULT'))
  })
})

/** A guest with one datagram socket, 3, over a network that takes and gives what the test says. */
function guestWith(given: { data?: number[]; length?: number } = {}) {
  const place = sentinelMemory()
  const sent: unknown[] = []
  const { network, inputsOf } = fakeNetwork({
    open: () => 1,
    bind: () => true,
    wait: () => [],
    takeError: () => undefined,
    send: ({ data, to }) => {
      sent.push({ data: [...data], to })
      return data.length
    },
    receiveFrom: ({ into }) => {
      const data = given.data ?? []
      into.set(data.slice(0, into.length))
      return { length: given.length ?? data.length, from: { family: 'inet', host: '127.0.0.1', port: 9 } }
    },
  })
  const { imports, setMemory } = linkSockets(new Sockets({ network, world: fakeWorld() }))
  setMemory(place.raw)
  const call = imports.posix_sockets as Record<string, (...args: number[]) => number>
  expect(call['socket']?.(2, 2, 0)).toBe(3)
  return { ...place, sent, inputsOf, call }
}

const MESSAGE = 64
const NAME = 128
const IOVECS = 256
const DATA = 512
const inet = [2, 0, 0, 9, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]

describe('sendmsg', () => {
  test('sends the buffers in one piece to the name', () => {
    const { call, put, sent } = guestWith()
    put(MESSAGE, ...u32(NAME, 16, IOVECS, 2, 0, 0, 0))
    put(NAME, ...inet)
    put(IOVECS, ...u32(DATA, 2, DATA + 8, 1))
    put(DATA, 1, 2)
    put(DATA + 8, 3)
    expect(call['sendmsg']?.(3, MESSAGE, 0)).toBe(3)
    expect(sent).toEqual([{ data: [1, 2, 3], to: { family: 'inet', host: '127.0.0.1', port: 9 } }])
  })

  test.each([
    ['control data', [NAME, 16, IOVECS, 1, DATA, 4, 0], -wasiNumber('EOPNOTSUPP')],
    ['too many buffers', [NAME, 16, IOVECS, 1025, 0, 0, 0], EMSGSIZE],
    ['a name outside', [65_530, 16, IOVECS, 1, 0, 0, 0], EFAULT],
    ['buffers outside', [NAME, 16, 65_532, 1, 0, 0, 0], EFAULT],
    ['a name that is too long', [NAME, 0x80000000, IOVECS, 1, 0, 0, 0], -wasiNumber('EINVAL')],
  ])('refuses %s', (_, message, errno) => {
    const { call, put, sent } = guestWith()
    put(MESSAGE, ...u32(...message))
    put(NAME, ...inet)
    put(IOVECS, ...u32(DATA, 2))
    expect([call['sendmsg']?.(3, MESSAGE, 0), sent]).toEqual([errno, []])
  })
})

describe('recvmsg', () => {
  test.each([
    ['fits', 3, [1, 2, 3, 0xee], 0],
    ['was longer than the buffers', 9, [1, 2, 3, 4], 0x20],
  ])('fills the buffers, the name and the flags when the datagram %s', (_, length, filled, flags) => {
    const { call, put, at, isUntouchedBut } = guestWith({ data: [1, 2, 3, 4].slice(0, length), length })
    put(MESSAGE, ...u32(NAME, 128, IOVECS, 2, DATA, 20, 99))
    put(IOVECS, ...u32(DATA, 1, DATA + 1, 3))
    expect(call['recvmsg']?.(3, MESSAGE, 0)).toBe(Math.min(length, 4))
    expect(at(DATA, 4)).toEqual(filled)
    expect(at(NAME, 16)).toEqual(inet)
    expect(at(MESSAGE, 28)).toEqual(u32(NAME, 16, IOVECS, 2, DATA, 0, flags))
    expect(at(NAME + 16, 1)).toEqual([0xee])
    expect(isUntouchedBut(MESSAGE, DATA + 4 - MESSAGE)).toBe(true)
  })

  test('cuts the name to the room there is and tells its whole length', () => {
    const { call, put, at } = guestWith({ data: [1] })
    put(MESSAGE, ...u32(NAME, 5, IOVECS, 1, 0, 0, 0))
    put(IOVECS, ...u32(DATA, 4))
    expect(call['recvmsg']?.(3, MESSAGE, 0)).toBe(1)
    expect(at(NAME, 6)).toEqual([...inet.slice(0, 5), 0xee])
    expect(at(MESSAGE + 4, 4)).toEqual(u32(16))
  })

  test.each([
    ['the message', 65_510, [NAME, 16, IOVECS, 1, 0, 0, 0]],
    ['the name', MESSAGE, [65_530, 16, IOVECS, 1, 0, 0, 0]],
    ['the array', MESSAGE, [NAME, 16, 65_532, 1, 0, 0, 0]],
  ])('leaves the datagram where it is when %s lies outside', (_, message, fields) => {
    const { call, put, inputsOf, bytes } = guestWith({ data: [1] })
    put(MESSAGE, ...u32(...fields))
    put(IOVECS, ...u32(DATA, 4))
    const before = bytes.slice()
    expect(call['recvmsg']?.(3, message, 0)).toBe(EFAULT)
    expect(inputsOf('receiveFrom')).toEqual([])
    expect(bytes).toEqual(before)
  })
})
