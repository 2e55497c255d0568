import { AGAIN, type Input } from '../../src/network/network.js'
import { type Poke, testPokes, u16, u32 } from '../support/pokes.js'

const [ADDRESS, PORT, OUT, FLAGS, IOVECS, BYTES, DATA] = [64, 96, 100, 104, 128, 256, 512]
const v4 = { family: 'inet', host: '10.1.2.3', port: 0x1234 } as const
const v6 = { family: 'inet6', host: 'fe80::102', port: 0x1234, scope: 0 } as const
const v6Bytes = [0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2]
const datagram = { type: 'dgram', state: 'bound' } as const

const sent = (from: typeof v4 | typeof v6, length: number) => ({
  receiveFrom({ into }: Input<'receiveFrom'>) {
    into.set([1, 2])
    return { length, from }
  },
})
const streamed = {
  receive({ into }: Input<'receive'>) {
    into.set([1, 2])
    return 2
  },
}

/** What has to be the same in both versions, by the length of the address; version 2 has a place for the port. */
const forms = [4, 16, 128].flatMap((length) => [
  { length, ports: [] as number[], port: {} },
  { length, ports: [PORT], port: { [PORT]: u16(0x1234) } },
])
const receiving = forms.flatMap(({ length, ports, port }): Poke[] => {
  const call = (iovecs: number, count: number, address: number, ...results: number[]): Poke['call'] => [
    ...(['sock_recv_from', 3, iovecs, count, address, 0] as const),
    ...(results.length > 0 ? results : [...ports, OUT, FLAGS]),
  ]
  const common = {
    call: call(IOVECS, 2, ADDRESS),
    given: [datagram],
    memory: { [ADDRESS]: u32(BYTES, length), [IOVECS]: u32(DATA, 1, DATA + 16, 7) },
  }
  const received = { [DATA]: [1], [DATA + 16]: [2], [OUT]: u32(2), [FLAGS]: u16(0) }
  const family = (number: number) => (length === 128 ? [number, 0] : [])
  const from4 = { ...port, [BYTES]: [...family(1), 10, 1, 2, 3] }
  const from6 = { ...port, [BYTES]: [...family(2), ...v6Bytes] }
  return [
    {
      ...common,
      says: `tells whom a datagram is from in ${length} bytes`,
      network: sent(v4, 2),
      leaves: { ...received, ...from4 },
      pointers: { 1: 16, 3: 8, ...(ports.length === 0 ? { 5: 4, 6: 2 } : { 5: 2, 6: 4, 7: 2 }) },
    },
    {
      ...common,
      says: `has ${length === 4 ? 'no ' : ''}room for IPv6 in ${length} bytes`,
      given: [{ ...datagram, family: 'inet6' }],
      network: sent(v6, 2),
      ...(length === 4 ? { answers: 'ENOMEM', asks: [] } : { leaves: { ...received, ...from6 } }),
    },
    {
      ...common,
      says: 'tells of a datagram that was cut',
      call: call(IOVECS + 8, 1, ADDRESS),
      memory: { ...common.memory, [IOVECS + 8]: u32(DATA, 2) },
      network: sent(v4, 3),
      leaves: { [DATA]: [1, 2], [OUT]: u32(2), [FLAGS]: u16(1), ...from4 },
    },
    {
      ...common,
      says: 'tells nobody of a stream',
      given: [{ state: 'connected' }],
      network: streamed,
      leaves: received,
    },
    {
      ...common,
      says: 'receives nothing without waiting',
      given: [{ ...datagram, nonBlocking: true }],
      network: { receiveFrom: () => AGAIN },
      answers: 'EAGAIN',
    },
    { ...common, says: 'refuses 1025 buffers', call: call(IOVECS, 1025, ADDRESS), answers: 'EINVAL' },
    { ...common, says: 'refuses -1 buffers', call: call(IOVECS, -1, ADDRESS), answers: 'EINVAL' },
    ...[0, 3, 20, 127].map(
      (other): Poke => ({
        ...common,
        says: `has no use for ${other} bytes of address`,
        memory: { ...common.memory, [ADDRESS]: u32(BYTES, other) },
        answers: 'EINVAL',
      }),
    ),
    {
      ...common,
      says: 'refuses an address outside',
      memory: { ...common.memory, [ADDRESS]: u32(0xfffffffc, length) },
      answers: 'EFAULT',
    },
    ...[
      call(IOVECS + 1, 0, ADDRESS),
      call(IOVECS, 0, ADDRESS + 2),
      call(IOVECS, 0, ADDRESS, ...ports, OUT + 2, FLAGS),
      call(IOVECS, 0, ADDRESS, ...ports, OUT, FLAGS + 1),
      ...ports.map((place) => call(IOVECS, 0, ADDRESS, place + 1, OUT, FLAGS)),
    ].map(
      (misaligned): Poke => ({
        ...common,
        says: 'takes only aligned pointers',
        call: misaligned,
        memory: { [Number(misaligned[4])]: u32(BYTES, length) },
        answers: 'EADDRNOTAVAIL',
      }),
    ),
    {
      ...common,
      says: 'knows a closed descriptor',
      given: [],
      answers: 'EBADF',
    },
    {
      ...common,
      says: 'knows what is no socket',
      call: ['sock_recv_from', 1, ...(common.call.slice(2) as number[])],
      answers: 'ENOTSOCK',
    },
  ]
})

/** The name that only WasmEdge has. */
const renamed: Poke[] = [0, 2].map((offset) => ({
  says: `tells the port in network order, in 2 bytes at ${PORT + offset}`,
  call: ['sock_recv_from_v2', 3, IOVECS, 1, ADDRESS, 0, PORT + offset, OUT, FLAGS],
  given: [datagram],
  memory: { [ADDRESS]: u32(BYTES, 128), [IOVECS]: u32(DATA, 8) },
  network: sent(v4, 2),
  leaves: {
    [DATA]: [1, 2],
    [OUT]: u32(2),
    [FLAGS]: u16(0),
    [PORT + offset]: [0x12, 0x34],
    [BYTES]: [1, 0, 10, 1, 2, 3],
  },
}))

const accepting: Poke[] = [
  {
    says: 'gives a connection a descriptor',
    call: ['sock_accept', 3, OUT],
    given: [{ state: 'listening' }],
    network: { accept: () => ({ handle: 7, peer: v4 }) },
    asks: [['accept', { handle: 103 }]],
    leaves: { [OUT]: u32(4) },
    pointers: { 1: 4 },
  },
  {
    says: 'does not block where the listener does not',
    call: ['sock_accept', 3, OUT],
    given: [{ state: 'listening', nonBlocking: true }],
    network: { accept: () => AGAIN },
    answers: 'EAGAIN',
  },
  {
    says: 'takes only aligned pointers',
    call: ['sock_accept', 3, OUT + 1],
    given: [{ state: 'listening' }],
    answers: 'EADDRNOTAVAIL',
  },
  { says: 'refuses a socket that does not listen', call: ['sock_accept', 3, OUT], given: [{}], answers: 'EINVAL' },
  { says: 'knows a closed descriptor', call: ['sock_accept', 5, OUT], answers: 'EBADF' },
  { says: 'knows what is no socket', call: ['sock_accept', 1, OUT], answers: 'ENOTSOCK' },
]

testPokes('wasi_snapshot_preview1', [...receiving, ...renamed, ...accepting])
