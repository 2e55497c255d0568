import { type Poke, testPokes } from '../support/pokes.js'
import { asked, datagram, noSockets, OUT, setting, six } from './wamr-addresses.js'

const loop: Poke[] = [
  {
    says: 'is told of IPv4',
    call: ['sock_set_ip_multicast_loop', 3, 0, 0],
    given: [datagram],
    network: setting,
    asks: asked({ option: 'multicastLoop', value: false }),
  },
  {
    says: 'is told of IPv6',
    call: ['sock_set_ip_multicast_loop', 3, 1, 1],
    given: [{ ...datagram, ...six }],
    network: setting,
    asks: asked({ option: 'multicastLoop', value: true }),
  },
  {
    says: 'has no IPv6 here',
    call: ['sock_set_ip_multicast_loop', 3, 1, 1],
    given: [datagram],
    answers: 'ENOPROTOOPT',
  },
  {
    says: 'has no IPv6 here',
    call: ['sock_get_ip_multicast_loop', 3, 1, OUT],
    given: [datagram],
    answers: 'EOPNOTSUPP',
  },
  {
    says: 'writes one byte',
    call: ['sock_get_ip_multicast_loop', 3, 0, OUT],
    given: [datagram],
    network: { getOption: () => true },
    leaves: { [OUT]: [1] },
    pointers: { 2: 1 },
  },
  ...noSockets('sock_set_ip_multicast_loop', 0, 0),
  ...noSockets('sock_get_ip_multicast_loop', 0, OUT),
]

const GROUP = 200
const group4 = { [GROUP]: [0, 0, 0, 0, 239, 1, 2, 3] }
const group6 = { [GROUP]: [1, 0, 0, 0, 0x02, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x34, 0x12] }
const groups = (
  [
    ['add', 'join'],
    ['drop', 'leave'],
  ] as const
).flatMap(([word, option]): Poke[] => {
  const name = `sock_set_ip_${word}_membership`
  return [
    {
      says: 'takes an IPv4 group and an interface by its address',
      call: [name, 3, GROUP, 0x04_03_02_0a],
      given: [datagram],
      memory: group4,
      network: setting,
      asks: asked({ option, value: { group: '239.1.2.3', via: '10.2.3.4' } }),
      pointers: { 1: 20 },
    },
    {
      says: 'takes an IPv6 group and an interface by its index',
      call: [name, 3, GROUP, 2],
      given: [{ ...datagram, ...six }],
      memory: group6,
      network: setting,
      asks: asked({ option, value: { group: 'ff02::1234', via: '::%2' } }),
    },
    ...[
      { memory: group4, group: '239.1.2.3' },
      { memory: group6, group: 'ff02::1234' },
    ].map(
      ({ memory, group }): Poke => ({
        says: `leaves the interface of ${group} to the system`,
        call: [name, 3, GROUP, 0],
        given: [{ ...datagram, ...six }],
        memory,
        network: setting,
        asks: asked({ option, value: { group, via: '' } }),
      }),
    ),
    {
      says: 'refuses an unknown kind of address',
      call: [name, 3, GROUP, 0],
      given: [datagram],
      memory: { [GROUP]: [2, 0, 0, 0] },
      answers: 'EAFNOSUPPORT',
    },
    { says: 'is for datagrams', call: [name, 3, GROUP, 0], given: [{}], memory: group4, answers: 'ENOPROTOOPT' },
    ...noSockets(name, GROUP, 0),
  ]
})

testPokes('wasi_snapshot_preview1', [...loop, ...groups])
