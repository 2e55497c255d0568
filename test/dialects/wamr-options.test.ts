import { describe, expect, test } from 'vitest'
import type { OptionSetting } from '../../src/network/network.js'
import type { Errno } from '../../src/posix/errno.js'
import { type Poke, pokedGuest, testPokes, u32, u64 } from '../support/pokes.js'
import { asked, datagram, local, noSockets, OUT, setting, six } from './wamr-addresses.js'

const MODULE = 'wasi_snapshot_preview1'
const SECOND = 136
const answering = (value: OptionSetting['value']) => ({ getOption: () => value }) as NonNullable<Poke['network']>
/** Options with one value: what the guest hands over and the network is told, and what the network says and the guest is left. */
const values: [name: string, given: object, set: [number, OptionSetting], get: [OptionSetting['value'], number[]]][] = [
  ['broadcast', datagram, [1, { option: 'broadcast', value: true }], [true, [1]]],
  ['keep_alive', {}, [0, { option: 'keepAlive', value: false }], [false, [0]]],
  ['reuse_addr', {}, [-1, { option: 'reuseAddress', value: true }], [true, [1]]],
  ['tcp_no_delay', {}, [1, { option: 'noDelay', value: true }], [true, [1]]],
  ['ipv6_only', six, [1, { option: 'v6Only', value: true }], [true, [1]]],
  ['tcp_keep_idle', {}, [513, { option: 'keepIdle', value: 513 }], [513, [1, 2, 0, 0]]],
  ['tcp_keep_intvl', {}, [513, { option: 'keepInterval', value: 513 }], [513, [1, 2, 0, 0]]],
  ['ip_ttl', datagram, [9, { option: 'ttl', value: 9 }], [255, [255]]],
  ['ip_ttl', {}, [9, { option: 'streamTtl', value: 9 }], [255, [255]]],
  ['recv_buf_size', {}, [513, { option: 'receiveBuffer', value: 513 }], [513, [1, 2, 0, 0]]],
  ['send_buf_size', {}, [513, { option: 'sendBuffer', value: 513 }], [513, [1, 2, 0, 0]]],
  ['reuse_port', {}, [1, { option: 'reusePort', value: true }], [true, [1]]],
  ['tcp_fastopen_connect', {}, [1, { option: 'fastOpenConnect', value: true }], [true, [1]]],
  ['tcp_quick_ack', {}, [1, { option: 'quickAck', value: true }], [true, [1]]],
  ['ip_multicast_ttl', datagram, [0, { option: 'multicastTtl', value: 0 }], [255, [255]]],
]

const single = values.flatMap(([name, given, [value, setOption], [found, bytes]]): Poke[] => [
  {
    says: 'is told',
    call: [`sock_set_${name}`, 3, value],
    given: [given],
    network: setting,
    asks: asked(setOption),
  },
  {
    says: 'writes no byte more than its own',
    call: [`sock_get_${name}`, 3, OUT],
    given: [given],
    network: answering(found),
    asks: [['getOption', { handle: 103, option: setOption.option }]],
    leaves: { [OUT]: bytes },
    pointers: { 1: bytes.length },
  },
  ...noSockets(`sock_set_${name}`, value),
  ...noSockets(`sock_get_${name}`, OUT),
])

const refusals: [name: string, value: number, given: object, errno: Errno][] = [
  ['tcp_keep_idle', 0, {}, 'EINVAL'],
  ['tcp_keep_intvl', -1, {}, 'EINVAL'],
  ['tcp_no_delay', 1, datagram, 'ENOPROTOOPT'],
  ['tcp_no_delay', 1, local, 'EOPNOTSUPP'],
  ['ip_ttl', 0, datagram, 'EINVAL'],
  ['ip_ttl', 256, datagram, 'EINVAL'],
  ['ip_multicast_ttl', 9, {}, 'ENOPROTOOPT'],
  ['ipv6_only', 1, {}, 'ENOPROTOOPT'],
  ['ipv6_only', 1, { ...six, state: 'bound' }, 'EINVAL'],
]
const refused = refusals.map(
  ([name, value, given, answers]): Poke => ({
    says: `refuses ${value} with ${answers}`,
    call: [`sock_set_${name}`, 3, value],
    given: [given],
    answers,
    asks: [],
  }),
)

const times = (['recv', 'send'] as const).flatMap((way): Poke[] => {
  const which = way === 'recv' ? 'receiveTimeoutMs' : 'sendTimeoutMs'
  const [get, set] = [`sock_get_${way}_timeout`, `sock_set_${way}_timeout`]
  return [
    {
      says: 'is told in microseconds',
      call: [get, 3, OUT],
      given: [{ [which]: 1500.25 }],
      leaves: { [OUT]: u64(1_500_250n) },
      pointers: { 1: 8 },
    },
    { says: 'is 0 for ever', call: [get, 3, OUT], given: [{}], leaves: { [OUT]: u64(0n) } },
    ...noSockets(get, OUT),
    ...noSockets(set, 1n),
  ]
})

const linger: Poke[] = [
  {
    says: 'writes one byte and a number',
    call: ['sock_get_linger', 3, OUT, SECOND],
    given: [{ linger: { on: true, seconds: 258 } }],
    leaves: { [OUT]: [1], [SECOND]: [2, 1, 0, 0] },
    pointers: { 1: 1, 2: 4 },
  },
  {
    says: 'is off at first',
    call: ['sock_get_linger', 3, OUT, SECOND],
    given: [{}],
    leaves: { [OUT]: [0], [SECOND]: u32(0) },
  },
  ...noSockets('sock_get_linger', OUT, SECOND),
  ...noSockets('sock_set_linger', 1, 5),
]

describe('what only the socket itself knows', () => {
  const guestOf = () => {
    const guest = pokedGuest({}, [{}])
    return { ...guest, call: (name: string, ...args: (number | bigint)[]) => guest.call(MODULE, name, ...args) }
  }

  test.each([
    [5_000_000_001n, u64(5_000_000_001n)],
    [1n, u64(1n)],
    [0n, u64(0n)],
    [-(2n ** 63n), u64(2n ** 63n)],
  ])('a timeout of %d microseconds is kept, of each direction by itself', (time, bytes) => {
    for (const [way, other] of [
      ['recv', 'send'],
      ['send', 'recv'],
    ]) {
      const { call, at } = guestOf()
      expect(call(`sock_set_${way}_timeout`, 3, time)).toBe(0)
      expect(call(`sock_get_${way}_timeout`, 3, OUT)).toBe(0)
      expect(at(OUT, 8)).toEqual(bytes)
      expect(call(`sock_get_${other}_timeout`, 3, OUT)).toBe(0)
      expect(at(OUT, 8)).toEqual(u64(0n))
    }
  })

  test.each([
    [1, 258, [1, 2, 1, 0, 0]],
    [0, 3, [0, 3, 0, 0, 0]],
  ])('lingering (%d, %d) is kept', (on, seconds, bytes) => {
    const { call, at } = guestOf()
    expect(call('sock_set_linger', 3, on, seconds)).toBe(0)
    expect(call('sock_get_linger', 3, OUT, OUT + 1)).toBe(0)
    expect(at(OUT, 5)).toEqual(bytes)
  })
})

testPokes(MODULE, [...single, ...refused, ...times, ...linger])
