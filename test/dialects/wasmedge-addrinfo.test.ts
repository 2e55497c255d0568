import { expect, test } from 'vitest'
import type { EaiName } from '../../src/posix/constants.js'
import { ascii, type Poke, pokedGuest, testPokes, u16, u32, zeros } from '../support/pokes.js'

const [NODE, SERVICE, HINTS, RES, COUNT] = [64, 96, 128, 160, 164]
/** Places at 1024, 1152, …: the place, its address at 32, its data at 48, its name at 80. */
const at = (index: number) => 1024 + 128 * index
const addr = (index: number) => at(index) + 32
const data = (index: number) => at(index) + 48
const name = (index: number) => at(index) + 80
const NAME_ROOM = 30

type Room = { readonly data?: number; readonly name?: number; readonly next?: number }
const place = (index: number, { data: room = 26, name: nameRoom = NAME_ROOM, next = 0 }: Room = {}) => ({
  [at(index)]: [...zeros(8), ...u32(0, addr(index), name(index), nameRoom, next)],
  [addr(index)]: u32(0, room, data(index)),
})
const hinted = (flags: number, family = 0, type = 0, protocol = 0) => ({
  [HINTS]: [...u16(flags), family, type, protocol, 0xaa, 0xaa, 0xaa, ...zeros(20)],
})
/** flags, family, type, protocol, addrlen, and how long the name is. */
const filled = (index: number, head: number[], addrLength: number, { next = 0, name: length = 0 }: Room = {}) => ({
  [at(index)]: [...head, ...zeros(3), ...u32(addrLength, addr(index), name(index), length, next)],
})
const told4 = (index: number, ...host: number[]) => ({
  [addr(index)]: [1, 0, 0, 0, ...u32(14, data(index))],
  [data(index)]: [0x12, 0x34, ...host, ...zeros(8)],
})
const told6 = (index: number) => ({
  [addr(index)]: [2, 0, 0, 0, ...u32(18, data(index))],
  [data(index)]: [0x12, 0x34, ...zeros(15), 1],
})

const one4 = { ...told4(0, 10, 0, 0, 1), [COUNT]: u32(1) }

const hosts = [
  { host: '10.0.0.1', family: 'inet' },
  { host: '::1', family: 'inet6' },
] as const
const finds = (some: readonly (typeof hosts)[number][]) => ({
  resolve: () => 5,
  answer: () => ({ is: 'found', hosts: some }) as const,
})
const resolves = finds(hosts)
const asks = (family?: 'inet' | 'inet6'): NonNullable<Poke['asks']> => [
  ['resolve', { host: 'host.test', family }],
  ['answer', { handle: 5 }],
]
const STREAM4 = [0, 0, 1, 2, 1]
const STREAM6 = [0, 0, 2, 2, 1]
const NAMED4 = [2, 0, 1, 2, 1]

/** With a name and a port. */
const ask = (most: number, more: Partial<Poke> & Pick<Poke, 'says'>): Poke => ({
  call: ['sock_getaddrinfo', NODE, 9, SERVICE, 4, HINTS, RES, most, COUNT],
  network: resolves,
  ...more,
  memory: {
    [NODE]: ascii('host.test\0'),
    [SERVICE]: ascii('4660\0'),
    [RES]: u32(at(0)),
    ...hinted(0, 0, 2),
    ...more.memory,
  },
})
const [first, second] = [place(0, { next: at(1) }), place(1)]

