import { describe, expect, test } from 'vitest'
import { SocketAddress } from '../../src/native/sockaddr.js'
import type { Address } from '../../src/posix/address.js'

const text = (bytes: string) => [...Buffer.from(bytes, 'latin1')]
const zeros = (count: number) => new Array<number>(count).fill(0)

const cases: [string, Address, number[]][] = [
  ['IPv4', { family: 'inet', host: '192.0.2.17', port: 8080 }, [2, 0, 0x1f, 0x90, 192, 0, 2, 17, ...zeros(8)]],
  [
    'IPv6 with a scope',
    { family: 'inet6', host: 'fe80::1', port: 80, scope: 3 },
    [10, 0, 0, 80, ...zeros(4), 0xfe, 0x80, ...zeros(13), 1, 3, 0, 0, 0],
  ],
  [
    'IPv4 within IPv6',
    { family: 'inet6', host: '::ffff:7f00:1', port: 1, scope: 0 },
    [10, 0, 0, 1, ...zeros(4), ...zeros(10), 0xff, 0xff, 127, 0, 0, 1, ...zeros(4)],
  ],
  ['a path', { family: 'unix', path: '/run/x' }, [1, 0, ...text('/run/x\0')]],
  ['an abstract name', { family: 'unix', path: '\0ab\0c' }, [1, 0, ...text('\0ab\0c')]],
  ['no name', { family: 'unix', path: '' }, [1, 0]],
  ['the longest path', { family: 'unix', path: `/${'p'.repeat(107)}` }, [1, 0, ...text(`/${'p'.repeat(107)}`)]],
]

describe('addresses as the system has them', () => {
  test.each(cases)('%s', (_, address, bytes) => {
    const place = new SocketAddress()
    place.bytes.fill(0xee)
    const length = place.put(address)
    expect([...place.bytes.subarray(0, length)]).toEqual(bytes)
    place.length[0] = length
    expect(place.read()).toEqual(address)
  })

  test('one address leaves nothing to the next', () => {
    const place = new SocketAddress()
    place.put({ family: 'unix', path: '/a/very/long/path/indeed' })
    expect(place.put({ family: 'inet', host: '1.2.3.4', port: 5 })).toBe(16)
    expect([...place.bytes.subarray(0, 16)]).toEqual([2, 0, 0, 5, 1, 2, 3, 4, ...zeros(8)])
  })

  test('a path that is too long is EINVAL', () => {
    expect(() => new SocketAddress().put({ family: 'unix', path: 'p'.repeat(109) })).toThrow('EINVAL')
  })

  test('a path that fills all its room has no NUL, and the system may count one', () => {
    const place = new SocketAddress()
    place.put({ family: 'unix', path: 'p'.repeat(108) })
    place.length[0] = 111
    expect(place.read()).toEqual({ family: 'unix', path: 'p'.repeat(108) })
  })
})
