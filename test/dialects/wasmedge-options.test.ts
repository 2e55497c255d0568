import { ascii, type Poke, testPokes, u32, u64, zeros } from '../support/pokes.js'

const [LENGTH, VALUE, LAST] = [256, 512, 65_535]
const [SOCKET, TCP] = [0, 6]
const setting = (option: string, value: unknown): Partial<Poke> => ({
  network: { setOption: () => true },
  asks: [['setOption', { handle: 103, option, value }]],
})
const getting = (option: string, value: boolean): Partial<Poke> => ({
  network: { getOption: () => value },
  asks: [['getOption', { handle: 103, option }]],
})

/** Those that are on or off: level, number, what the network calls it, and on which sockets. */
const flags = [
  ['SO_REUSEADDR', SOCKET, 0, 'reuseAddress', 'stream'],
  ['SO_DONTROUTE', SOCKET, 3, 'dontRoute', 'stream'],
  ['SO_BROADCAST', SOCKET, 4, 'broadcast', 'dgram'],
  ['SO_KEEPALIVE', SOCKET, 7, 'keepAlive', 'stream'],
  ['SO_OOBINLINE', SOCKET, 8, 'urgentInline', 'stream'],
  ['TCP_NODELAY', TCP, 15, 'noDelay', 'stream'],
  ['TCP_NODELAY', TCP, 1, 'noDelay', 'stream'],
] as const
const onOff = flags.flatMap(([name, level, number, option, type]): Poke[] => [
  {
    says: `sets ${name}`,
    call: ['sock_setsockopt', 3, level, number, VALUE, 4],
    given: [{ type }],
    memory: { [VALUE]: u32(1) },
    pointers: { 3: 4 },
    ...setting(option, true),
  },
  {
    says: `clears ${name}`,
    call: ['sock_setsockopt', 3, level, number, VALUE, 4],
    given: [{ type }],
    memory: { [VALUE]: u32(0) },
    ...setting(option, false),
  },
  {
    says: `gets ${name}, with a pointer to the length`,
    call: ['sock_getsockopt', 3, level, number, VALUE, LENGTH],
    given: [{ type }],
    memory: { [LENGTH]: u32(8) },
    leaves: { [VALUE]: u32(1), [LENGTH]: u32(4) },
    pointers: { 3: 8, 4: 4 },
    ...getting(option, true),
  },
  {
    says: `gets ${name}, with the length`,
    call: ['sock_getsockopt', 3, level, number, VALUE, 4],
    given: [{ type }],
    leaves: { [VALUE]: u32(0) },
    pointers: { 3: 4 },
    ...getting(option, false),
  },
])

const get = (number: number, more: Partial<Poke> & Pick<Poke, 'says'>): Poke => ({
  call: ['sock_getsockopt', 3, SOCKET, number, VALUE, LENGTH],
  given: [{}],
  memory: { [LENGTH]: u32(64) },
  ...more,
})
const told = (...value: number[]) => ({ [VALUE]: value, [LENGTH]: u32(value.length) })
const others: Poke[] = [
  get(1, { says: 'tells a stream from', leaves: told(...u32(2)) }),
  get(1, { says: 'datagrams', given: [{ type: 'dgram' }], leaves: told(...u32(1)) }),
  get(2, {
    says: 'tells an error in WASI numbers',
    network: { takeError: () => 'ECONNREFUSED' },
    leaves: told(...u32(14)),
  }),
  get(2, { says: 'tells of no error', network: { takeError: () => undefined }, leaves: told(...u32(0)) }),
  get(2, {
    says: 'takes no error that it cannot tell',
    call: ['sock_getsockopt', 3, SOCKET, 2, LAST, 4],
    answers: 'EFAULT',
    asks: [],
  }),
  get(9, { says: 'tells of lingering', given: [{ linger: { on: true, seconds: 7 } }], leaves: told(...u32(1, 7)) }),
  get(11, { says: 'tells a timeout', given: [{ receiveTimeoutMs: 1500 }], leaves: told(...u64(1n, 500_000n)) }),
  get(12, { says: 'tells a timeout', given: [{ sendTimeoutMs: 2500 }], leaves: told(...u64(2n, 500_000n)) }),
  get(12, { says: 'tells of no timeout', leaves: told(...u64(0n, 0n)) }),
  get(13, { says: 'tells who listens', given: [{ state: 'listening' }], leaves: told(...u32(1)) }),
  get(13, { says: 'tells who does not', leaves: told(...u32(0)) }),
  get(1, {
    says: 'cuts what has no room',
    memory: { [LENGTH]: u32(2) },
    leaves: { [VALUE]: [2, 0], [LENGTH]: u32(2) },
  }),
  get(1, { says: 'writes nothing into no room', call: ['sock_getsockopt', 3, SOCKET, 1, VALUE, 0], leaves: {} }),
  get(1, {
    says: 'takes 128 for a length',
    call: ['sock_getsockopt', 3, SOCKET, 1, VALUE, 128],
    leaves: { [VALUE]: u32(2) },
  }),
  get(1, {
    says: 'takes 132 for a pointer',
    call: ['sock_getsockopt', 3, SOCKET, 1, VALUE, 132],
    memory: { 132: u32(4) },
    leaves: { [VALUE]: u32(2), 132: u32(4) },
  }),
  get(1, { says: 'refuses a huge length', memory: { [LENGTH]: u32(0xffffffff) }, answers: 'EFAULT' }),
  get(1, {
    says: 'takes only an aligned pointer',
    call: ['sock_getsockopt', 3, SOCKET, 1, VALUE, LENGTH + 1],
    memory: { [LENGTH + 1]: u32(4) },
    answers: 'EADDRNOTAVAIL',
  }),
  get(1, {
    says: 'puts a value anywhere',
    call: ['sock_getsockopt', 3, SOCKET, 1, VALUE + 1, 4],
    leaves: { [VALUE + 1]: u32(2) },
  }),
]

