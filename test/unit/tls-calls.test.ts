import { AGAIN, type TlsState } from '../../src/network/network.js'
import { POLLERR, POLLHUP, POLLOUT } from '../../src/posix/constants.js'
import { type Errno, SysError, wasiNumber } from '../../src/posix/errno.js'
import { ascii, type Poke, receives, testPokes } from '../support/pokes.js'

/* The calls for TLS: what they ask of the network, and what they answer without it. */
const connected = { state: 'connected' } as const
const begun = { ...connected, tls: 'begun' } as const
const nothingToRead: Poke['network'] = { receive: () => AGAIN }
const secured: TlsState = {
  is: 'secured',
  version: 'TLSv1.3',
  cipher: 'TLS_AES_256_GCM_SHA384',
  protocol: 'h2',
  serverName: 'name',
  doubt: 'CERT_HAS_EXPIRED',
  peer: { subject: 'CN=name', issuer: 'CN=ca', names: 'DNS:name', validTo: 'Nov 21', fingerprint: 'AA:BB' },
}
const peeked = ['receive', { handle: 103, into: new Uint8Array(2), peek: true }] as const
const asked = { handle: 103, role: 'client', hostname: 'name', protocols: [], verifies: true } as const
const name = { 256: [...ascii('name'), 0] }
const throwing = (errno: 'ECONNABORTED' | 'EPERM') => () => {
  throw new SysError(errno)
}
const starttls = (flags: number) => ['starttls', 3, 256, flags] as const
const info = (what: number) => ['tls_info', 3, what, 256, 32] as const

