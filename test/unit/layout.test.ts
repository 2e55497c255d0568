import { describe, expect, test } from 'vitest'
import {
  bytes,
  type Field,
  i16,
  i32,
  i64,
  memoryOf,
  readAt,
  struct,
  u8,
  u16,
  u16be,
  u32,
  u64,
  writeAt,
} from '../../src/abi/layout.js'
import { GuestMemory } from '../../src/abi/memory.js'
import { SysError } from '../../src/posix/errno.js'
import { lastOf, outside, sentinelMemory } from '../support/guest-memory.js'

const AT = 64
const fields: [string, Field<number> | Field<bigint> | Field<Uint8Array>, unknown, number[]][] = [
  ['u8', u8, 0xfe, [0xfe]],
  ['u16', u16, 0xff01, [0x01, 0xff]],
  ['u16be', u16be, 0xff01, [0xff, 0x01]],
  ['i16', i16, -2, [0xfe, 0xff]],
  ['u32', u32, 0xff030201, [1, 2, 3, 0xff]],
  ['i32', i32, -16, [0xf0, 0xff, 0xff, 0xff]],
  ['u64', u64, 0xff07060504030201n, [1, 2, 3, 4, 5, 6, 7, 0xff]],
  ['i64', i64, -2n, [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]],
  ['bytes', bytes(3), Uint8Array.of(9, 8, 7), [9, 8, 7]],
]

describe.each(fields)('%s', (_, field, value, encoded) => {
  const each = field as Field<unknown>

  test.each([AT, AT + 1, lastOf(encoded.length)])('at %i is written and read between what stays', (at) => {
    const place = sentinelMemory()
    writeAt(place.memory, each, at, value)
    expect(place.at(at, encoded.length)).toEqual(encoded)
    expect(place.isUntouchedBut(at, encoded.length)).toBe(true)
    expect(readAt(place.memory, each, at)).toEqual(value)
  })

  test.each(outside(encoded.length).filter(([, pointer]) => encoded.length > 1 || pointer >= 0))(
    '%s is EFAULT',
    (_, pointer) => {
      const place = sentinelMemory()
      expect(() => readAt(place.memory, each, pointer)).toThrow(new SysError('EFAULT'))
      expect(() => writeAt(place.memory, each, pointer, value)).toThrow(new SysError('EFAULT'))
      expect(place.isUntouchedBut(0, 0)).toBe(true)
    },
  )
})

describe('a structure', () => {
  const mixed = struct({ tag: u8, port: u16be, size: u32, small: u8, big: u64, rest: bytes(3) })
  const value = { tag: 1, port: 80, size: 5, small: 6, big: 7n, rest: Uint8Array.of(1, 2, 3) }
  const E = 0xee // padding, which is not written
  const laidOut = [1, E, 0, 80, 5, 0, 0, 0, 6, E, E, E, E, E, E, E, 7, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, E, E, E, E, E]

  test('is laid out as C does, each field at a multiple of its size', () => {
    const place = sentinelMemory()
    mixed.write(place.memory, AT, value)
    expect(mixed.size).toBe(32)
    expect(place.at(AT, 32)).toEqual(laidOut)
    expect(place.isUntouchedBut(AT, 32)).toBe(true)
    expect(mixed.read(place.memory, AT)).toEqual(value)
  })

  test('outside of a guest is the same', () => {
    const plain = new Uint8Array(40).fill(0xee)
    mixed.write(memoryOf(plain.subarray(4)), 0, value)
    expect([...plain]).toEqual([E, E, E, E, ...laidOut, E, E, E, E])
    expect(mixed.read(memoryOf(plain.subarray(4)), 0)).toEqual(value)
  })

  test.each(outside(32))('%s is EFAULT, and nothing of it is written', (_, pointer) => {
    const place = sentinelMemory()
    expect(() => mixed.write(place.memory, pointer, value)).toThrow(new SysError('EFAULT'))
    expect(() => mixed.read(place.memory, pointer)).toThrow(new SysError('EFAULT'))
    expect(place.isUntouchedBut(0, 0)).toBe(true)
  })
})

describe('a memory of more than 2 GiB', () => {
  test('is reached by pointers that arrive as negative numbers', () => {
    const raw = new WebAssembly.Memory({ initial: 32_769 })
    const memory = new GuestMemory(() => raw)
    writeAt(memory, u32, -0x80000000, 0x01020304)
    expect(readAt(memory, u8, 0x80000000)).toBe(4)
    expect(memory.setText(-0x80000000 + 8, 4, 'abcdef')).toBe(6)
    expect(memory.text(-0x80000000 + 8, 10)).toBe('abc')
    expect(() => readAt(memory, u32, -0x80000000 + 65_533)).toThrow(new SysError('EFAULT'))
    expect(memory.bytes(0, -0x80000000).length).toBe(0x80000000)
  })
})

test('a memory that grows is seen at its new size and place', () => {
  const { raw, memory, put } = sentinelMemory()
  put(0, 42)
  expect(() => readAt(memory, u8, 65_536)).toThrow(new SysError('EFAULT'))
  raw.grow(1)
  expect([readAt(memory, u8, 0), readAt(memory, u8, 65_536)]).toEqual([42, 0])
})

describe('texts', () => {
  test.each([
    ['is cut to its place, with its NUL', 'hello', 4, [...Buffer.from('hel'), 0]],
    ['fits exactly', 'abc', 4, [...Buffer.from('abc'), 0]],
    ['is short', 'a', 4, [97, 0]],
    ['has no room', 'abc', 0, []],
    ['has room for the NUL only', 'abc', 1, [0]],
  ])('one that %s', (_, text, room, written) => {
    const place = sentinelMemory()
    expect(place.memory.setText(AT, room, text)).toBe(Buffer.byteLength(text))
    expect(place.at(AT, written.length)).toEqual(written)
    expect(place.isUntouchedBut(AT, written.length)).toBe(true)
  })

  test.each([
    ['that ends at the last byte of memory', [65, 66, 0], lastOf(3), 5, 'AB'],
    ['as long as allowed', [65, 66, 0], AT, 2, 'AB'],
  ])('one %s is read', (_, encoded, at, most, expected) => {
    const place = sentinelMemory()
    place.put(at, ...encoded)
    expect(place.memory.text(at, most)).toBe(expected)
  })

  test.each([
    ['without an end in memory is EFAULT', lastOf(3), 5, 'EFAULT'],
    ['longer than allowed is ENAMETOOLONG', AT, 5, 'ENAMETOOLONG'],
    ['outside is EFAULT', 65_537, 5, 'EFAULT'],
  ] as const)('one %s', (_, at, most, errno) => {
    const { memory } = sentinelMemory()
    expect(() => memory.text(at, most)).toThrow(new SysError(errno))
  })
})