const set = (number: number, value: number[], more: Partial<Poke> & Pick<Poke, 'says'>): Poke => ({
  call: ['sock_setsockopt', 3, SOCKET, number, VALUE, value.length],
  given: [{}],
  memory: { [VALUE]: value },
  ...more,
})
const values: Poke[] = [
  set(9, u32(1, 7), { says: 'sets how to linger', pointers: { 3: 8 } }),
  set(11, u64(1n, 500_000n), { says: 'sets a timeout', pointers: { 3: 16 } }),
  set(12, u64(1n, 500_000n), { says: 'sets a timeout', pointers: { 3: 16 } }),
  set(11, u64(1n, 1_000_000n), { says: 'refuses a time that is none', answers: 'EDOM' }),
  set(9, u32(1), { says: 'needs 8 bytes', answers: 'EINVAL' }),
  set(11, u32(1), { says: 'needs 16 bytes', answers: 'EINVAL' }),
  set(0, [1, 0, 0], { says: 'needs 4 bytes', answers: 'EINVAL' }),
  set(0, [], { says: 'needs more than nothing', answers: 'EINVAL' }),
  set(0, u32(1), {
    says: 'refuses a length of -1',
    call: ['sock_setsockopt', 3, SOCKET, 0, VALUE, -1],
    answers: 'EINVAL',
  }),
  set(1, u32(1), { says: 'cannot change the type', answers: 'ENOPROTOOPT' }),
  set(2, u32(1), { says: 'cannot make an error', answers: 'ENOPROTOOPT' }),
  set(13, u32(1), { says: 'cannot make it listen', answers: 'ENOPROTOOPT' }),
]

const sizes = (
  [
    [5, 'sendBuffer'],
    [6, 'receiveBuffer'],
    [10, 'receiveLowWater'],
  ] as const
).flatMap(([number, option]) => [
  get(number, { says: `reads ${option}`, network: { getOption: () => 65_536 }, leaves: told(...u32(65_536)) }),
  set(number, u32(65_536), { says: `sets ${option}`, ...setting(option, 65_536) }),
])
const device = [
  set(14, ascii('lo\0\0'), { says: 'binds to a device', ...setting('device', 'lo') }),
  get(14, { says: 'reads the device', network: { getOption: () => 'lo' }, leaves: told(...ascii('lo\0')) }),
]
const unknown = [
  [SOCKET, 15],
  [SOCKET, -1],
  [TCP, 0],
  [TCP, 2],
  [1, 2],
  [-1, 0],
].flatMap(([level = 0, number = 0]) => [
  get(number, {
    says: `has no ${level}, ${number}`,
    call: ['sock_getsockopt', 3, level, number, VALUE, 4],
    answers: 'EINVAL',
  }),
  set(number, zeros(4), {
    says: `has no ${level}, ${number}`,
    call: ['sock_setsockopt', 3, level, number, VALUE, 4],
    answers: 'EINVAL',
  }),
])
const elsewhere = (
  [
    ['sock_getsockopt', 'EOPNOTSUPP'],
    ['sock_setsockopt', 'ENOPROTOOPT'],
  ] as const
).flatMap(([name, answers]): Poke[] => [
  { says: 'is of TCP', call: [name, 3, TCP, 15, VALUE, 4], given: [{ type: 'dgram' }], answers },
  { says: 'knows a closed descriptor', call: [name, 5, SOCKET, 0, VALUE, 4], answers: 'EBADF' },
  { says: 'knows what is no socket', call: [name, 1, SOCKET, 0, VALUE, 4], answers: 'ENOTSOCK' },
])

testPokes('wasi_snapshot_preview1', [...onOff, ...others, ...values, ...sizes, ...device, ...unknown, ...elsewhere])
