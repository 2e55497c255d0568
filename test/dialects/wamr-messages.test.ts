import { AGAIN } from '../../src/network/network.js'
import { type Poke, testPokes, u32, zeros } from '../support/pokes.js'
import {
  ADDRESS,
  at4,
  at6,
  buffers,
  connected,
  DATA,
  datagram,
  IOVECS,
  local,
  noKind,
  noSockets,
  OUT,
  six,
  there4,
  there6,
} from './wamr-addresses.js'

/** Puts bytes into a place; answers how many. */
function filled(into: Uint8Array, ...bytes: number[]): number {
  into.set(bytes)
  return bytes.length
}

const receiveFrom = (fd: number, count: number, flags: number, from: number): Poke['call'] => [
  ...(['sock_recv_from', fd, IOVECS, count] as const),
  ...[flags, from, OUT],
]

const receiving: Poke[] = [
  {
    says: 'fills the buffers and says from whom',
    call: receiveFrom(3, 2, 0, ADDRESS),
    given: [datagram],
    memory: buffers,
    network: { receiveFrom: ({ into }) => ({ length: filled(into, 1, 2, 3, 4), from: there4 }) },
    leaves: { [DATA]: [1, 2], [DATA + 16]: [3, 4], ...at4, [OUT]: u32(4) },
    pointers: { 1: 16, 4: 24, 5: 4 },
  },
  {
    says: 'says from whom over IPv6',
    call: receiveFrom(3, 1, 0, ADDRESS),
    given: [{ ...datagram, ...six }],
    memory: buffers,
    network: { receiveFrom: ({ into }) => ({ length: filled(into, 1), from: there6 }) },
    leaves: { [DATA]: [1], ...at6, [OUT]: u32(1) },
  },
  {
    says: 'says how much there was room for, and peeks by 1',
    call: receiveFrom(3, 1, 1, ADDRESS),
    given: [datagram],
    memory: buffers,
    network: { receiveFrom: ({ into, peek }) => ({ length: 3 + filled(into, 8, peek ? 8 : 0), from: there4 }) },
    leaves: { [DATA]: [8, 8], ...at4, [OUT]: u32(2) },
  },
  {
    says: 'has no source of the bytes of an IPv4 stream',
    call: receiveFrom(3, 1, 0, ADDRESS),
    given: [connected],
    memory: buffers,
    network: { receive: ({ into }) => filled(into, 1, 2) },
    leaves: { [DATA]: [1, 2], [ADDRESS]: zeros(10), [OUT]: u32(2) },
  },
  {
    says: 'has none at the end of an IPv6 stream',
    call: receiveFrom(3, 1, 0, ADDRESS),
    given: [{ ...connected, ...six }],
    memory: buffers,
    network: { receive: () => 0 },
    leaves: { [ADDRESS]: [1, ...zeros(21)], [OUT]: u32(0) },
  },
  {
    says: 'loses nothing of a local stream, whose addresses have no form',
    call: receiveFrom(3, 1, 0, ADDRESS),
    given: [local],
    memory: buffers,
    answers: 'EAFNOSUPPORT',
    asks: [],
  },
  {
    says: 'reads a local stream where nobody asks from whom',
    call: receiveFrom(3, 1, 0, 0),
    given: [local],
    memory: buffers,
    network: { receive: ({ into }) => filled(into, 1, 2) },
    leaves: { [DATA]: [1, 2], [OUT]: u32(2) },
  },
  {
    says: 'answers EAGAIN where it does not block',
    call: receiveFrom(3, 1, 0, ADDRESS),
    given: [{ ...datagram, nonBlocking: true }],
    memory: buffers,
    network: { receiveFrom: () => AGAIN },
    answers: 'EAGAIN',
  },
  { says: 'takes at most 1024 buffers', call: receiveFrom(3, 1025, 0, ADDRESS), given: [datagram], answers: 'EINVAL' },
  { says: 'refuses a count below 0', call: receiveFrom(3, -1, 0, ADDRESS), given: [datagram], answers: 'EINVAL' },
  ...noSockets('sock_recv_from', IOVECS, 0, 0, ADDRESS, OUT),
]

const sending: Poke[] = [
  {
    says: 'sends a datagram to an address',
    call: ['sock_send_to', 3, IOVECS, 2, 0, ADDRESS, OUT],
    given: [{ ...datagram, state: 'bound' }],
    memory: { ...buffers, ...at4, [DATA]: [1, 2], [DATA + 16]: [3, 4, 5] },
    network: { send: ({ data }) => data.length, takeError: () => undefined },
    asks: [
      ['send', { handle: 103, data: Uint8Array.of(1, 2, 3, 4, 5), to: there4 }],
      ['takeError', { handle: 103 }],
    ],
    leaves: { [OUT]: u32(5) },
    pointers: { 1: 16, 4: 24, 5: 4 },
  },
  {
    says: 'needs no address for a connection, and takes any',
    call: ['sock_send_to', 3, IOVECS, 1, 0, ADDRESS, OUT],
    given: [connected],
    memory: { ...buffers, ...at6, [DATA]: [1, 2] },
    network: { send: ({ data }) => data.length },
    asks: [['send', { handle: 103, data: Uint8Array.of(1, 2) }]],
    leaves: { [OUT]: u32(2) },
  },
  {
    says: 'sends a datagram of nothing',
    call: ['sock_send_to', 3, IOVECS, 0, 0, ADDRESS, OUT],
    given: [{ ...datagram, state: 'bound' }],
    memory: at4,
    network: { send: ({ data }) => data.length, takeError: () => undefined },
    leaves: { [OUT]: u32(0) },
  },
  {
    says: 'refuses the address of another family',
    call: ['sock_send_to', 3, IOVECS, 1, 0, ADDRESS, OUT],
    given: [{ ...datagram, state: 'bound' }],
    memory: { ...buffers, ...at6 },
    answers: 'EAFNOSUPPORT',
  },
  {
    says: 'refuses an unknown kind of address',
    call: ['sock_send_to', 3, IOVECS, 1, 0, ADDRESS, OUT],
    given: [datagram],
    memory: { ...buffers, ...noKind },
    answers: 'EAFNOSUPPORT',
  },
  {
    says: 'takes at most 1024 buffers',
    call: ['sock_send_to', 3, IOVECS, -1, 0, ADDRESS, OUT],
    given: [datagram],
    answers: 'EINVAL',
  },
  ...noSockets('sock_send_to', IOVECS, 0, 0, ADDRESS, OUT),
]

testPokes('wasi_snapshot_preview1', [...receiving, ...sending])
