import { POLLERR, POLLHUP, POLLOUT } from '../../src/posix/constants.js'
import { ascii, type Poke, testPokes, u16, u32, zeros } from '../support/pokes.js'

const connected = { state: 'connected' } as const
const peer = { family: 'inet', host: '127.0.0.1', port: 0x1234 } as const
const [OUT, ADDRESS, NAME, IOVECS, DATA] = [128, 512, 192, 64, 256]
const whole = (bytes: readonly number[]) => [...bytes, ...zeros(110 - bytes.length)]
const four = whole([1, 0, 0x34, 0x12, 127, 0, 0, 1])

const names: Poke[] = (
  [
    ['sock_addr_local', 'localName'],
    ['sock_addr_peer', 'peerName'],
  ] as const
).flatMap(([name, operation]): Poke[] => [
  {
    says: 'tells an address of IPv4',
    call: [name, 3, ADDRESS],
    given: [connected],
    network: { [operation]: () => peer },
    asks: [[operation, { handle: 103 }]],
    leaves: { [ADDRESS]: four },
    pointers: { 1: 110 },
  },
  {
    says: 'tells a path',
    call: [name, 3, ADDRESS],
    given: [{ family: 'unix', ...connected }],
    network: { [operation]: () => ({ family: 'unix', path: '/run/x' }) },
    leaves: { [ADDRESS]: whole([3, 0, ...ascii('/run/x')]) },
  },
  { says: 'knows a closed descriptor', call: [name, 5, ADDRESS], answers: 'EBADF' },
  { says: 'knows what is no socket', call: [name, 1, ADDRESS], answers: 'ENOTSOCK' },
])

const found = (events: number) => ({ wait: () => [{ handle: 103, events }] })

const states: Poke[] = [
  ['a socket that is new', {}, {}, 0],
  ['a listener', { state: 'listening' }, {}, 1],
  ['a datagram socket that is bound', { type: 'dgram', state: 'bound' }, {}, 1],
  ['a connection', connected, {}, 1],
  ['a connection that is over', connected, found(POLLHUP), 2],
  ['one that is being made', { state: 'connecting' }, {}, 0],
  ['one that was made meanwhile', { state: 'connecting' }, found(POLLOUT), 1],
  ['one that has failed', { state: 'connecting' }, found(POLLOUT | POLLERR | POLLHUP), 3],
].map(([says, given, network, status]) => ({
  says: `tells the state of ${says}`,
  call: ['sock_status', 3, OUT],
  given: [given],
  network,
  leaves: { [OUT]: [status] },
  pointers: { 1: 1 },
})) as Poke[]

const hosts = [
  { host: '10.0.0.9', family: 'inet' },
  { host: '2001:db8::5', family: 'inet6' },
] as const
const addresses = [
  [1, 0, 10, 0, 0, 9, ...zeros(12)],
  [2, 0, 0x20, 1, 0x0d, 0xb8, ...zeros(11), 5],
] as const
const lookUp: Poke['network'] & object = { resolve: () => 7, answer: () => ({ is: 'found', hosts }) }

const resolving: Poke[] = [
  {
    says: 'tells the addresses of a name, each once',
    call: ['resolve', NAME, 4, 80, ADDRESS, 3, OUT],
    memory: { [NAME]: ascii('host') },
    network: lookUp,
    asks: [
      ['resolve', { host: 'host', family: undefined }],
      ['answer', { handle: 7 }],
    ],
    leaves: { [ADDRESS]: addresses.flat(), [OUT]: u32(2) },
    pointers: { 0: 4, 3: 54, 5: 4 },
  },
  {
    says: 'tells no more than there is room for',
    call: ['resolve', NAME, 4, 0, ADDRESS, 1, OUT],
    memory: { [NAME]: ascii('host') },
    network: lookUp,
    leaves: { [ADDRESS]: addresses[0], [OUT]: u32(1) },
  },
  {
    says: 'needs no room',
    call: ['resolve', NAME, 4, 0, ADDRESS, 0, OUT],
    memory: { [NAME]: ascii('host') },
    network: lookUp,
    leaves: { [OUT]: u32(0) },
  },
  {
    says: 'reads numbers by itself',
    call: ['resolve', NAME, 9, 0, ADDRESS, 1, OUT],
    memory: { [NAME]: ascii('127.0.0.1') },
    asks: [],
    leaves: { [ADDRESS]: [1, 0, 127, 0, 0, 1, ...zeros(12)], [OUT]: u32(1) },
  },
  {
    says: 'knows that a name is not there',
    call: ['resolve', NAME, 4, 0, ADDRESS, 1, OUT],
    memory: { [NAME]: ascii('host') },
    network: { resolve: () => 7, answer: () => ({ is: 'failed', reason: 'EAI_NONAME' }) },
    answers: 'ENOENT',
  },
  {
    says: 'says that it may be tried again',
    call: ['resolve', NAME, 4, 0, ADDRESS, 1, OUT],
    memory: { [NAME]: ascii('host') },
    network: { resolve: () => 7, answer: () => ({ is: 'failed', reason: 'EAI_AGAIN' }) },
    answers: 'EAGAIN',
  },
  { says: 'refuses an empty name', call: ['resolve', NAME, 0, 0, ADDRESS, 1, OUT], answers: 'ENOENT' },
  { says: 'refuses a long name', call: ['resolve', NAME, 256, 0, ADDRESS, 1, OUT], answers: 'ENAMETOOLONG' },
  {
    says: 'refuses more room than there is memory',
    call: ['resolve', NAME, 4, 0, ADDRESS, -1, OUT],
    memory: { [NAME]: ascii('host') },
    answers: 'EFAULT',
  },
]

/** Preview 1's, under their own names in this module. */
const preview1: Poke[] = [
  {
    says: 'receives',
    call: ['sock_recv', 3, IOVECS, 1, 0, OUT, OUT + 8],
    given: [connected],
    memory: { [IOVECS]: u32(DATA, 2) },
    network: { receive: ({ into }) => into.fill(7).length },
    leaves: { [DATA]: [7, 7], [OUT]: u32(2), [OUT + 8]: u16(0) },
  },
  {
    says: 'sends',
    call: ['sock_send', 3, IOVECS, 1, 0, OUT],
    given: [connected],
    memory: { [IOVECS]: u32(DATA, 2) },
    network: { send: ({ data }) => data.length },
    leaves: { [OUT]: u32(2) },
  },
  {
    says: 'ends what is sent',
    call: ['sock_shutdown', 3, 2],
    given: [connected],
    network: { shutdown: () => true },
    asks: [['shutdown', { handle: 103, end: 'write' }]],
  },
  { says: 'has the other calls of preview 1 too', call: ['fd_close', 9], answers: 'EBADF' },
]

const ports: Poke[] = Object.entries({
  port_bridge: 5,
  port_unbridge: 0,
  port_dhcp_acquire: 0,
  port_addr_add: 1,
  port_addr_remove: 1,
  port_addr_clear: 0,
  port_mac: 1,
  port_addr_list: 2,
  port_gateway_set: 1,
  port_route_add: 4,
  port_route_remove: 1,
  port_route_clear: 0,
  port_route_list: 2,
}).map(([name, arity]) => ({
  says: 'is refused',
  call: [name, ...new Array<number>(arity).fill(DATA)] as const,
  answers: 'EOPNOTSUPP',
}))

testPokes('wasix_32v1', [...names, ...states, ...resolving, ...preview1, ...ports])
