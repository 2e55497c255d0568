import { AGAIN } from '../../src/network/network.js'
import { SysError } from '../../src/posix/errno.js'
import { ascii, type Poke, testPokes, u32, zeros } from '../support/pokes.js'

const listening = { state: 'listening' } as const
const six = { family: 'inet6' } as const
const peer = { family: 'inet', host: '127.0.0.1', port: 0x1234 } as const
const [OUT, OTHER, ADDRESS] = [128, 144, 512]

/** A tag, a gap, the port with its low byte first, and the address. */
const four = [1, 0, 0x34, 0x12, 127, 0, 0, 1]
const linkLocal = { family: 'inet6', host: 'fe80::1', port: 80, scope: 0x10002 } as const
/** The flow is 0; the scope has its upper half first. */
const sixBytes = [2, 0, 80, 0, 0xfe, 0x80, ...zeros(13), 1, ...zeros(4), 1, 0, 2, 0]
const local = [3, 0, ...ascii('/run/x'), 0]
const abstract = [3, 0, 0, ...ascii('name'), ...zeros(103)]
/** The 110 bytes that every address takes. */
const whole = (bytes: readonly number[]) => [...bytes, ...zeros(110 - bytes.length)]

const opening: Poke[] = [
  {
    says: 'opens a stream',
    call: ['sock_open', 1, 1, 6, OUT],
    network: { open: () => 7 },
    asks: [['open', { family: 'inet', type: 'stream' }]],
    leaves: { [OUT]: u32(3) },
    pointers: { 3: 4 },
  },
  {
    says: 'opens a datagram socket of IPv6',
    call: ['sock_open', 2, 2, 0, OUT],
    network: { open: () => 7 },
    asks: [['open', { family: 'inet6', type: 'dgram' }]],
    leaves: { [OUT]: u32(3) },
  },
  {
    says: 'opens a local stream, for which the libc says TCP too',
    call: ['sock_open', 3, 1, 6, OUT],
    network: { open: () => 7 },
    asks: [['open', { family: 'unix', type: 'stream' }]],
    leaves: { [OUT]: u32(3) },
  },
  { says: 'knows no family 0', call: ['sock_open', 0, 1, 0, OUT], answers: 'EAFNOSUPPORT' },
  { says: 'knows no family 4', call: ['sock_open', 4, 1, 0, OUT], answers: 'EAFNOSUPPORT' },
  { says: 'knows no family -1', call: ['sock_open', -1, 1, 0, OUT], answers: 'EAFNOSUPPORT' },
  { says: 'knows no type 0', call: ['sock_open', 1, 0, 0, OUT], answers: 'EINVAL' },
  { says: 'knows no type 5', call: ['sock_open', 1, 5, 0, OUT], answers: 'EINVAL' },
  { says: 'has no raw sockets', call: ['sock_open', 1, 3, 0, OUT], answers: 'EPROTONOSUPPORT' },
  { says: 'has no sequenced packets', call: ['sock_open', 3, 4, 0, OUT], answers: 'EPROTONOSUPPORT' },
  { says: 'has no local datagrams', call: ['sock_open', 3, 2, 0, OUT], answers: 'EPROTONOSUPPORT' },
  { says: 'refuses UDP as a stream', call: ['sock_open', 1, 1, 17, OUT], answers: 'EPROTONOSUPPORT' },
  { says: 'refuses a protocol it has not', call: ['sock_open', 1, 1, 262, OUT], answers: 'EPROTONOSUPPORT' },
  {
    says: 'makes a pair',
    call: ['sock_pair', 3, 1, 6, OUT, OTHER],
    network: { pair: () => [7, 8] },
    asks: [['pair', { type: 'stream' }]],
    leaves: { [OUT]: u32(3), [OTHER]: u32(4) },
    pointers: { 3: 4, 4: 4 },
  },
  { says: 'pairs local sockets only', call: ['sock_pair', 1, 1, 0, OUT, OTHER], answers: 'EOPNOTSUPP' },
  { says: 'knows no family 9', call: ['sock_pair', 9, 1, 0, OUT, OTHER], answers: 'EAFNOSUPPORT' },
]

