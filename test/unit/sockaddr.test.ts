import { describe, expect, test } from 'vitest'
import { linux, wasiLibc } from '../../src/abi/numbering.js'
import { type AddressedSocket, readSockaddr, writeSockaddr } from '../../src/abi/sockaddr.js'
import type { Address } from '../../src/posix/address.js'
import { type Errno, SysError } from '../../src/posix/errno.js'
import { lastOf, outside, sentinelMemory } from '../support/guest-memory.js'

const text = (of: string) => [...Buffer.from(of, 'utf8')]
const zeros = (count: number) => new Array<number>(count).fill(0)
const AT = 100
const numberings = { linux, wasiLibc }
const tcp = { family: 'inet', type: 'stream' } as const
const tcp6 = { family: 'inet6', type: 'stream' } as const
const udp6 = { family: 'inet6', type: 'dgram' } as const
const local = { family: 'unix', type: 'stream' } as const

const loopback6 = [...zeros(15), 1]
const inet: Address = { family: 'inet', host: '127.0.0.1', port: 8080 }
const inet6: Address = { family: 'inet6', host: '::1', port: 443, scope: 7 }
const scoped6 = [1, 187, 0, 0, 0, 0, ...loopback6, 7, 0, 0, 0]

// What is written, and read back the same.
const both: [string, keyof typeof numberings, AddressedSocket, Address, number[]][] = [
  ['IPv4', 'linux', tcp, inet, [2, 0, 0x1f, 0x90, 127, 0, 0, 1, ...zeros(8)]],
  ['IPv4', 'wasiLibc', tcp, inet, [1, 0, 0x1f, 0x90, 127, 0, 0, 1, ...zeros(8)]],
  ['IPv6 with a scope', 'linux', tcp6, inet6, [10, 0, ...scoped6]],
  ['IPv6 with a scope', 'wasiLibc', tcp6, inet6, [2, 0, ...scoped6]],
  ['a path', 'linux', local, { family: 'unix', path: '/run/ä' }, [1, 0, ...text('/run/ä'), 0]],
  ['a path', 'wasiLibc', local, { family: 'unix', path: '/x' }, [3, 0, ...text('/x'), 0]],
  ['an abstract name', 'linux', local, { family: 'unix', path: '\0a' }, [1, 0, 0, 97]],
  ['no name', 'linux', local, { family: 'unix', path: '' }, [1, 0]],
]

describe.each(both)('%s with the numbers of %s', (_, which, socket, address, encoded) => {
  const numbering = numberings[which]

  test('is read', () => {
    const { memory, put, isUntouchedBut } = sentinelMemory()
    put(AT, ...encoded)
    expect(readSockaddr({ memory, numbering }, socket, { pointer: AT, length: encoded.length })).toEqual(address)
    expect(isUntouchedBut(AT, encoded.length)).toBe(true)
  })

  test('is written, whole and cut, at the end of memory too', () => {
    for (const room of [0, 1, 2, encoded.length - 1, encoded.length, encoded.length + 9]) {
      const { memory, at, isUntouchedBut } = sentinelMemory()
      const kept = Math.min(room, encoded.length)
      expect(writeSockaddr(memory, numbering, address, { pointer: lastOf(kept), room })).toBe(encoded.length)
      expect(at(lastOf(kept), kept)).toEqual(encoded.slice(0, kept))
      expect(isUntouchedBut(lastOf(kept), kept)).toBe(true)
    }
  })

  test.each(outside(encoded.length))('is EFAULT %s', (_, pointer) => {
    const { memory, isUntouchedBut } = sentinelMemory()
    const read = () => readSockaddr({ memory, numbering }, socket, { pointer, length: encoded.length })
    const write = () => writeSockaddr(memory, numbering, address, { pointer, room: 128 })
    expect(read).toThrow(new SysError('EFAULT'))
    expect(write).toThrow(new SysError('EFAULT'))
    expect(isUntouchedBut(0, 0)).toBe(true)
  })
})

const read: [string, AddressedSocket, number[], number, Address | string | undefined][] = [
  ['AF_UNSPEC says that there is no peer', tcp, [0, 0], 2, undefined],
  ['one byte is too short for a family', tcp, [2, 0], 1, 'EINVAL'],
  ['an IPv4 address that is a byte short', tcp, [2, 0, 0, 80, 1, 2, 3, 4, ...zeros(8)], 15, 'EINVAL'],
  [
    'an IPv4 address with bytes behind it',
    tcp,
    [2, 0, 0, 80, 1, 2, 3, 4],
    128,
    { family: 'inet', host: '1.2.3.4', port: 80 },
  ],
  ['a length past sockaddr_storage', tcp, [2, 0, 0, 80, 1, 2, 3, 4], 129, 'EINVAL'],
  ['a negative length', tcp, [2, 0, 0, 80, 1, 2, 3, 4], -1, 'EINVAL'],
  ['IPv6 for an IPv4 socket', tcp, [10, 0, ...scoped6], 28, 'EAFNOSUPPORT'],
  ['IPv4 for an IPv6 stream', tcp6, [2, 0, 0, 80, 1, 2, 3, 4, ...zeros(20)], 28, 'EAFNOSUPPORT'],
  [
    'IPv4 for an IPv6 datagram socket is mapped',
    udp6,
    [2, 0, 0, 80, 1, 2, 3, 4],
    16,
    { family: 'inet6', host: '::ffff:1.2.3.4', port: 80, scope: 0 },
  ],
  ['IPv6 without its scope', tcp6, [10, 0, ...scoped6], 24, { family: 'inet6', host: '::1', port: 443, scope: 0 }],
  ['IPv6 that is a byte shorter', tcp6, [10, 0, ...scoped6], 23, 'EINVAL'],
  ['an unknown family', tcp, [99, 0, 0, 80, 1, 2, 3, 4], 16, 'EAFNOSUPPORT'],
  ['IPv4 for a local socket', local, [2, 0, 0, 80, 1, 2, 3, 4], 16, 'EINVAL'],
  ['a path without its NUL', local, [1, 0, ...text('/abc')], 6, { family: 'unix', path: '/abc' }],
  ['a path ends at its NUL', local, [1, 0, ...text('/a'), 0, 1, 2], 8, { family: 'unix', path: '/a' }],
  ['a path of 109 bytes', local, [1, 0, ...text('/a')], 111, 'EINVAL'],
]

test.each(read)('%s', (_, socket, encoded, length, expected) => {
  const { memory, put } = sentinelMemory()
  put(AT, ...encoded)
  const attempt = () => readSockaddr({ memory, numbering: linux }, socket, { pointer: AT, length })
  if (typeof expected === 'string') expect(attempt).toThrow(new SysError(expected as Errno))
  else expect(attempt()).toEqual(expected)
})
