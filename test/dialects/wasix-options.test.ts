import { type Poke, testPokes, u64, zeros } from '../support/pokes.js'

const dgram = { type: 'dgram' } as const
const six = { family: 'inet6' } as const
const [OUT, TIME] = [128, 192]
const SECOND = 1_000_000_000n
/** A tag, seven bytes of nothing, and ns. */
const some = (ns: bigint) => [1, ...zeros(7), ...u64(ns)]
const done: Poke['network'] & object = { setOption: () => true }

const flags: Poke[] = (
  [
    [1, 'reusePort', {}],
    [2, 'reuseAddress', {}],
    [3, 'noDelay', {}],
    [4, 'dontRoute', {}],
    [5, 'v6Only', six],
    [6, 'broadcast', dgram],
    [7, 'multicastLoop', dgram],
    [8, 'multicastLoop', { ...dgram, ...six }],
    [12, 'keepAlive', {}],
    [14, 'urgentInline', {}],
  ] as const
).flatMap(([number, option, given]): Poke[] => [
  {
    says: `sets ${option}, number ${number}`,
    call: ['sock_set_opt_flag', 3, number, 1],
    given: [given],
    network: done,
    asks: [['setOption', { handle: 103, option, value: true }]],
  },
  {
    says: `unsets ${option}, number ${number}`,
    call: ['sock_set_opt_flag', 3, number, 0],
    given: [given],
    network: done,
    asks: [['setOption', { handle: 103, option, value: false }]],
  },
  {
    says: `tells ${option}, number ${number}`,
    call: ['sock_get_opt_flag', 3, number, OUT],
    given: [given],
    network: { getOption: () => true },
    asks: [['getOption', { handle: 103, option }]],
    leaves: { [OUT]: [1] },
    pointers: { 2: 1 },
  },
])

const listening: Poke[] = [
  {
    says: 'tells a listener',
    call: ['sock_get_opt_flag', 3, 10, OUT],
    given: [{ state: 'listening' }],
    leaves: { [OUT]: [1] },
  },
  { says: 'tells that none listens', call: ['sock_get_opt_flag', 3, 10, OUT], given: [{}], leaves: { [OUT]: [0] } },
  { says: 'makes no listener', call: ['sock_set_opt_flag', 3, 10, 1], given: [{}], answers: 'ENOPROTOOPT' },
]

/** What Node cannot set, what another call sets, and what there is not. */
const absent: Poke[] = (
  [
    ['flag', [0, 9, 11, 13, 15, 19, 30, -1]],
    ['time', [0, 2, 15, 21, 22, 25, 30, -1]],
    ['size', [0, 1, 2, 13, 18, 19, 30, -1]],
  ] as const
).flatMap(([kind, numbers]) =>
  numbers.flatMap((number): Poke[] => {
    const value = kind === 'flag' ? 1 : kind === 'time' ? TIME : 1n
    const given = [{}]
    const memory = { [TIME]: some(1n) }
    return [
      {
        says: `has no number ${number}`,
        call: [`sock_set_opt_${kind}`, 3, number, value],
        given,
        memory,
        answers: 'ENOPROTOOPT',
      },
      {
        says: `has no number ${number}`,
        call: [`sock_get_opt_${kind}`, 3, number, OUT],
        given,
        answers: 'ENOPROTOOPT',
      },
    ]
  }),
)

const times: Poke[] = [
  {
    says: 'tells a receive timeout',
    call: ['sock_get_opt_time', 3, 19, OUT],
    given: [{ receiveTimeoutMs: 1500 }],
    leaves: { [OUT]: [1], [OUT + 8]: u64(1_500_000_000n) },
    pointers: { 2: 16 },
  },
  {
    says: 'tells a send timeout',
    call: ['sock_get_opt_time', 3, 20, OUT],
    given: [{ sendTimeoutMs: 0.5 }],
    leaves: { [OUT]: [1], [OUT + 8]: u64(500_000n) },
  },
  {
    says: 'tells that there is no timeout',
    call: ['sock_get_opt_time', 3, 19, OUT],
    given: [{}],
    leaves: { [OUT]: [0], [OUT + 8]: u64(0n) },
  },
  {
    says: 'tells a linger',
    call: ['sock_get_opt_time', 3, 13, OUT],
    given: [{ linger: { on: true, seconds: 3 } }],
    leaves: { [OUT]: [1], [OUT + 8]: u64(3n * SECOND) },
  },
  {
    says: 'tells that nothing lingers',
    call: ['sock_get_opt_time', 3, 13, OUT],
    given: [{ linger: { on: false, seconds: 3 } }],
    leaves: { [OUT]: [0], [OUT + 8]: u64(0n) },
  },
  {
    says: 'takes a timeout',
    call: ['sock_set_opt_time', 3, 19, TIME],
    given: [{}],
    memory: { [TIME]: some(SECOND) },
    pointers: { 2: 16 },
  },
  {
    says: 'knows two tags',
    call: ['sock_set_opt_time', 3, 19, TIME],
    given: [{}],
    memory: { [TIME]: [2] },
    answers: 'EINVAL',
  },
]