const binding: Poke[] = [
  {
    says: 'binds to an address of IPv4',
    call: ['sock_bind', 3, ADDRESS],
    given: [{}],
    memory: { [ADDRESS]: four },
    network: { bind: () => true },
    asks: [['bind', { handle: 103, to: peer }]],
    pointers: { 1: 110 },
  },
  {
    says: 'binds to an address of IPv6, with its scope',
    call: ['sock_bind', 3, ADDRESS],
    given: [six],
    memory: { [ADDRESS]: sixBytes },
    network: { bind: () => true },
    asks: [['bind', { handle: 103, to: linkLocal }]],
  },
  {
    says: 'binds to a path',
    call: ['sock_bind', 3, ADDRESS],
    given: [{ family: 'unix' }],
    memory: { [ADDRESS]: local },
    network: { bind: () => true },
    asks: [['bind', { handle: 103, to: { family: 'unix', path: '/run/x' } }]],
  },
  {
    says: 'binds to an abstract name',
    call: ['sock_bind', 3, ADDRESS],
    given: [{ family: 'unix' }],
    memory: { [ADDRESS]: abstract },
    network: { bind: () => true },
    asks: [['bind', { handle: 103, to: { family: 'unix', path: '\0name' } }]],
  },
  {
    says: 'refuses an address of no family',
    call: ['sock_bind', 3, ADDRESS],
    given: [{}],
    memory: { [ADDRESS]: [0] },
    answers: 'EAFNOSUPPORT',
  },
  {
    says: 'refuses a tag that there is not',
    call: ['sock_bind', 3, ADDRESS],
    given: [{}],
    memory: { [ADDRESS]: [4] },
    answers: 'EAFNOSUPPORT',
  },
  {
    says: "refuses another family than the socket's",
    call: ['sock_bind', 3, ADDRESS],
    given: [{}],
    memory: { [ADDRESS]: sixBytes },
    answers: 'EAFNOSUPPORT',
  },
  { says: 'knows a closed descriptor', call: ['sock_bind', 5, ADDRESS], answers: 'EBADF' },
  { says: 'knows what is no socket', call: ['sock_bind', 1, ADDRESS], answers: 'ENOTSOCK' },
  {
    says: 'listens',
    call: ['sock_listen', 3, 5],
    given: [{ state: 'bound' }],
    network: { listen: () => true },
    asks: [['listen', { handle: 103, backlog: 5 }]],
  },
  { says: 'knows a closed descriptor', call: ['sock_listen', 5, 5], answers: 'EBADF' },
  { says: 'knows what is no socket', call: ['sock_listen', 1, 5], answers: 'ENOTSOCK' },
]

const accepting: Poke[] = ['sock_accept_v2', 'sock_accept'].flatMap((name): Poke[] => [
  {
    says: 'gives a connection a descriptor, and tells from whom it is',
    call: [name, 3, 0, OUT, ADDRESS],
    given: [listening],
    network: { accept: () => ({ handle: 7, peer }) },
    asks: [['accept', { handle: 103 }]],
    leaves: { [OUT]: u32(4), [ADDRESS]: whole(four) },
    pointers: { 2: 4, 3: 110 },
  },
  {
    says: 'answers EAGAIN for a listener that does not block',
    call: [name, 3, 0, OUT, ADDRESS],
    given: [{ ...listening, nonBlocking: true }],
    network: { accept: () => AGAIN },
    answers: 'EAGAIN',
  },
  { says: 'knows a closed descriptor', call: [name, 5, 0, OUT, ADDRESS], answers: 'EBADF' },
  { says: 'knows what is no socket', call: [name, 1, 0, OUT, ADDRESS], answers: 'ENOTSOCK' },
  { says: 'needs a listener', call: [name, 3, 0, OUT, ADDRESS], given: [{}], answers: 'EINVAL' },
])

const connecting: Poke[] = [
  {
    says: 'connects',
    call: ['sock_connect', 3, ADDRESS],
    given: [{}],
    memory: { [ADDRESS]: four },
    network: { connect: () => true },
    asks: [['connect', { handle: 103, to: peer }]],
    pointers: { 1: 110 },
  },
  {
    says: 'tells that it goes on',
    call: ['sock_connect', 3, ADDRESS],
    given: [{ nonBlocking: true }],
    memory: { [ADDRESS]: four },
    network: { connect: () => AGAIN },
    answers: 'EINPROGRESS',
  },
  {
    says: 'takes the peer of a datagram socket away',
    call: ['sock_connect', 3, ADDRESS],
    given: [{ type: 'dgram', state: 'connected' }],
    memory: { [ADDRESS]: [0] },
    network: { connect: () => true },
    asks: [['connect', { handle: 103, to: undefined }]],
  },
  {
    says: 'tells a refusal',
    call: ['sock_connect', 3, ADDRESS],
    given: [{}],
    memory: { [ADDRESS]: four },
    network: {
      connect: () => {
        throw new SysError('ECONNREFUSED')
      },
    },
    answers: 'ECONNREFUSED',
  },
  { says: 'knows a closed descriptor', call: ['sock_connect', 5, ADDRESS], answers: 'EBADF' },
  { says: 'knows what is no socket', call: ['sock_connect', 1, ADDRESS], answers: 'ENOTSOCK' },
]

testPokes('wasix_32v1', [...opening, ...binding, ...accepting, ...connecting])
