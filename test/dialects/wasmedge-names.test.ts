import { expect, test } from 'vitest'
import { preview1Sockets } from '../../src/abi/preview1-sockets.js'
import { wasmedge2 } from '../../src/abi/wasmedge/wasmedge.js'
import type { Input } from '../../src/network/network.js'
import { ascii, type Poke, pokedGuest, testPokes, u32 } from '../support/pokes.js'

const [ADDRESS, KIND, PORT, OUT, FLAGS, IOVECS, BYTES, DATA] = [64, 80, 96, 100, 104, 128, 256, 512]
const v4 = { family: 'inet', host: '10.1.2.3', port: 0x1234 } as const
const v6 = { family: 'inet6', host: 'fe80::102', port: 0x1234, scope: 0 } as const
const v6Bytes = [0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2]
const unix = { family: 'unix', path: '/run/x' } as const
const place = (length: number) => ({ [ADDRESS]: u32(BYTES, length) })
const bytes = (...values: number[]) => ({ [BYTES]: values })
const port = { [PORT]: u32(0x1234) }

/** Both names of a socket. */
const bothNames = (poke: (name: string, operation: 'localName' | 'peerName') => Poke): Poke[] => [
  poke('sock_getlocaladdr', 'localName'),
  poke('sock_getpeeraddr', 'peerName'),
]
const found = { localName: () => v4, peerName: () => v4, available: () => 1 }

const names1 = bothNames((name) => ({
  says: 'tells an address in 16 bytes, its kind and its port',
  call: [name, 3, ADDRESS, KIND, PORT],
  given: [{ state: 'connected' }],
  memory: place(16),
  network: found,
  leaves: { ...bytes(10, 1, 2, 3), [KIND]: u32(4), ...port },
  pointers: { 1: 8, 2: 4, 3: 4 },
})).concat(
  bothNames((name, operation) => ({
    says: 'tells an IPv6 address',
    call: [name, 3, ADDRESS, KIND, PORT],
    given: [{ state: 'connected', family: 'inet6' }],
    memory: place(16),
    network: { ...found, [operation]: () => v6 },
    leaves: { ...bytes(...v6Bytes), [KIND]: u32(6), ...port },
  })),
  bothNames((name) => ({
    says: 'has use for 4 bytes',
    call: [name, 3, ADDRESS, KIND, PORT],
    given: [{ state: 'connected' }],
    memory: place(4),
    network: found,
    leaves: { ...bytes(10, 1, 2, 3), [KIND]: u32(4), ...port },
  })),
  bothNames((name, operation) => ({
    says: 'tells a path in 128 bytes',
    call: [name, 3, ADDRESS, KIND, PORT],
    given: [{ state: 'connected', family: 'unix' }],
    memory: place(128),
    network: { ...found, [operation]: () => unix },
    leaves: { ...bytes(3, 0, ...ascii('/run/x\0')), [KIND]: u32(3), [PORT]: u32(0) },
  })),
  bothNames((name) => ({
    says: 'has no room for IPv6 in 4 bytes',
    call: [name, 3, ADDRESS, KIND, PORT],
    given: [{ state: 'connected', family: 'inet6' }],
    memory: place(4),
    answers: 'ENOMEM',
  })),
  bothNames((name) => ({
    says: 'has no room for a path in 16 bytes',
    call: [name, 3, ADDRESS, KIND, PORT],
    given: [{ state: 'connected', family: 'unix' }],
    memory: place(16),
    answers: 'ENOMEM',
  })),
  bothNames((name) => ({
    says: 'refuses a buffer outside',
    call: [name, 3, ADDRESS, KIND, PORT],
    given: [{ state: 'connected' }],
    memory: { [ADDRESS]: u32(0xfffffff8, 16) },
    answers: 'EFAULT',
  })),
  ...[0, 3, 5, 17, 127].map((length) =>
    bothNames((name) => ({
      says: `has no use for ${length} bytes`,
      call: [name, 3, ADDRESS, KIND, PORT],
      given: [{}],
      memory: place(length),
      answers: 'EINVAL',
    })),
  ),
)

