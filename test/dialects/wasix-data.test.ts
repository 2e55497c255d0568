import { AGAIN } from '../../src/network/network.js'
import { type Poke, testPokes, u16, u32, zeros } from '../support/pokes.js'

const connected = { state: 'connected' } as const
const datagrams = { type: 'dgram', state: 'bound' } as const
const six = { family: 'inet6' } as const
const [OUT, OTHER, ADDRESS, IOVECS, DATA] = [128, 144, 512, 64, 256]

/** A tag, a gap, the port with its low byte first, the address, and what is left of 110 bytes. */
const peer = { family: 'inet', host: '127.0.0.1', port: 0x1234 } as const
const four = [1, 0, 0x34, 0x12, 127, 0, 0, 1, ...zeros(102)]
/** Likewise, with a flow of 0 and the scope's upper half first. */
const linkLocal = { family: 'inet6', host: 'fe80::1', port: 80, scope: 0x10002 } as const
const sixBytes = [2, 0, 80, 0, 0xfe, 0x80, ...zeros(13), 1, ...zeros(4), 1, 0, 2, 0, ...zeros(82)]

const buffers = { [IOVECS]: u32(DATA, 2, DATA + 16, 3) }

const fill = (into: Uint8Array, ...data: number[]) => {
  into.set(data)
  return data.length
}

const sending: Poke[] = [
  {
    says: 'sends a datagram to an address',
    call: ['sock_send_to', 3, IOVECS, 2, 0, ADDRESS, OUT],
    given: [{ ...datagrams, reached: new Set(['127.0.0.1:4660']) }],
    memory: { ...buffers, [DATA]: [1, 2], [DATA + 16]: [3, 4, 5], [ADDRESS]: four },
    network: { send: ({ data }) => data.length },
    asks: [['send', { handle: 103, data: Uint8Array.of(1, 2, 3, 4, 5), to: peer }]],
    leaves: { [OUT]: u32(5) },
    pointers: { 1: 16, 4: 110, 5: 4 },
  },
  {
    says: 'sends to the peer without an address',
    call: ['sock_send_to', 3, IOVECS, 1, 0, ADDRESS, OUT],
    given: [connected],
    memory: { ...buffers, [DATA]: [1, 2], [ADDRESS]: [0] },
    network: { send: ({ data }) => data.length },
    asks: [['send', { handle: 103, data: Uint8Array.of(1, 2) }]],
    leaves: { [OUT]: u32(2) },
  },
  {
    says: 'does not wait when told so by 1',
    call: ['sock_send_to', 3, IOVECS, 1, 1, ADDRESS, OUT],
    given: [connected],
    memory: { ...buffers, [ADDRESS]: [0] },
    network: { send: () => AGAIN },
    answers: 'EAGAIN',
  },
  {
    says: 'takes at most 1024 buffers',
    call: ['sock_send_to', 3, IOVECS, 1025, 0, ADDRESS, OUT],
    given: [datagrams],
    memory: { [ADDRESS]: four },
    answers: 'EINVAL',
  },
  {
    says: 'sends an empty datagram of no buffers',
    call: ['sock_send_to', 3, IOVECS, 0, 0, ADDRESS, OUT],
    given: [connected],
    memory: { [ADDRESS]: [0] },
    network: { send: () => 0 },
    leaves: { [OUT]: u32(0) },
  },
  { says: 'knows a closed descriptor', call: ['sock_send_to', 5, IOVECS, 0, 0, ADDRESS, OUT], answers: 'EBADF' },
  { says: 'knows what is no socket', call: ['sock_send_to', 1, IOVECS, 0, 0, ADDRESS, OUT], answers: 'ENOTSOCK' },
]

const receiving: Poke[] = [
  {
    says: 'fills the buffers in order, and tells from whom',
    call: ['sock_recv_from', 3, IOVECS, 2, 0, OUT, OTHER, ADDRESS],
    given: [datagrams],
    memory: buffers,
    network: { receiveFrom: ({ into }) => ({ length: fill(into, 1, 2, 3, 4), from: peer }) },
    leaves: {
      [DATA]: [1, 2],
      [DATA + 16]: [3, 4],
      [OUT]: u32(4),
      [OTHER]: u16(0),
      [ADDRESS]: four,
    },
    pointers: { 1: 16, 4: 4, 5: 2, 6: 110 },
  },
  {
    says: 'tells of a datagram that was cut, and an address of IPv6',
    call: ['sock_recv_from', 3, IOVECS, 1, 0, OUT, OTHER, ADDRESS],
    given: [{ ...datagrams, ...six }],
    memory: buffers,
    network: { receiveFrom: ({ into }) => ({ length: fill(into, 1, 2) + 3, from: linkLocal }) },
    leaves: { [DATA]: [1, 2], [OUT]: u32(2), [OTHER]: u16(1), [ADDRESS]: sixBytes },
  },
  {
    says: 'tells the whole length when told so by 4',
    call: ['sock_recv_from', 3, IOVECS, 1, 4, OUT, OTHER, ADDRESS],
    given: [datagrams],
    memory: buffers,
    network: { receiveFrom: ({ into }) => ({ length: fill(into, 1, 2) + 3, from: peer }) },
    leaves: { [DATA]: [1, 2], [OUT]: u32(5), [OTHER]: u16(1), [ADDRESS]: four },
  },
  {
    says: 'names nobody for bytes of a stream',
    call: ['sock_recv_from', 3, IOVECS, 1, 0, OUT, OTHER, ADDRESS],
    given: [connected],
    memory: buffers,
    network: { receive: ({ into }) => fill(into, 1) },
    leaves: { [DATA]: [1], [OUT]: u32(1), [OTHER]: u16(0), [ADDRESS]: zeros(110) },
  },
  {
    says: 'does not wait when told so by 8',
    call: ['sock_recv_from', 3, IOVECS, 1, 8, OUT, OTHER, ADDRESS],
    given: [datagrams],
    memory: buffers,
    network: { receiveFrom: () => AGAIN },
    answers: 'EAGAIN',
  },
  {
    says: 'refuses a negative count',
    call: ['sock_recv_from', 3, IOVECS, -1, 0, OUT, OTHER, ADDRESS],
    given: [datagrams],
    answers: 'EINVAL',
  },
  { says: 'knows a closed descriptor', call: ['sock_recv_from', 5, 0, 0, 0, OUT, OTHER, ADDRESS], answers: 'EBADF' },
  { says: 'knows what is no socket', call: ['sock_recv_from', 1, 0, 0, 0, OUT, OTHER, ADDRESS], answers: 'ENOTSOCK' },
]

testPokes('wasix_32v1', [...sending, ...receiving])
