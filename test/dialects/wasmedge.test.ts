import { describe, expect, test } from 'vitest'
import { preview1Sockets, sockListen } from '../../src/abi/preview1-sockets.js'
import { wasmedge1, wasmedge2 } from '../../src/abi/wasmedge/wasmedge.js'
import { AGAIN } from '../../src/network/network.js'
import { ascii, type Poke, testPokes, u32, zeros } from '../support/pokes.js'

const [ADDRESS, OUT, IOVECS, BYTES, DATA] = [64, 96, 128, 256, 512]
const v4 = { family: 'inet', host: '10.1.2.3', port: 0x1234 } as const
const v6 = { family: 'inet6', host: 'fe80::102', port: 0x1234, scope: 0 } as const
const v6Bytes = [0xfe, 0x80, ...zeros(12), 1, 2]
const datagram = { type: 'dgram', state: 'bound' } as const
const sends = { send: ({ data }: { data: Uint8Array }) => data.length, takeError: () => undefined }

/** An address structure, and what is in its buffer. */
const address = (...bytes: number[]) => ({ [ADDRESS]: u32(BYTES, bytes.length), [BYTES]: bytes })
/** 128 bytes: a family, and what of it is not zero. */
const storage = (family: number, ...bytes: number[]) => address(family, 0, ...bytes, ...zeros(126 - bytes.length))
const addressed = (memory: Poke['memory'], more: Partial<Poke>): Poke[] =>
  (['bind', 'connect'] as const).map((operation) => ({
    says: 'takes an address',
    call: [`sock_${operation}`, 3, ADDRESS, 0x1234],
    given: [{}],
    memory: memory ?? {},
    network: { [operation]: () => true },
    ...(more.answers === undefined && {
      asks: [[operation, { handle: 103, to: v4 }]],
      pointers: { 1: 8 },
    }),
    ...more,
  }))

const opening: Poke[] = [
  ...(['inet', 'inet6', 'unix'] as const).map(
    (family, index): Poke => ({
      says: `opens a stream of ${family}`,
      call: ['sock_open', index + 1, 2, OUT],
      network: { open: () => 7 },
      asks: [['open', { family, type: 'stream' }]],
      leaves: { [OUT]: u32(3) },
      pointers: { 2: 4 },
    }),
  ),
  {
    says: 'opens a datagram socket',
    call: ['sock_open', 1, 1, OUT],
    network: { open: () => 7 },
    asks: [['open', { family: 'inet', type: 'dgram' }]],
    leaves: { [OUT]: u32(3) },
  },
  ...(['dgram', 'stream'] as const).map(
    (type, number): Poke => ({
      says: `opens a ${type} socket by the numbers of old`,
      call: ['sock_open', 0, number, OUT],
      network: { open: () => 7 },
      asks: [['open', { family: 'inet', type }]],
      leaves: { [OUT]: u32(3) },
    }),
  ),
  { says: 'has no family 0', call: ['sock_open', 0, 2, OUT], answers: 'EINVAL' },
  { says: 'has no family 4', call: ['sock_open', 4, 2, OUT], answers: 'EINVAL' },
  { says: 'has no family -1', call: ['sock_open', -1, 2, OUT], answers: 'EINVAL' },
  { says: 'has no type 0', call: ['sock_open', 1, 0, OUT], answers: 'EINVAL' },
  { says: 'has no type 3', call: ['sock_open', 1, 3, OUT], answers: 'EINVAL' },
  { says: 'has no local datagrams', call: ['sock_open', 3, 1, OUT], answers: 'EPROTONOSUPPORT' },
  { says: 'takes only aligned pointers', call: ['sock_open', 1, 2, OUT + 2], answers: 'EADDRNOTAVAIL' },
  { says: 'finds the table full', call: ['sock_open', 1, 2, OUT], given: new Array(13).fill({}), answers: 'EMFILE' },
]