const names2 = bothNames((name) => ({
  says: 'tells an address in 128 bytes, and its port',
  call: [name, 3, ADDRESS, PORT],
  given: [{ state: 'connected' }],
  memory: place(128),
  network: found,
  leaves: { ...bytes(1, 0, 10, 1, 2, 3), ...port },
  pointers: { 1: 8, 2: 4 },
})).concat(
  bothNames((name, operation) => ({
    says: 'tells an IPv6 address',
    call: [name, 3, ADDRESS, PORT],
    given: [{ state: 'connected', family: 'inet6' }],
    memory: place(128),
    network: { ...found, [operation]: () => v6 },
    leaves: { ...bytes(2, 0, ...v6Bytes), ...port },
  })),
  bothNames((name, operation) => ({
    says: 'tells a path',
    call: [name, 3, ADDRESS, PORT],
    given: [{ state: 'connected', family: 'unix' }],
    memory: place(128),
    network: { ...found, [operation]: () => unix },
    leaves: { ...bytes(3, 0, ...ascii('/run/x\0')), [PORT]: u32(0) },
  })),
  ...[0, 4, 16, 127].map((length) =>
    bothNames((name) => ({
      says: `has no use for ${length} bytes`,
      call: [name, 3, ADDRESS, PORT],
      given: [{}],
      memory: place(length),
      answers: 'EINVAL',
    })),
  ),
)

/** Every pointer, one at a time. */
const calls: Poke['call'][] = ['sock_getlocaladdr', 'sock_getpeeraddr'].flatMap((name): Poke['call'][] => [
  [name, 3, ADDRESS, KIND, PORT],
  [name, 3, ADDRESS, PORT],
])
const misaligned = calls.flatMap(([name, ...args]) =>
  args.flatMap((arg, at): Poke[] => {
    const call: Poke['call'] = [name, ...args.map((each, index) => (index === at ? Number(each) + 1 : each))]
    const memory = { [ADDRESS + Number(arg === ADDRESS)]: u32(BYTES, 128) }
    return Number(arg) < ADDRESS
      ? []
      : [{ says: `argument ${at}`, call, given: [{}], memory, answers: 'EADDRNOTAVAIL' }]
  }),
)
const closed = calls.flatMap(([name, _, ...args]): Poke[] => [
  { says: 'knows a closed descriptor', call: [name, 5, ...args], answers: 'EBADF' },
  { says: 'knows what is no socket', call: [name, 1, ...args], answers: 'ENOTSOCK' },
])

testPokes('wasi_snapshot_preview1', [...names1, ...names2, ...misaligned, ...closed])

test('a guest may mix the versions', () => {
  const network = {
    ...found,
    accept: () => ({ handle: 7, peer: v4 }),
    receiveFrom({ into }: Input<'receiveFrom'>) {
      into.set([1, 2])
      return { length: 2, from: v4 }
    },
  }
  const { call, put, at } = pokedGuest(network, [{ state: 'listening' }, { type: 'dgram' }])
  const module = 'wasi_snapshot_preview1'
  put(ADDRESS, ...u32(BYTES, 16))
  expect(call(module, 'sock_accept', 3, OUT)).toBe(0)
  expect(at(OUT, 4)).toEqual(u32(5))
  expect(call(module, 'sock_getlocaladdr', 5, ADDRESS, KIND, PORT)).toBe(0)
  expect(at(BYTES, 5)).toEqual([10, 1, 2, 3, 0xee])
  expect([...at(KIND, 4), ...at(PORT, 4)]).toEqual(u32(4, 0x1234))
  put(ADDRESS, ...u32(BYTES, 128), ...u32(0xeeeeeeee))
  put(PORT, 0, 0, 0, 0)
  put(IOVECS, ...u32(DATA, 8))
  expect(call(module, 'sock_recv_from', 4, IOVECS, 1, ADDRESS, 0, PORT, OUT, FLAGS)).toBe(0)
  expect(at(BYTES, 7)).toEqual([1, 0, 10, 1, 2, 3, 0xee])
  expect([...at(PORT, 4), ...at(OUT, 4)]).toEqual(u32(0x1234, 2))
})

test('version 2 accepts as preview 1 does', () => {
  expect(wasmedge2.calls['sock_accept']).toBe(preview1Sockets['sock_accept'])
})

test('version 2 has names of its own', () => {
  const own = Object.keys(wasmedge2.calls).filter((name) => name.endsWith('_v2'))
  expect(own.map((name) => name.slice('sock_'.length, -'_v2'.length)).sort()).toEqual([
    ...['accept', 'bind', 'connect', 'getlocaladdr', 'getpeeraddr', 'listen'],
    ...['open', 'recv', 'recv_from', 'send', 'send_to'],
  ])
  for (const name of own.filter((each) => each !== 'sock_recv_from_v2'))
    expect(wasmedge2.calls[name]).toBe(wasmedge2.calls[name.slice(0, -'_v2'.length)])
  const { call, at } = pokedGuest({ open: () => 7 })
  expect(call('wasi_snapshot_preview1', 'sock_open_v2', 3, 2, OUT)).toBe(0)
  expect(at(OUT, 4)).toEqual(u32(3))
})
