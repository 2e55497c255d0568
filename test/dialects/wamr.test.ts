import { expect, test } from 'vitest'
import { AGAIN } from '../../src/network/network.js'
import { type Poke, pokedGuest, testPokes, u32 } from '../support/pokes.js'
import {
  ADDRESS,
  at4,
  at6,
  bytes4,
  connected,
  datagram,
  local,
  noKind,
  noSockets,
  OUT,
  six,
  there4,
  there6,
} from './wamr-addresses.js'

const bound: NonNullable<Poke['network']> = { bind: () => true, connect: () => true }

const opening: Poke[] = [
  {
    says: 'opens an IPv4 stream',
    call: ['sock_open', -1, 0, 1, OUT],
    network: { open: () => 7 },
    asks: [['open', { family: 'inet', type: 'stream' }]],
    leaves: { [OUT]: u32(3) },
    pointers: { 3: 4 },
  },
  {
    says: 'opens an IPv6 datagram socket',
    call: ['sock_open', -1, 1, 0, OUT],
    network: { open: () => 7 },
    asks: [['open', { family: 'inet6', type: 'dgram' }]],
    leaves: { [OUT]: u32(3) },
  },
  { says: 'opens no unspecified family', call: ['sock_open', -1, 2, 1, OUT], answers: 'EAFNOSUPPORT' },
  { says: 'opens no unknown family', call: ['sock_open', -1, 3, 1, OUT], answers: 'EAFNOSUPPORT' },
  { says: 'opens no socket of any type', call: ['sock_open', -1, 0, -1, OUT], answers: 'EINVAL' },
  { says: 'opens no unknown type', call: ['sock_open', -1, 0, 2, OUT], answers: 'EINVAL' },
  {
    says: 'finds the table full',
    call: ['sock_open', -1, 0, 1, OUT],
    given: new Array(13).fill({}),
    answers: 'EMFILE',
  },
  { says: 'is not there', call: ['sock_close', 3], given: [{}], answers: 'ENOSYS' },
  { says: 'is not there', call: ['sock_close', 5], answers: 'ENOSYS' },
  {
    says: 'listens',
    call: ['sock_listen', 3, 5],
    given: [{ state: 'bound' }],
    network: { listen: () => true, localName: () => there4 },
    asks: [['listen', { handle: 103, backlog: 5 }]],
  },
  ...noSockets('sock_listen', 5),
]

const naming: Poke[] = (['bind', 'connect'] as const).flatMap((does): Poke[] => [
  {
    says: 'takes the port and the address of IPv4',
    call: [`sock_${does}`, 3, ADDRESS],
    given: [{}],
    memory: at4,
    network: bound,
    asks: [[does, { handle: 103, to: there4 }]],
    pointers: { 1: 24 },
  },
  {
    says: 'takes the groups of IPv6 as numbers',
    call: [`sock_${does}`, 3, ADDRESS],
    given: [{ ...six, ...datagram }],
    memory: at6,
    network: bound,
    asks: [[does, { handle: 103, to: there6 }]],
  },
  {
    says: 'refuses the address of another family',
    call: [`sock_${does}`, 3, ADDRESS],
    given: [six],
    memory: at4,
    answers: 'EAFNOSUPPORT',
  },
  {
    says: 'refuses an unknown kind of address',
    call: [`sock_${does}`, 3, ADDRESS],
    given: [{}],
    memory: noKind,
    answers: 'EAFNOSUPPORT',
  },
  {
    says: 'has no address for a local socket',
    call: [`sock_${does}`, 3, ADDRESS],
    given: [{ family: 'unix' }],
    memory: at4,
    answers: 'EAFNOSUPPORT',
  },
  ...noSockets(`sock_${does}`, ADDRESS),
])

const asking: Poke[] = (
  [
    ['sock_addr_local', 'localName'],
    ['sock_addr_remote', 'peerName'],
  ] as const
).flatMap(([name, operation]): Poke[] => [
  {
    says: 'writes ten bytes of an IPv4 address',
    call: [name, 3, ADDRESS],
    given: [connected],
    network: { [operation]: () => there4 },
    leaves: at4,
    pointers: { 1: 24 },
  },
  {
    says: 'writes the groups of IPv6 as numbers',
    call: [name, 3, ADDRESS],
    given: [{ ...connected, ...six }],
    network: { [operation]: () => there6 },
    leaves: at6,
  },
  {
    says: 'has no form for a path',
    call: [name, 3, ADDRESS],
    given: [local],
    network: { [operation]: () => ({ family: 'unix', path: '/a' }) },
    answers: 'EAFNOSUPPORT',
  },
  ...noSockets(name, ADDRESS),
])
asking.push({ says: 'needs a peer', call: ['sock_addr_remote', 3, ADDRESS], given: [{}], answers: 'ENOTCONN' })

testPokes('wasi_snapshot_preview1', [...opening, ...naming, ...asking])

test('a connection has a tick of time, however short its time limit', () => {
  const waits: number[] = []
  const guest = pokedGuest(
    {
      connect: () => waits.length > 0 || AGAIN,
      wait: ({ timeoutMs }) => {
        waits.push(timeoutMs)
        return []
      },
    },
    [{}],
  )
  const call = guest.call.bind(undefined, 'wasi_snapshot_preview1')
  expect(call('sock_set_send_timeout', 3, 1n)).toBe(0)
  guest.put(ADDRESS, ...bytes4)
  expect(call('sock_connect', 3, ADDRESS)).toBe(0)
  expect(waits).toEqual([10])
})
