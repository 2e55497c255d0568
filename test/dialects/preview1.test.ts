import { AGAIN } from '../../src/network/network.js'
import { type Poke, receives, testPokes, u16, u32 } from '../support/pokes.js'

const listener = { state: 'listening' } as const
const connected = { state: 'connected' } as const
const peer = { family: 'inet', host: '127.0.0.1', port: 9 } as const
const [IOVECS, OUT, FLAGS, DATA] = [64, 128, 160, 256]
/** Two buffers of two and three bytes. */
const buffers = { [IOVECS]: u32(DATA, 2, DATA + 16, 3) }

const pokes: Poke[] = [
  {
    says: 'gives a connection a descriptor',
    call: ['sock_accept', 3, 0, OUT],
    given: [listener],
    network: { accept: () => ({ handle: 7, peer }) },
    asks: [['accept', { handle: 103 }]],
    leaves: { [OUT]: u32(4) },
    pointers: { 2: 4 },
  },
  {
    says: 'answers EAGAIN for a listener that does not block',
    call: ['sock_accept', 3, 0, OUT],
    given: [{ ...listener, nonBlocking: true }],
    network: { accept: () => AGAIN },
    answers: 'EAGAIN',
  },
  { says: 'knows a closed descriptor', call: ['sock_accept', 5, 0, OUT], answers: 'EBADF' },
  { says: 'knows what is no socket', call: ['sock_accept', 1, 0, OUT], answers: 'ENOTSOCK' },
  { says: 'refuses a socket that does not listen', call: ['sock_accept', 3, 0, OUT], given: [{}], answers: 'EINVAL' },
  {
    says: 'fills the buffers in order',
    call: ['sock_recv', 3, IOVECS, 2, 0, OUT, FLAGS],
    given: [connected],
    memory: buffers,
    network: { receive: receives(1, 2, 3, 4) },
    leaves: { [DATA]: [1, 2], [DATA + 16]: [3, 4], [OUT]: u32(4), [FLAGS]: u16(0) },
    pointers: { 1: 16, 4: 4, 5: 2 },
  },
  {
    says: 'tells of a datagram that was cut',
    call: ['sock_recv', 3, IOVECS, 1, 0, OUT, FLAGS],
    given: [{ type: 'dgram', state: 'connected' }],
    memory: buffers,
    network: {
      receiveFrom: ({ into }) => ({ length: receives(1, 2)({ handle: 0, into, peek: false }) + 3, from: peer }),
    },
    leaves: { [DATA]: [1, 2], [OUT]: u32(2), [FLAGS]: u16(1) },
  },
  {
    says: 'is told to peek by 1',
    call: ['sock_recv', 3, IOVECS, 1, 1, OUT, FLAGS],
    given: [connected],
    memory: buffers,
    network: { receive: (input) => receives(...(input.peek ? [1, 1] : [0, 0]))(input) },
    leaves: { [DATA]: [1, 1], [OUT]: u32(2), [FLAGS]: u16(0) },
  },
  {
    says: 'does not wait where WASIX says DONT_WAIT',
    call: ['sock_recv', 3, IOVECS, 1, 8, OUT, FLAGS],
    given: [connected],
    memory: buffers,
    network: { receive: () => AGAIN },
    answers: 'EAGAIN',
  },
  {
    says: 'takes at most 1024 buffers',
    call: ['sock_recv', 3, IOVECS, 1025, 0, OUT, FLAGS],
    given: [connected],
    answers: 'EINVAL',
  },
  {
    says: 'refuses a count that is negative',
    call: ['sock_recv', 3, IOVECS, -1, 0, OUT, FLAGS],
    given: [connected],
    answers: 'EINVAL',
  },
  {
    says: 'refuses a buffer that leads outside',
    call: ['sock_recv', 3, IOVECS, 1, 0, OUT, FLAGS],
    given: [connected],
    memory: { [IOVECS]: u32(0xffff0000, 16) },
    answers: 'EFAULT',
  },
  {
    says: 'sends the buffers in order',
    call: ['sock_send', 3, IOVECS, 2, 0, OUT],
    given: [connected],
    memory: { ...buffers, [DATA]: [1, 2], [DATA + 16]: [3, 4, 5] },
    network: { send: ({ data }) => data.length },
    asks: [['send', { handle: 103, data: Uint8Array.of(1, 2, 3, 4, 5) }]],
    leaves: { [OUT]: u32(5) },
    pointers: { 1: 16, 4: 4 },
  },
  { says: 'needs a connection', call: ['sock_send', 3, IOVECS, 0, 0, OUT], given: [{}], answers: 'EPIPE' },
  {
    says: 'ends what is sent',
    call: ['sock_shutdown', 3, 2],
    given: [connected],
    network: { shutdown: () => true },
    asks: [['shutdown', { handle: 103, end: 'write' }]],
  },
  { says: 'knows three ways', call: ['sock_shutdown', 3, 4], given: [connected], answers: 'EINVAL' },
  { says: 'knows three ways', call: ['sock_shutdown', 3, 0], given: [connected], answers: 'EINVAL' },
]

testPokes('wasi_snapshot_preview1', pokes)