const addresses: Poke[] = [
  ...addressed(address(10, 1, 2, 3), { says: 'takes 4 bytes' }),
  ...addressed(storage(1, 10, 1, 2, 3), { says: 'takes 128 bytes with IPv4' }),
  ...addressed({ [ADDRESS]: u32(BYTES, 4), [BYTES]: [10, 1, 2, 3] }, { says: 'cuts the port to 16 bits' }).map(
    (poke): Poke => ({ ...poke, call: [poke.call[0], 3, ADDRESS, 0x71234] }),
  ),
  {
    says: 'takes 16 bytes',
    call: ['sock_connect', 3, ADDRESS, 0x1234],
    given: [{ family: 'inet6' }],
    memory: address(...v6Bytes),
    network: { connect: () => true },
    asks: [['connect', { handle: 103, to: v6 }]],
  },
  {
    says: 'takes 128 bytes with IPv6',
    call: ['sock_bind', 3, ADDRESS, 0x1234],
    given: [{ family: 'inet6' }],
    memory: storage(2, ...v6Bytes),
    network: { bind: () => true },
    asks: [['bind', { handle: 103, to: v6 }]],
  },
  {
    says: 'takes 128 bytes with a path',
    call: ['sock_connect', 3, ADDRESS, 99],
    given: [{ family: 'unix' }],
    memory: storage(3, ...ascii('/run/x')),
    network: { connect: () => true },
    asks: [['connect', { handle: 103, to: { family: 'unix', path: '/run/x' } }]],
  },
  {
    says: 'takes a path of 108 bytes',
    call: ['sock_bind', 3, ADDRESS, 0],
    given: [{ family: 'unix' }],
    memory: storage(3, ...ascii('p'.repeat(108))),
    network: { bind: () => true },
    asks: [['bind', { handle: 103, to: { family: 'unix', path: 'p'.repeat(108) } }]],
  },
  ...addressed(storage(3, ...ascii('p'.repeat(109))), { says: 'refuses a longer path', answers: 'EINVAL' }),
  ...addressed(storage(3, ...ascii('p'.repeat(126))), { says: 'refuses a path without end', answers: 'EINVAL' }),
  ...addressed(storage(0, 10, 1, 2, 3), { says: 'has no family 0', answers: 'EINVAL' }),
  ...addressed(storage(4, 10, 1, 2, 3), { says: 'has no family 4', answers: 'EINVAL' }),
  ...addressed(address(), { says: 'refuses no bytes', answers: 'EINVAL' }),
  ...addressed(address(10, 1, 2), { says: 'refuses 3 bytes', answers: 'EINVAL' }),
  ...addressed(address(10, 1, 2, 3, 4), { says: 'refuses 5 bytes', answers: 'EINVAL' }),
  ...addressed({ [ADDRESS]: u32(BYTES, 0xffffffff) }, { says: 'refuses a huge length', answers: 'EFAULT' }),
  ...addressed({ [ADDRESS]: u32(0xfffffff0, 4) }, { says: 'refuses a buffer outside', answers: 'EFAULT' }),
  ...addressed(address(...v6Bytes), { says: 'refuses another family', answers: 'EAFNOSUPPORT' }),
  ...['sock_bind', 'sock_connect'].map(
    (name): Poke => ({
      says: 'takes only aligned pointers',
      call: [name, 3, ADDRESS + 2, 80],
      given: [{}],
      memory: { [ADDRESS + 2]: u32(BYTES, 4) },
      answers: 'EADDRNOTAVAIL',
    }),
  ),
  {
    says: 'tells that it goes on',
    call: ['sock_connect', 3, ADDRESS, 0x1234],
    given: [{ nonBlocking: true }],
    memory: address(10, 1, 2, 3),
    network: { connect: () => AGAIN },
    answers: 'EINPROGRESS',
  },
]

