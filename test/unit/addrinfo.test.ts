import { expect, test } from 'vitest'
import { linkSockets } from '../../src/abi/link.js'
import type { Resolution } from '../../src/network/network.js'
import { wasiNumber } from '../../src/posix/errno.js'
import { Sockets } from '../../src/posix-sockets/sockets.js'
import { fakeNetwork, fakeWorld } from '../support/fake-network.js'
import { lastOf, outside, sentinelMemory } from '../support/guest-memory.js'

const u32 = (...values: number[]) => [...new Uint8Array(Uint32Array.from(values).buffer)]
const zeros = (count: number) => new Array<number>(count).fill(0)
const [NODE, SERVICE, HINTS, RESULTS] = [64, 96, 128, 1024]
const SIZE = 320
const found: Resolution = {
  is: 'found',
  hosts: [
    { host: '10.0.0.1', family: 'inet' },
    { host: '::1', family: 'inet6' },
  ],
}

function guestWith(resolution: Resolution = found, numbering: 'linux' | 'wasi-libc' = 'linux') {
  const place = sentinelMemory()
  const { network, inputsOf } = fakeNetwork({ resolve: () => 5, answer: () => resolution })
  const { imports, setMemory, guest } = linkSockets(new Sockets({ network, world: fakeWorld() }), { numbering })
  setMemory(place.raw)
  const call = imports.posix_sockets as Record<string, (...args: number[]) => number>
  place.put(NODE, ...Buffer.from('host.test\0'))
  place.put(SERVICE, ...Buffer.from('80\0'))
  place.put(HINTS, ...u32(0, 0, 1, 0))
  const ask = (node: number, service: number, hints: number, results: number, capacity: number) =>
    call['getaddrinfo']?.(node, service, hints, results, capacity)
  return { ...place, inputsOf, guest, ask }
}

test('results are laid out as posix_sockets.h has them, linked to each other', () => {
  const { ask, at, isUntouchedBut } = guestWith()
  expect(ask(NODE, SERVICE, HINTS, RESULTS, 4)).toBe(2)
  const [one, two] = [RESULTS, RESULTS + SIZE]
  expect(at(one, 32)).toEqual(u32(0, 2, 1, 6, 16, one + 32, 0, two))
  expect(at(one + 32, 32)).toEqual([2, 0, 0, 80, 10, 0, 0, 1, ...zeros(24)])
  expect(at(one + 64, 256)).toEqual(zeros(256))
  expect(at(two, 32)).toEqual(u32(0, 10, 1, 6, 28, two + 32, 0, 0))
  expect(at(two + 32, 32)).toEqual([10, 0, 0, 80, ...zeros(4), ...zeros(15), 1, ...zeros(8)])
  expect(at(RESULTS - 1, 1)).toEqual([0xee])
  expect(isUntouchedBut(NODE, RESULTS + 2 * SIZE - NODE)).toBe(true)
})

test('the numbers are those of the headers', () => {
  const { ask, at, put } = guestWith(found, 'wasi-libc')
  put(HINTS, ...u32(0, 2, 5, 0))
  expect(ask(NODE, SERVICE, HINTS, RESULTS, 4)).toBe(2)
  expect(at(RESULTS, 16)).toEqual(u32(0, 1, 5, 17))
})

test('the canonical name stands in the first result', () => {
  const { ask, at, put } = guestWith()
  put(HINTS, ...u32(2, 0, 1, 0))
  expect(ask(NODE, SERVICE, HINTS, RESULTS, 2)).toBe(2)
  expect(at(RESULTS + 24, 4)).toEqual(u32(RESULTS + 64))
  expect(Buffer.from(at(RESULTS + 64, 10)).toString()).toBe('host.test\0')
  expect(at(RESULTS + SIZE + 24, 4)).toEqual(u32(0))
})

test.each([
  [0, RESULTS],
  [1, RESULTS],
  [1, lastOf(SIZE)],
])('with room for %i at %i the number of all results is still told', (capacity, results) => {
  const { ask, at, put, isUntouchedBut } = guestWith()
  expect(ask(NODE, SERVICE, HINTS, results, capacity)).toBe(2)
  if (capacity === 1) expect(at(results + 28, 4)).toEqual(u32(0))
  put(NODE, ...new Array(HINTS + 16 - NODE).fill(0xee))
  expect(isUntouchedBut(results, capacity * SIZE)).toBe(true)
})

test.each([
  ...outside(SIZE).map(([where, at]) => [`results ${where}`, NODE, SERVICE, HINTS, at, 1] as const),
  ['more room than a memory has', NODE, SERVICE, HINTS, RESULTS, 1000],
  ['so much room that its bytes are few when cut to 32 bits', NODE, SERVICE, HINTS, lastOf(SIZE), 0x8000001],
  ['a node outside', -64, SERVICE, HINTS, RESULTS, 1],
  ['a service outside', NODE, 65_536, HINTS, RESULTS, 1],
  ['a node that does not end', lastOf(5), SERVICE, HINTS, RESULTS, 1],
  ['hints across the end', NODE, SERVICE, lastOf(15), RESULTS, 1],
] as const)('%s: EAI_SYSTEM, EFAULT, and nothing is asked or written', (_, node, service, hints, results, capacity) => {
  const { ask, guest, inputsOf, bytes } = guestWith()
  const before = bytes.slice()
  expect(ask(node, service, hints, results, capacity)).toBe(-11)
  expect([guest.lastErrorNumber, inputsOf('resolve')]).toEqual([wasiNumber('EFAULT'), []])
  expect(bytes).toEqual(before)
})

test.each([
  ['a family nobody has', [0, 99, 1, 0], -6],
  ['local sockets', [0, 1, 1, 0], -6],
  ['a type nobody has', [0, 0, 3, 0], -7],
  ['a protocol of the other type', [0, 0, 1, 17], -8],
  ['flags nobody knows', [0x8000, 0, 1, 0], -1],
])('hints of %s', (_, hints, answer) => {
  const { ask, put } = guestWith()
  put(HINTS, ...u32(...hints))
  expect(ask(NODE, SERVICE, HINTS, RESULTS, 1)).toBe(answer)
})

test('a failed look-up is its EAI number', () => {
  expect(guestWith({ is: 'failed', reason: 'EAI_AGAIN' }).ask(NODE, SERVICE, 0, RESULTS, 1)).toBe(-3)
})
