import { describe, expect, test } from 'vitest'
import { AGAIN } from '../../src/network/network.js'
import { lastOf } from '../support/guest-memory.js'
import { ascii, type Poke, pokedGuest, receives, testPokes, u32 } from '../support/pokes.js'

/** What its guests know of failures. */
const [BAD_ARGUMENT, NOTHING_YET, TOO_MANY] = [1, 11, 76]
const openedIn = 'replicated server'
const connected = { state: 'connected', openedIn } as const
const [OUT, FLAGS, ADDRESS, DATA] = [64, 96, 128, 256]
const address = [2, 0, 0x12, 0x34, 10, 1, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0]
const peer = { family: 'inet', host: '10.1.2.3', port: 0x1234 } as const
const local = { family: 'inet', host: '0.0.0.0', port: 4711 } as const
const outside = BAD_ARGUMENT

const pokes: Poke[] = [
  {
    says: 'opens a stream',
    call: ['sock_open', 2, 1, 0, OUT],
    network: { open: () => 7 },
    asks: [['open', { family: 'inet', type: 'stream' }]],
    leaves: { [OUT]: u32(3) },
  },
  {
    says: 'opens a datagram socket in domain 1 too',
    call: ['sock_open', 1, 2, 17, OUT],
    network: { open: () => 7 },
    asks: [['open', { family: 'inet', type: 'dgram' }]],
    leaves: { [OUT]: u32(3) },
    pointers: { 3: 4 },
    outside,
  },
  { says: 'refuses another type', call: ['sock_open', 2, 3, 0, OUT], answers: BAD_ARGUMENT },
  { says: 'refuses another protocol', call: ['sock_open', 2, 1, 17, OUT], answers: BAD_ARGUMENT },
  {
    says: 'finds the table full',
    call: ['sock_open', 2, 1, 0, OUT],
    given: new Array(13).fill(connected),
    answers: TOO_MANY,
  },
  {
    says: 'connects to a sockaddr_in',
    call: ['sock_connect', 3, ADDRESS, 16],
    given: [{ openedIn }],
    memory: { [ADDRESS]: address },
    network: { connect: () => true },
    asks: [['connect', { handle: 103, to: peer }]],
    pointers: { 1: 16 },
    outside,
  },
  {
    says: 'does not look at the family',
    call: ['sock_connect', 3, ADDRESS, 128],
    given: [{ openedIn }],
    memory: { [ADDRESS]: [1, ...address.slice(1)] },
    network: { connect: () => true },
    asks: [['connect', { handle: 103, to: peer }]],
  },
  {
    says: 'connects to an address in text and a port',
    call: ['sock_connect', 3, ADDRESS, 0x1234],
    given: [{ openedIn }],
    memory: { [ADDRESS]: [...ascii('10.1.2.3'), 0] },
    network: { connect: () => true },
    asks: [['connect', { handle: 103, to: peer }]],
  },
  {
    says: 'takes a port below the length of an address, and a text that ends where memory does',
    call: ['sock_connect', 3, lastOf(8), 7],
    given: [{ openedIn }],
    memory: { [lastOf(8)]: [...ascii('1.2.3.4'), 0] },
    network: { connect: () => true },
    asks: [['connect', { handle: 103, to: { family: 'inet', host: '1.2.3.4', port: 7 } }]],
  },
  ...(
    [
      ['knows no names', 'a.example', 80],
      ['knows no IPv6', '::1', 80],
      ['refuses a text that does not end', '1.2.3.4.5.6.7.8.9', 80],
      ['refuses port 0', '10.1.2.3', 0],
      ['refuses a negative port', '10.1.2.3', -1],
      ['refuses a port of 17 bits', '10.1.2.3', 0x10000],
    ] as const
  ).map(
    ([says, text, port]): Poke => ({
      says,
      call: ['sock_connect', 3, ADDRESS, port],
      given: [{ openedIn }],
      memory: { [ADDRESS]: [...ascii(text), 0] },
      answers: BAD_ARGUMENT,
      asks: [],
    }),
  ),
  {
    says: 'needs 16 bytes of address',
    call: ['sock_connect', 3, ADDRESS, 15],
    given: [{ openedIn }],
    memory: { [ADDRESS]: address },
    answers: BAD_ARGUMENT,
  },
  {
    says: 'listens without bind',
    call: ['sock_listen', 3, 5],
    given: [{ openedIn }],
    network: { listen: () => true, localName: () => local },
    asks: [
      ['listen', { handle: 103, backlog: 5 }],
      ['localName', { handle: 103 }],
    ],
  },
  {
    says: 'cannot listen for datagrams',
    call: ['sock_listen', 3, 5],
    given: [{ openedIn, type: 'dgram' }],
    answers: 1,
  },
  {
    says: 'accepts',
    call: ['sock_accept', 3, 0, OUT],
    given: [{ state: 'listening', openedIn }],
    network: { accept: () => ({ handle: 9, peer }) },
    leaves: { [OUT]: u32(4) },
    pointers: { 2: 4 },
    outside,
  },
  {
    says: 'answers 11 when nobody is there and it does not block',
    call: ['sock_accept', 3, 0, OUT],
    given: [{ state: 'listening', openedIn, nonBlocking: true }],
    network: { accept: () => AGAIN },
    answers: NOTHING_YET,
  },
  {
    says: 'receives into a plain buffer, with null flags',
    call: ['sock_recv', 3, DATA, 8, 0, OUT, 0],
    given: [connected],
    network: { receive: receives(...ascii('hello')) },
    leaves: { [DATA]: ascii('hello'), [OUT]: u32(5) },
    pointers: { 1: 8, 4: 4, 5: 4 },
    outside,
  },
  {
    says: 'clears the flags it is given',
    call: ['sock_recv', 3, DATA, 8, 0, OUT, FLAGS],
    given: [connected],
    network: { receive: receives(...ascii('hello')) },
    leaves: { [DATA]: ascii('hello'), [OUT]: u32(5), [FLAGS]: u32(0) },
  },
  {
    says: 'answers 0 bytes at the end',
    call: ['sock_recv', 3, DATA, 8, 0, OUT, 0],
    given: [connected],
    network: { receive: () => 0 },
    leaves: { [OUT]: u32(0) },
  },
  {
    says: 'answers 11 when there is nothing and it does not block',
    call: ['sock_recv', 3, DATA, 8, 0, OUT, 0],
    given: [{ ...connected, nonBlocking: true }],
    network: { receive: () => AGAIN },
    answers: NOTHING_YET,
  },
  { says: 'refuses a huge length', call: ['sock_recv', 3, DATA, -1, 0, OUT, 0], given: [connected], answers: 1 },
  {
    says: 'sends a plain buffer',
    call: ['sock_send', 3, DATA, 3, 0, OUT],
    given: [connected],
    memory: { [DATA]: ascii('abc') },
    network: { send: ({ data }) => data.length },
    asks: [['send', { handle: 103, data: Uint8Array.from(ascii('abc')) }]],
    leaves: { [OUT]: u32(3) },
    pointers: { 1: 3, 4: 4 },
    outside,
  },
  { says: 'refuses a huge length', call: ['sock_send', 3, DATA, -1, 0, OUT], given: [connected], answers: 1 },
  {
    says: 'ends both ways by 3',
    call: ['sock_shutdown', 3, 3],
    given: [connected],
    network: { shutdown: () => true },
    asks: [
      ['shutdown', { handle: 103, end: 'read' }],
      ['shutdown', { handle: 103, end: 'write' }],
    ],
  },
  { says: 'knows three ways', call: ['sock_shutdown', 3, 4], given: [connected], answers: BAD_ARGUMENT },
  {
    says: 'closes',
    call: ['sock_close', 3],
    given: [{ openedIn }],
    network: { close: () => true },
    asks: [['close', { handle: 103, abort: false }]],
  },
]