const pokes: readonly Poke[] = [
  {
    says: 'asks for a client that verifies, after looking whether there is something unread',
    call: starttls(0),
    given: [connected],
    memory: name,
    network: { ...nothingToRead, startTls: () => true },
    asks: [peeked, ['startTls', asked]],
  },
  {
    says: 'passes its flags on',
    call: starttls(0x33),
    given: [connected],
    memory: name,
    network: { ...nothingToRead, startTls: () => true },
    asks: [peeked, ['startTls', { ...asked, role: 'server', protocols: ['h2', 'http/1.1'], verifies: false }]],
  },
  {
    says: 'without a name',
    call: ['starttls', 3, 0, 0],
    given: [connected],
    network: { ...nothingToRead, startTls: () => true },
    asks: [peeked, ['startTls', { ...asked, hostname: '' }]],
  },
  { says: 'with a flag that there is not', call: starttls(4), given: [connected], memory: name, answers: 'EINVAL' },
  { says: 'on what is no socket', call: ['starttls', 9, 0, 0], answers: 'EBADF' },
  { says: 'before connecting', call: starttls(0), given: [{}], memory: name, answers: 'ENOTCONN' },
  { says: 'on a listener', call: starttls(0), given: [{ state: 'listening' }], memory: name, answers: 'ENOTCONN' },
  { says: 'on datagrams', call: starttls(0), given: [{ type: 'dgram' }], memory: name, answers: 'EOPNOTSUPP' },
  {
    says: 'while a connection is being made',
    call: starttls(0),
    given: [{ state: 'connecting' }],
    memory: name,
    network: { wait: () => [] },
    answers: 'ENOTCONN',
  },
  {
    says: 'on a connection that was refused meanwhile',
    call: starttls(0),
    given: [{ state: 'connecting' }],
    memory: name,
    network: { wait: () => [{ handle: 103, events: POLLOUT | POLLERR | POLLHUP }] },
    answers: 'ENOTCONN',
  },
  {
    says: 'after the own end',
    call: starttls(0),
    given: [{ ...connected, writeShut: true }],
    memory: name,
    answers: 'EPIPE',
  },
  {
    says: 'with plain text unread',
    call: starttls(0),
    given: [connected],
    memory: name,
    network: { receive: receives(...ascii('22')) },
    answers: 'EBUSY',
  },
  {
    says: 'with one byte of it unread',
    call: starttls(0),
    given: [connected],
    memory: name,
    network: { receive: receives(...ascii('2')) },
    answers: 'EBUSY',
  },
  {
    says: 'with the beginning of a handshake unread',
    call: starttls(1),
    given: [connected],
    memory: name,
    network: { receive: receives(22, 3), startTls: () => true },
  },
  {
    says: 'after the end of the peer',
    call: starttls(0),
    given: [connected],
    memory: name,
    network: { receive: () => 0 },
    answers: 'ECONNRESET',
  },
  {
    says: 'without blocking',
    call: starttls(0),
    given: [{ ...connected, nonBlocking: true }],
    memory: name,
    network: { ...nothingToRead, startTls: () => AGAIN },
    answers: 'EINPROGRESS',
  },
  {
    says: 'a second time, too early',
    call: starttls(0),
    given: [{ ...begun, nonBlocking: true }],
    memory: name,
    network: { startTls: () => AGAIN },
    asks: [['startTls', asked]],
    answers: 'EALREADY',
  },
  {
    says: 'a second time, when it has begun',
    call: starttls(0),
    given: [{ ...begun, nonBlocking: true }],
    memory: name,
    network: { startTls: () => true },
  },
  {
    says: 'a second time, when it has failed',
    call: starttls(0),
    given: [{ ...begun, nonBlocking: true }],
    memory: name,
    network: { startTls: throwing('ECONNABORTED') },
    answers: 'ECONNABORTED',
  },
  { says: 'twice', call: starttls(0), given: [{ ...connected, tls: 'secured' }], memory: name, answers: 'EISCONN' },
  {
    says: 'what the network refuses',
    call: starttls(2),
    given: [connected],
    memory: name,
    network: { ...nothingToRead, startTls: throwing('EPERM') },
    answers: 'EPERM',
  },
  ...['TLSv1.3', 'TLS_AES_256_GCM_SHA384', 'h2', 'name', 'CN=name', 'CN=ca', 'DNS:name', 'Nov 21', 'AA:BB'].map(
    (text, what): Poke => ({
      says: `tells ${text}`,
      call: info(what),
      given: [connected],
      network: { tlsState: () => secured },
      asks: [['tlsState', { handle: 103 }]],
      answers: text.length,
      leaves: { 256: [...ascii(text), 0] },
      pointers: { 2: 32 },
    }),
  ),
  { says: 'about nothing', call: info(9), given: [connected], answers: 'EINVAL' },
  { says: 'about less than nothing', call: info(-1), given: [connected], answers: 'EINVAL' },
  {
    says: 'without TLS',
    call: info(0),
    given: [connected],
    network: { tlsState: () => ({ is: 'none' }) },
    answers: 'ENOTCONN',
  },
  {
    says: 'cuts a text, and tells its whole length',
    call: ['tls_info', 3, 0, 256, 4],
    given: [connected],
    network: { tlsState: () => secured },
    answers: 7,
    leaves: { 256: [...ascii('TLS'), 0] },
  },
  {
    says: 'tells why it failed',
    call: ['tls_error', 3, 256, 32],
    given: [connected],
    network: { tlsState: () => ({ is: 'failed', reason: 'expired' }) },
    answers: 7,
    leaves: { 256: [...ascii('expired'), 0] },
    pointers: { 1: 32 },
  },
  {
    says: 'tells a doubt',
    call: ['tls_error', 3, 256, 32],
    given: [connected],
    network: { tlsState: () => secured },
    answers: 16,
    leaves: { 256: [...ascii('CERT_HAS_EXPIRED'), 0] },
  },
  {
    says: 'has nothing to tell',
    call: ['tls_error', 3, 256, 32],
    given: [connected],
    network: { tlsState: () => ({ is: 'none' }) },
    answers: 0,
    leaves: { 256: [0] },
  },
]

/** Module posix_sockets answers its errnos as negative numbers. */
const negative = (answer: Errno | number = 0) => (typeof answer === 'number' ? answer : -wasiNumber(answer))

testPokes(
  'posix_sockets',
  pokes.map((poke) => ({ ...poke, answers: negative(poke.answers), outside: negative('EFAULT') })),
)
