import { SysError } from '../../src/posix/errno.js'
import { ascii, type Poke, testPokes, u32 } from '../support/pokes.js'

const [HOST, SERVICE, EMPTY, HINTS, ROOM, COUNT] = [64, 96, 112, 128, 160, 640]
const resolve = (hints: number, size: number, service = EMPTY): Poke['call'] => [
  ...(['sock_addr_resolve', HOST, service, hints] as const),
  ...[ROOM, size, COUNT],
]
const texts = { [HOST]: [...ascii('a.example'), 0], [SERVICE]: [...ascii('80'), 0], [EMPTY]: [0] }
/** Of a datagram socket and IPv4, unless they say otherwise. */
const hints = (type: number, family: number, enabled: number) => ({
  ...texts,
  [HINTS]: [...u32(type, family), enabled],
})

const four = { host: '10.1.2.3', family: 'inet' } as const
const six = { host: 'fe80::3ba2:893b:4be0:e3dd', family: 'inet6' } as const
const finds = (...hosts: (typeof four | typeof six)[]): NonNullable<Poke['network']> => ({
  resolve: () => 9,
  answer: () => ({ is: 'found', hosts }),
})
const fails = (reason: 'EAI_NONAME' | 'EAI_AGAIN' | 'EAI_FAIL'): NonNullable<Poke['network']> => ({
  resolve: () => 9,
  answer: () => ({ is: 'failed', reason }),
})
const head4 = [0, 0, 0, 0, 10, 1, 2, 3]
const head6 = [...[1, 0, 0, 0, 0x80, 0xfe, 0, 0, 0, 0, 0, 0], ...[0xa2, 0x3b, 0x3b, 0x89, 0xe0, 0x4b, 0xdd, 0xe3]]

const pokes: Poke[] = [
  {
    says: 'answers a stream and a datagram address where there are no hints',
    call: resolve(0, 4),
    memory: texts,
    network: finds(four),
    asks: [
      ['resolve', { host: 'a.example', family: undefined }],
      ['answer', { handle: 9 }],
    ],
    leaves: {
      [ROOM]: [...head4, 0, 0],
      [ROOM + 24]: u32(1),
      [ROOM + 28]: [...head4, 0, 0],
      [ROOM + 52]: u32(0),
      [COUNT]: u32(2),
    },
    pointers: { 3: 112, 5: 4 },
  },
  {
    says: 'keeps to the type and the family of the hints, and knows a service',
    call: resolve(HINTS, 4, SERVICE),
    memory: hints(1, 0, 1),
    network: finds(four),
    asks: [
      ['resolve', { host: 'a.example', family: 'inet' }],
      ['answer', { handle: 9 }],
    ],
    leaves: { [ROOM]: [...head4, 80, 0], [ROOM + 24]: u32(1), [COUNT]: u32(1) },
    pointers: { 0: 1, 1: 1, 2: 12 },
  },
  {
    says: 'looks for IPv6 datagrams',
    call: resolve(HINTS, 4, SERVICE),
    memory: hints(0, 1, 1),
    network: finds(six),
    asks: [
      ['resolve', { host: 'a.example', family: 'inet6' }],
      ['answer', { handle: 9 }],
    ],
    leaves: { [ROOM]: [...head6, 80, 0], [ROOM + 24]: u32(0), [COUNT]: u32(1) },
  },
  {
    says: 'looks for any family and any type',
    call: resolve(HINTS, 0),
    memory: hints(-1, 2, 1),
    network: finds(six, four),
    asks: [
      ['resolve', { host: 'a.example', family: undefined }],
      ['answer', { handle: 9 }],
    ],
    leaves: { [COUNT]: u32(4) },
  },
  {
    says: 'ignores hints that are not enabled',
    call: resolve(HINTS, 0),
    memory: hints(99, 99, 0),
    network: finds(four),
    leaves: { [COUNT]: u32(2) },
  },
  {
    says: 'fills what room there is, and says how many there are',
    call: resolve(HINTS, 1),
    memory: hints(1, 2, 1),
    network: finds(six, four, four),
    leaves: { [ROOM]: [...head6, 0, 0], [ROOM + 24]: u32(1), [COUNT]: u32(3) },
  },
  {
    says: 'takes no service for an empty one',
    call: ['sock_addr_resolve', HOST, 0, HINTS, ROOM, 1, COUNT],
    memory: hints(1, 0, 1),
    network: finds(four),
    leaves: { [ROOM]: [...head4, 0, 0], [ROOM + 24]: u32(1), [COUNT]: u32(1) },
  },
  {
    says: 'answers the loopback for no host',
    call: ['sock_addr_resolve', 0, SERVICE, HINTS, ROOM, 1, COUNT],
    memory: hints(1, 0, 1),
    asks: [],
    leaves: { [ROOM]: [0, 0, 0, 0, 127, 0, 0, 1, 80, 0], [ROOM + 24]: u32(1), [COUNT]: u32(1) },
  },
  {
    says: 'needs a host or a service',
    call: ['sock_addr_resolve', EMPTY, EMPTY, 0, ROOM, 1, COUNT],
    memory: texts,
    answers: 'EINVAL',
  },
  { says: 'needs room for a huge count', call: resolve(0, -1), memory: texts, answers: 'EFAULT', asks: [] },
  { says: 'refuses an unknown family', call: resolve(HINTS, 1), memory: hints(1, 3, 1), answers: 'EAFNOSUPPORT' },
  { says: 'refuses an unknown type', call: resolve(HINTS, 1), memory: hints(2, 0, 1), answers: 'EINVAL' },
  {
    says: 'refuses an unknown service',
    call: ['sock_addr_resolve', HOST, HOST, 0, ROOM, 1, COUNT],
    memory: texts,
    answers: 'EINVAL',
    asks: [],
  },
  {
    says: 'refuses a name that does not end',
    call: ['sock_addr_resolve', HOST, EMPTY, 0, ROOM, 1, COUNT],
    memory: { [HOST]: new Array(257).fill(97), 400: [0] },
    answers: 'ENAMETOOLONG',
  },
  {
    says: 'answers EINVAL for a name that nobody has',
    call: resolve(0, 1),
    memory: texts,
    network: fails('EAI_NONAME'),
    answers: 'EINVAL',
  },
  {
    says: 'answers EAGAIN for a failure that may pass',
    call: resolve(0, 1),
    memory: texts,
    network: fails('EAI_AGAIN'),
    answers: 'EAGAIN',
  },
  {
    says: 'answers EFAULT for one that will not',
    call: resolve(0, 1),
    memory: texts,
    network: fails('EAI_FAIL'),
    answers: 'EFAULT',
  },
  {
    says: 'answers what the policy says of a name',
    call: resolve(0, 1),
    memory: texts,
    network: {
      resolve: () => {
        throw new SysError('EACCES')
      },
    },
    answers: 'EACCES',
  },
]

testPokes('wasi_snapshot_preview1', pokes)
