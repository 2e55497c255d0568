import { describe, expect, test } from 'vitest'
import { linux, wasiLibc } from '../../src/abi/numbering.js'
import { encodeOption, optionOf, readOption } from '../../src/abi/sockopts.js'
import { type Errno, SysError } from '../../src/posix/errno.js'
import type { OptionName, OptionValue } from '../../src/posix-sockets/options.js'
import { lastOf, outside, sentinelMemory } from '../support/guest-memory.js'

const i32 = (...values: number[]) => [...new Uint8Array(Int32Array.from(values).buffer)]
const i64 = (...values: bigint[]) => [...new Uint8Array(BigInt64Array.from(values).buffer)]
const AT = 64

const both: [OptionName, OptionValue, number[]][] = [
  ['SO_REUSEADDR', 1, i32(1)],
  ['SO_BROADCAST', -1, i32(-1)],
  ['TCP_NODELAY', 0x01020304, [4, 3, 2, 1]],
  ['SO_LINGER', { on: true, seconds: 7 }, i32(1, 7)],
  ['SO_LINGER', { on: false, seconds: 0 }, i32(0, 0)],
  ['SO_RCVTIMEO', 2500.001, i64(2n, 500_001n)],
  ['SO_SNDTIMEO', 999.999, i64(0n, 999_999n)],
]

describe.each(both)('%s as %j', (option, value, encoded) => {
  test('is read and encoded', () => {
    const { memory, put, isUntouchedBut } = sentinelMemory()
    put(lastOf(encoded.length), ...encoded)
    expect(readOption(memory, option, lastOf(encoded.length), encoded.length)).toEqual(value)
    expect(isUntouchedBut(lastOf(encoded.length), encoded.length)).toBe(true)
    expect([...encodeOption(option, value, 128)]).toEqual(encoded)
  })

  test('is cut to the room there is', () => {
    if (option === 'SO_RCVTIMEO' || option === 'SO_SNDTIMEO') return // a short one has another layout, below
    for (const room of [0, 1, encoded.length - 1, encoded.length])
      expect([...encodeOption(option, value, room)]).toEqual(encoded.slice(0, room))
  })

  test.each(outside(encoded.length))('%s is EFAULT', (_, pointer) => {
    const { memory } = sentinelMemory()
    expect(() => readOption(memory, option, pointer, encoded.length)).toThrow(new SysError('EFAULT'))
  })
})

const readings: [string, OptionName, number[], number, OptionValue | Errno][] = [
  ['an int that is too short', 'SO_KEEPALIVE', i32(1), 3, 'EINVAL'],
  ['a negative length', 'SO_KEEPALIVE', i32(1), -1, 'EINVAL'],
  ['a byte where ip(7) takes one', 'IP_TTL', [64, 9, 9, 9], 1, 64],
  ['nothing where ip(7) takes a byte', 'IP_MULTICAST_LOOP', [1], 0, 'EINVAL'],
  ['a byte where only an int will do', 'IPV6_V6ONLY', [1], 1, 'EINVAL'],
  ['a timeval of two ints', 'SO_RCVTIMEO', i32(3, 250_000), 8, 3250],
  ['a timeval of 15 bytes, which is none', 'SO_RCVTIMEO', [...i32(3, 250_000), ...i64(-1n)], 15, 'EINVAL'],
  ['a timeval that is too short', 'SO_RCVTIMEO', i32(3, 250_000), 7, 'EINVAL'],
  ['a million microseconds', 'SO_RCVTIMEO', i64(0n, 1_000_000n), 16, 'EDOM'],
  ['negative microseconds', 'SO_SNDTIMEO', i64(1n, -1n), 16, 'EDOM'],
  ['negative seconds, which are no time at all', 'SO_SNDTIMEO', i64(-1n, 0n), 16, Number.MIN_VALUE],
  ['a linger that is too short', 'SO_LINGER', i32(1), 4, 'EINVAL'],
  ['ip_mreq', 'IP_ADD_MEMBERSHIP', [224, 0, 0, 5, 0, 0, 0, 0], 8, { group: '224.0.0.5', via: '' }],
  [
    'ip_mreqn',
    'IP_DROP_MEMBERSHIP',
    [224, 0, 0, 5, 127, 0, 0, 1, ...i32(1)],
    12,
    { group: '224.0.0.5', via: '127.0.0.1' },
  ],
  ['ip_mreq that is too short', 'IP_ADD_MEMBERSHIP', [224, 0, 0, 5, 0, 0, 0], 7, 'EINVAL'],
  [
    'ipv6_mreq',
    'IPV6_ADD_MEMBERSHIP',
    [0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, ...i32(3)],
    20,
    { group: 'ff02::1', via: '::%3' },
  ],
  ['an address for IP_MULTICAST_IF', 'IP_MULTICAST_IF', [127, 0, 0, 1], 4, '127.0.0.1'],
  ['ip_mreq for IP_MULTICAST_IF', 'IP_MULTICAST_IF', [224, 0, 0, 5, 127, 0, 0, 1], 8, '127.0.0.1'],
  ['an index for IPV6_MULTICAST_IF', 'IPV6_MULTICAST_IF', i32(2), 4, '::%2'],
]

test.each(readings)('%s is read as it should be', (_, option, encoded, length, expected) => {
  const { memory, put } = sentinelMemory()
  put(AT, ...encoded)
  const read = () => readOption(memory, option, AT, length)
  if (typeof expected === 'string' && expected.startsWith('E')) expect(read).toThrow(new SysError(expected as Errno))
  else expect(read()).toEqual(expected)
})

test.each([
  ['no time limit', Number.POSITIVE_INFINITY, 16, i64(0n, 0n)],
  ['no time at all', Number.MIN_VALUE, 16, i64(0n, 0n)],
  ['two ints, for a guest that has room for these', 1500, 8, i32(1, 500_000)],
  ['cut to a room of 15 bytes', 1500, 15, i64(1n, 500_000n).slice(0, 15)],
  ['cut to the room', 1500, 3, i32(1).slice(0, 3)],
])('a time is encoded as %s', (_, ms, room, encoded) => {
  expect([...encodeOption('SO_RCVTIMEO', ms, room)]).toEqual(encoded)
})

test.each([
  ['SOL_SOCKET of Linux', linux, 1, 2, 'SO_REUSEADDR'],
  ['SOL_SOCKET of wasi-libc', wasiLibc, 0x7fffffff, 3, 'SO_TYPE'],
  ['IPPROTO_TCP', linux, 6, 1, 'TCP_NODELAY'],
  ['IPPROTO_IPV6', wasiLibc, 41, 26, 'IPV6_V6ONLY'],
  ['IPPROTO_IP', linux, 0, 2, 'IP_TTL'],
] as const)('%s has its options', (_, numbering, level, name, option) => {
  expect(optionOf(numbering, level, name, 'EOPNOTSUPP')).toBe(option)
})

test.each([
  ['an option nobody has', 1, 999, 'ENOPROTOOPT'],
  ['a name that objects have anyway', 1, Number.NaN, 'ENOPROTOOPT'],
  ['a negative option', 6, -1, 'ENOPROTOOPT'],
  ['SOL_SOCKET of the other headers', 0x7fffffff, 2, 'EOPNOTSUPP'],
  ['a level nobody has', -1, 1, 'EOPNOTSUPP'],
] as const)('%s is an error', (_, level, name, errno) => {
  expect(() => optionOf(linux, level, name, 'EOPNOTSUPP')).toThrow(new SysError(errno))
})