const sending: Poke[] = [
  {
    says: 'sends the buffers in order',
    call: ['sock_send_to', 3, IOVECS, 2, ADDRESS, 0x1234, 0, OUT],
    given: [datagram],
    memory: { ...address(10, 1, 2, 3), [IOVECS]: u32(DATA, 2, DATA + 16, 3), [DATA]: [1, 2], [DATA + 16]: [3, 4, 5] },
    network: sends,
    asks: [
      ['send', { handle: 103, data: Uint8Array.of(1, 2, 3, 4, 5), to: v4 }],
      ['takeError', { handle: 103 }],
    ],
    leaves: { [OUT]: u32(5) },
    pointers: { 1: 16, 3: 8, 6: 4 },
  },
  {
    says: 'sends nothing to an address of 128 bytes',
    call: ['sock_send_to', 3, IOVECS, 0, ADDRESS, 0x1234, 0, OUT],
    given: [{ ...datagram, family: 'inet6' }],
    memory: storage(2, ...v6Bytes),
    network: sends,
    asks: [
      ['send', { handle: 103, data: new Uint8Array(0), to: v6 }],
      ['takeError', { handle: 103 }],
    ],
    leaves: { [OUT]: u32(0) },
  },
  {
    says: 'needs no address on a connection',
    call: ['sock_send_to', 3, IOVECS, 1, ADDRESS, 0x1234, 0, OUT],
    given: [{ state: 'connected' }],
    memory: { ...address(10, 1, 2, 3), [IOVECS]: u32(DATA, 2), [DATA]: [1, 2] },
    network: sends,
    asks: [['send', { handle: 103, data: Uint8Array.of(1, 2) }]],
    leaves: { [OUT]: u32(2) },
  },
  ...[1025, -1].map(
    (count): Poke => ({
      says: `refuses ${count} buffers`,
      call: ['sock_send_to', 3, IOVECS, count, ADDRESS, 9, 0, OUT],
      given: [datagram],
      memory: address(10, 1, 2, 3),
      answers: 'EINVAL',
    }),
  ),
  ...[
    [IOVECS + 2, ADDRESS, OUT],
    [IOVECS, ADDRESS + 1, OUT],
    [IOVECS, ADDRESS, OUT + 3],
  ].map(
    ([iovecs = 0, to = 0, sent = 0]): Poke => ({
      says: 'takes only aligned pointers',
      call: ['sock_send_to', 3, iovecs, 1, to, 9, 0, sent],
      given: [datagram],
      memory: { [iovecs]: u32(DATA, 2), [to]: u32(BYTES, 4) },
      answers: 'EADDRNOTAVAIL',
    }),
  ),
]

const listening: Poke[] = [
  {
    says: 'listens',
    call: ['sock_listen', 3, 5],
    given: [{ state: 'bound' }],
    network: { listen: () => true },
    asks: [['listen', { handle: 103, backlog: 5 }]],
  },
  { says: 'is not for datagrams', call: ['sock_listen', 3, 5], given: [datagram], answers: 'EOPNOTSUPP' },
]

const withoutSocket = [
  ['sock_bind', ADDRESS, 0],
  ['sock_connect', ADDRESS, 0],
  ['sock_listen', 0],
  ['sock_send_to', IOVECS, 0, ADDRESS, 0, 0, OUT],
] as const
const closed = withoutSocket.flatMap(([name, ...args]): Poke[] => [
  { says: 'knows a closed descriptor', call: [name, 5, ...args], answers: 'EBADF' },
  { says: 'knows what is no socket', call: [name, 1, ...args], answers: 'ENOTSOCK' },
])

testPokes('wasi_snapshot_preview1', [...opening, ...addresses, ...listening, ...sending, ...closed])

describe.each([wasmedge1, wasmedge2])('$name', ({ calls }) => {
  test.each(['sock_recv', 'sock_send', 'sock_shutdown'])('%s is that of preview 1', (name) => {
    expect(calls[name]).toBe(preview1Sockets[name])
  })
  test('sock_listen is what all dialects have', () => expect(calls['sock_listen']).toBe(sockListen))
})
