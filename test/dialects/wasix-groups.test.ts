import { type Poke, testPokes, zeros } from '../support/pokes.js'

const dgram = { type: 'dgram' } as const
const six = { family: 'inet6' } as const
const [GROUP, VIA] = [256, 272]
const done: Poke['network'] & object = { setOption: () => true }

const four = { [GROUP]: [224, 0, 0, 7], [VIA]: [127, 0, 0, 1] }
const group6 = { [GROUP]: [0xff, 2, ...zeros(13), 7] }

const groups: Poke[] = (['join', 'leave'] as const).flatMap((option): Poke[] => [
  {
    says: 'takes an interface by its address',
    call: [`sock_${option}_multicast_v4`, 3, GROUP, VIA],
    given: [dgram],
    memory: four,
    network: done,
    asks: [['setOption', { handle: 103, option, value: { group: '224.0.0.7', via: '127.0.0.1' } }]],
    pointers: { 1: 4, 2: 4 },
  },
  {
    says: 'leaves the choice to the system',
    call: [`sock_${option}_multicast_v4`, 3, GROUP, VIA],
    given: [dgram],
    memory: { ...four, [VIA]: zeros(4) },
    network: done,
    asks: [['setOption', { handle: 103, option, value: { group: '224.0.0.7', via: '' } }]],
  },
  {
    says: 'is for datagrams',
    call: [`sock_${option}_multicast_v4`, 3, GROUP, VIA],
    given: [{}],
    memory: four,
    answers: 'ENOPROTOOPT',
  },
  {
    says: 'takes an interface by its index',
    call: [`sock_${option}_multicast_v6`, 3, GROUP, 2],
    given: [{ ...dgram, ...six }],
    memory: group6,
    network: done,
    asks: [['setOption', { handle: 103, option, value: { group: 'ff02::7', via: '::%2' } }]],
    pointers: { 1: 16 },
  },
  {
    says: 'leaves the choice to the system',
    call: [`sock_${option}_multicast_v6`, 3, GROUP, 0],
    given: [{ ...dgram, ...six }],
    memory: group6,
    network: done,
    asks: [['setOption', { handle: 103, option, value: { group: 'ff02::7', via: '' } }]],
  },
  ...(['v4', 'v6'] as const).flatMap((version): Poke[] => [
    {
      says: 'knows a closed descriptor',
      call: [`sock_${option}_multicast_${version}`, 5, GROUP, VIA],
      answers: 'EBADF',
    },
    {
      says: 'knows what is no socket',
      call: [`sock_${option}_multicast_${version}`, 1, GROUP, VIA],
      answers: 'ENOTSOCK',
    },
  ]),
])

testPokes('wasix_32v1', groups)