const sizes: Poke[] = [
  ...(
    [
      [15, 'receiveBuffer'],
      [16, 'sendBuffer'],
      [17, 'receiveLowWater'],
    ] as const
  ).flatMap(([number, option]): Poke[] => [
    {
      says: `sets ${option}, number ${number}`,
      call: ['sock_set_opt_size', 3, number, 65_536n],
      given: [{}],
      network: done,
      asks: [['setOption', { handle: 103, option, value: 65_536 }]],
    },
    {
      says: `reads ${option}, number ${number}`,
      call: ['sock_get_opt_size', 3, number, OUT],
      given: [{}],
      network: { getOption: () => 65_536 },
      asks: [['getOption', { handle: 103, option }]],
      leaves: { [OUT]: u64(65_536n) },
      pointers: { 2: 8 },
    },
  ]),
  {
    says: 'takes the error that is pending, in its own number',
    call: ['sock_get_opt_size', 3, 11, OUT],
    given: [{}],
    network: { takeError: () => 'ECONNREFUSED' },
    asks: [['takeError', { handle: 103 }]],
    leaves: { [OUT]: u64(14n) },
    pointers: { 2: 8 },
  },
  { says: 'cannot set an error', call: ['sock_set_opt_size', 3, 11, 1n], given: [{}], answers: 'ENOPROTOOPT' },
  { says: 'tells a stream', call: ['sock_get_opt_size', 3, 25, OUT], given: [{}], leaves: { [OUT]: u64(1n) } },
  { says: 'tells datagrams', call: ['sock_get_opt_size', 3, 25, OUT], given: [dgram], leaves: { [OUT]: u64(2n) } },
  { says: 'tells TCP', call: ['sock_get_opt_size', 3, 26, OUT], given: [{}], leaves: { [OUT]: u64(6n) } },
  { says: 'tells UDP', call: ['sock_get_opt_size', 3, 26, OUT], given: [dgram], leaves: { [OUT]: u64(17n) } },
  ...(
    [
      [23, 'ttl', dgram],
      [23, 'ttl', { ...dgram, ...six }],
      [24, 'multicastTtl', dgram],
      [27, 'keepIdle', {}],
      [28, 'keepInterval', {}],
      [29, 'keepCount', {}],
    ] as const
  ).flatMap(([number, option, given]): Poke[] => [
    {
      says: `sets ${option}, number ${number}`,
      call: ['sock_set_opt_size', 3, number, 9n],
      given: [given],
      network: done,
      asks: [['setOption', { handle: 103, option, value: 9 }]],
    },
    {
      says: `tells ${option}, number ${number}`,
      call: ['sock_get_opt_size', 3, number, OUT],
      given: [given],
      network: { getOption: () => 9 },
      asks: [['getOption', { handle: 103, option }]],
      leaves: { [OUT]: u64(9n) },
    },
    {
      says: `refuses 2^32 for ${option}, number ${number}`,
      call: ['sock_set_opt_size', 3, number, 1n << 32n],
      given: [given],
      answers: 'EINVAL',
    },
    {
      says: `refuses -1 for ${option}, number ${number}`,
      call: ['sock_set_opt_size', 3, number, -1n],
      given: [given],
      answers: 'EINVAL',
    },
  ]),
]

const descriptors: Poke[] = (['set', 'get'] as const).flatMap((what) =>
  (['flag', 'time', 'size'] as const).flatMap((kind): Poke[] => {
    const value = what === 'set' && kind === 'size' ? 1n : OUT
    return [
      { says: 'knows a closed descriptor', call: [`sock_${what}_opt_${kind}`, 5, 19, value], answers: 'EBADF' },
      { says: 'knows what is no socket', call: [`sock_${what}_opt_${kind}`, 1, 19, value], answers: 'ENOTSOCK' },
    ]
  }),
)

/** Number 1 is SO_REUSEPORT. */
const sharing: Poke[] = [
  {
    says: 'lets datagram sockets share a port, as SO_REUSEADDR does',
    call: ['sock_set_opt_flag', 3, 1, 1],
    given: [{ type: 'dgram' }],
    network: { setOption: () => true },
    asks: [['setOption', { handle: 103, option: 'reuseAddress', value: true }]],
  },
]

testPokes('wasix_32v1', [...sharing, ...flags, ...listening, ...absent, ...times, ...sizes, ...descriptors])