testPokes('wasi_snapshot_preview1', pokes)

describe('a guest that has opened a socket so', () => {
  const spoken = () => {
    const guest = pokedGuest({ open: () => 7, close: () => true, localName: () => local, listen: () => true })
    const call = guest.call.bind(undefined, 'wasi_snapshot_preview1')
    expect(call('sock_open', 2, 1, 0, OUT)).toBe(0)
    return { ...guest, call }
  }

  test.each([
    ['sock_connect', [9, ADDRESS, 16]],
    ['sock_listen', [9, 1]],
    ['sock_accept', [9, 0, OUT]],
    ['sock_recv', [9, DATA, 8, 0, OUT, 0]],
    ['sock_send', [9, DATA, 8, 0, OUT]],
    ['sock_shutdown', [9, 3]],
    ['sock_close', [9]],
  ] as const)('%s answers 1 for a descriptor that is not open', (name, args) => {
    expect(spoken().call(name, ...args)).toBe(BAD_ARGUMENT)
  })

  test('is not told its port, which the host is', () => {
    const { call, notices } = spoken()
    expect(call('sock_listen', 3, 5)).toBe(0)
    expect(notices).toEqual(['descriptor 3 listens at 0.0.0.0:4711'])
  })

  test('takes over the listeners of the host in turn', () => {
    const { call, sockets, guest, notices } = spoken()
    const given = sockets.socket({ family: 'inet', type: 'stream', nonBlocking: false })
    sockets.socketOf(given).state = 'listening'
    guest.spareListeners.push(given)
    expect(call('sock_listen', 3, 5)).toBe(0)
    expect(sockets.socketOf(3).state).toBe('listening')
    expect(sockets.isSocket(given)).toBe(false)
    expect(notices).toEqual([])
  })
})