const results: Poke[] = [
  ask(4, {
    says: 'fills the places that there are',
    memory: { ...first, ...second },
    asks: asks(),
    leaves: {
      ...filled(0, STREAM4, 16, { next: at(1) }),
      ...told4(0, 10, 0, 0, 1),
      ...filled(1, STREAM6, 28),
      ...told6(1),
      [COUNT]: u32(2),
    },
    pointers: { 0: 9, 2: 4, 4: 28, 5: 4, 7: 4 },
  }),
  ask(1, {
    says: 'fills no more than it may',
    memory: { ...first, ...second },
    leaves: { ...filled(0, STREAM4, 16, { next: at(1) }), ...one4 },
  }),
  ask(4, {
    says: 'ends where the list leads back',
    memory: place(0, { next: at(0) }),
    leaves: { ...filled(0, STREAM4, 16, { next: at(0) }), ...one4 },
  }),
  ask(-1, {
    says: 'ends where the list ends',
    memory: place(0),
    leaves: { ...filled(0, STREAM4, 16), ...one4 },
  }),
  ask(4, {
    says: 'leaves IPv6 out where a place has 14 bytes',
    memory: { ...place(0, { data: 14, next: at(1) }), ...place(1, { data: 14 }) },
    leaves: { ...filled(0, STREAM4, 16, { next: at(1) }), ...one4 },
  }),
  ask(4, {
    says: 'puts IPv6 where a place has 18 bytes',
    memory: { ...place(0, { data: 18 }), ...hinted(0, 2, 2) },
    network: finds(hosts.slice(1)),
    asks: asks('inet6'),
    leaves: { ...filled(0, STREAM6, 28), ...told6(0), [COUNT]: u32(1) },
  }),
  ask(4, { says: 'has to have room for an address', memory: place(0, { data: 13 }), answers: 82 }),
  ask(4, {
    says: 'has room for IPv4 where the length is left out',
    memory: { ...place(0, { data: 0, next: at(1) }), ...place(1, { data: 0 }) },
    leaves: { ...filled(0, STREAM4, 16, { next: at(1) }), ...one4 },
  }),
  ask(4, {
    says: 'has no room where there are no data',
    memory: { ...place(0), [addr(0)]: u32(0, 0, 0) },
    answers: 82,
  }),
  ask(4, {
    says: 'tells the types of both protocols',
    memory: { ...first, ...second, ...hinted(0, 1) },
    asks: asks('inet'),
    network: finds(hosts.slice(0, 1)),
    leaves: {
      ...filled(0, STREAM4, 16, { next: at(1) }),
      ...told4(0, 10, 0, 0, 1),
      ...filled(1, [0, 0, 1, 1, 2], 16),
      ...told4(1, 10, 0, 0, 1),
      [COUNT]: u32(2),
    },
  }),
  ask(4, {
    says: 'takes the type from the protocol',
    memory: { ...place(0), ...hinted(0, 0, 0, 2) },
    leaves: { ...filled(0, [0, 0, 1, 1, 2], 16), ...one4 },
  }),
]

const names: Poke[] = [
  ask(1, {
    says: 'tells the canonical name',
    memory: { ...place(0), ...hinted(2, 0, 2) },
    leaves: { ...filled(0, NAMED4, 16, { name: 9 }), ...one4, [name(0)]: ascii('host.test\0') },
  }),
  ask(1, {
    says: 'cuts the canonical name',
    memory: { ...place(0, { name: 5 }), ...hinted(2, 0, 2) },
    leaves: { ...filled(0, NAMED4, 16, { name: 4 }), ...one4, [name(0)]: ascii('host\0') },
  }),
  ask(1, {
    says: 'tells no canonical name without room',
    memory: { ...place(0, { name: 0 }), ...hinted(2, 0, 2) },
    leaves: { ...filled(0, NAMED4, 16), ...one4 },
  }),
]

const loopback = { ...told4(0, 127, 0, 0, 1), [COUNT]: u32(1) }
const texts: Poke[] = [
  ask(1, {
    says: 'takes texts that end with a NUL',
    call: ['sock_getaddrinfo', NODE, 10, SERVICE, 5, HINTS, RES, 1, COUNT],
    memory: place(0),
    asks: asks(),
    leaves: { ...filled(0, STREAM4, 16), ...one4 },
  }),
  ask(1, {
    says: 'can do without a name',
    call: ['sock_getaddrinfo', NODE, 0, SERVICE, 4, HINTS, RES, 1, COUNT],
    memory: { ...place(0), ...hinted(0, 1, 2) },
    leaves: { ...filled(0, STREAM4, 16), ...loopback },
  }),
  ask(1, {
    says: 'takes an empty name for none',
    call: ['sock_getaddrinfo', NODE, 1, SERVICE, 5, HINTS, RES, 1, COUNT],
    memory: { ...place(0), ...hinted(1, 1, 2), [NODE]: [0] },
    leaves: { ...filled(0, [1, ...STREAM4.slice(1)], 16), ...told4(0, 0, 0, 0, 0), [COUNT]: u32(1) },
  }),
  ask(1, {
    says: 'can do without hints',
    call: ['sock_getaddrinfo', NODE, 9, SERVICE, 4, 0, RES, 1, COUNT],
    memory: { ...place(0), [NODE]: ascii('127.0.0.1') },
    leaves: { ...filled(0, STREAM4, 16), ...loopback },
  }),
  ask(1, {
    says: 'needs a name or a service',
    call: ['sock_getaddrinfo', NODE, 0, SERVICE, 0, HINTS, RES, 1, COUNT],
    memory: place(0),
    answers: 84,
  }),
  ask(1, {
    says: 'refuses a name of 256 bytes',
    call: ['sock_getaddrinfo', 2048, 256, SERVICE, 4, HINTS, RES, 1, COUNT],
    memory: { ...place(0), 2048: ascii('x'.repeat(256)) },
    answers: 'ENAMETOOLONG',
  }),
  ...[
    [-1, 4],
    [9, -1],
  ].map(([node = 0, service = 0]) =>
    ask(1, {
      says: 'refuses a huge length',
      call: ['sock_getaddrinfo', NODE, node, SERVICE, service, HINTS, RES, 1, COUNT],
      memory: place(0),
      answers: 'EFAULT',
    }),
  ),
]

const failing = (reason: EaiName) => ({ ...resolves, answer: () => ({ is: 'failed', reason }) as const })
const failures: Poke[] = [
  ask(1, { says: 'does not know the name', memory: place(0), network: failing('EAI_NONAME'), answers: 84 }),
  ask(1, { says: 'finds nobody to ask', memory: place(0), network: failing('EAI_AGAIN'), answers: 78 }),
  ask(1, { says: 'is told that it failed', memory: place(0), network: failing('EAI_FAIL'), answers: 80 }),
  ask(1, { says: 'has no such service', memory: { ...place(0), [SERVICE]: ascii('none') }, answers: 85 }),
  ask(1, {
    says: 'has no such address in the family',
    memory: { ...place(0), ...hinted(0, 2), [NODE]: ascii('10.0.0.10') },
    answers: 77,
  }),
  ask(0, { says: 'needs a place', memory: place(0), answers: 82, asks: [] }),
  ask(1, { says: 'needs a list', memory: { [RES]: u32(0) }, answers: 82, asks: [] }),
]
const unknown: Poke[] = [
  ask(1, { says: 'has no flag 128', memory: { ...place(0), ...hinted(128) }, answers: 79, asks: [] }),
  ask(1, { says: 'has no family 3', memory: { ...place(0), ...hinted(0, 3) }, answers: 81, asks: [] }),
  ask(1, { says: 'has no family 4', memory: { ...place(0), ...hinted(0, 4) }, answers: 81, asks: [] }),
  ask(1, { says: 'has no type 3', memory: { ...place(0), ...hinted(0, 0, 3) }, answers: 'ENOSYS', asks: [] }),
  ask(1, { says: 'has no protocol 3', memory: { ...place(0), ...hinted(0, 0, 0, 3) }, answers: 'ENOSYS', asks: [] }),
  ask(1, { says: 'has no streams of UDP', memory: { ...place(0), ...hinted(0, 0, 2, 2) }, answers: 86, asks: [] }),
]

/** Everything that a place leads to is looked at before anybody is asked. */
const badPlaces: Poke[] = [
  { says: 'a place', memory: { [RES]: u32(0xffffffe0) } },
  { says: 'the next place', memory: place(0, { next: 65_536 - 16 }) },
  { says: 'an address', memory: { ...place(0), [at(0) + 12]: u32(65_536 - 8) } },
  { says: 'no address', memory: { ...place(0), [at(0) + 12]: u32(0), 0: u32(0, 26, data(0)) } },
  { says: 'data', memory: { ...place(0), [addr(0) + 8]: u32(65_536 - 25) } },
  { says: 'data without a length', memory: { ...place(0), [addr(0) + 4]: u32(0, 65_536 - 13) } },
  { says: 'a huge length', memory: { ...place(0), [addr(0) + 4]: u32(0xffffffff) } },
  { says: 'a canonical name', memory: { ...place(0), [at(0) + 16]: u32(65_536 - NAME_ROOM + 1) } },
].map((poke) => ask(2, { ...poke, says: `refuses ${poke.says} outside`, answers: 'EFAULT', asks: [] }))
const misaligned: Poke[] = [
  ['sock_getaddrinfo', NODE, 9, SERVICE, 4, HINTS + 1, RES, 1, COUNT] as const,
  ['sock_getaddrinfo', NODE, 9, SERVICE, 4, HINTS, RES + 2, 0, COUNT] as const,
  ['sock_getaddrinfo', NODE, 9, SERVICE, 4, HINTS, RES, 0, COUNT + 2] as const,
].map((call) => ask(0, { says: 'takes only aligned pointers', call, answers: 'EADDRNOTAVAIL', asks: [] }))

const all = [results, names, texts, failures, unknown, badPlaces, misaligned]
testPokes('wasi_snapshot_preview1', all.flat())

test('flags are passed on by what they mean', () => {
  const { call, put, askedFor } = pokedGuest(resolves)
  const poke = ask(1, { says: '', memory: { ...place(0), ...hinted(16, 2, 2) } })
  for (const [where, bytes] of Object.entries(poke.memory ?? {})) put(Number(where), ...bytes)
  expect(call('wasi_snapshot_preview1', ...poke.call)).toBe(0) // V4MAPPED asks for both families
  expect(askedFor()[0]).toEqual(['resolve', { host: 'host.test', family: undefined }])
})
