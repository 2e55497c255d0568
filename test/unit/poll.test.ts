import { describe, expect, test } from 'vitest'
import type { Events, Handle, Input, Interest } from '../../src/network/network.js'
import {
  POLLERR,
  POLLHUP,
  POLLIN,
  POLLNVAL,
  POLLOUT,
  POLLRDHUP,
  POLLRDNORM,
  POLLWRNORM,
} from '../../src/posix/constants.js'
import { runBlocking } from '../../src/posix-sockets/blocking.js'
import { FdTable } from '../../src/posix-sockets/fd-table.js'
import type { Open } from '../../src/posix-sockets/open.js'
import { openSocket } from '../../src/posix-sockets/open-socket.js'
import { poll } from '../../src/posix-sockets/poll.js'
import { fakeNetwork } from '../support/fake-network.js'

const [DATA, ROOM, BOTH, BROKEN, NEVER] = [3, 4, 5, 6, 7]
const states: Record<Handle, Events> = {
  [DATA]: POLLIN,
  [ROOM]: POLLOUT,
  [BOTH]: POLLIN | POLLOUT,
  [BROKEN]: POLLIN | POLLOUT | POLLERR | POLLHUP | POLLRDHUP,
  [NEVER]: 0,
}
const [FILE, STDIN, SAME_AS_ROOM] = [0, 1, 20]

/** Sockets whose handles are their descriptors, a file, and standard input over handle DATA. */
function pollOver(requests: [fd: number, events: number][], timeoutMs = Number.POSITIVE_INFINITY) {
  const table = new FdTable<Open>({ limit: 100 })
  table.set(FILE, { is: 'file', references: 0, close() {} })
  table.set(STDIN, { is: 'file', references: 0, close() {}, pollHandle: () => DATA })
  for (const handle of [DATA, ROOM, BOTH, BROKEN, NEVER]) table.set(handle, openSocket(handle, 'inet', 'stream'))
  table.set(SAME_AS_ROOM, table.get(ROOM))
  const { network, inputsOf } = fakeNetwork({
    wait: ({ on }) => {
      const hold = ({ handle, events }: Interest) => (states[handle] ?? 0) & (events | POLLERR | POLLHUP)
      return on.flatMap((each) => (hold(each) === 0 ? [] : [{ handle: each.handle, events: hold(each) }]))
    },
  })
  const call = poll(
    table,
    requests.map(([fd, events]) => ({ fd, events })),
    { timeoutMs, now: () => 0 },
  )
  const answers = runBlocking(call, network)
  return { answers, waits: inputsOf('wait') as Input<'wait'>[] }
}

const rows: [string, [number, number][], number[]][] = [
  ['nothing asked', [], []],
  ['one that is ready', [[DATA, POLLIN]], [POLLIN]],
  [
    'several, some of them ready',
    [
      [NEVER, POLLIN],
      [DATA, POLLIN],
      [ROOM, POLLIN],
      [BOTH, POLLOUT],
    ],
    [0, POLLIN, 0, POLLOUT],
  ],
  ['a file is always ready', [[FILE, POLLIN | POLLOUT]], [POLLIN | POLLOUT]],
  ['a file is ready for what was asked', [[FILE, POLLRDNORM]], [POLLRDNORM]],
  ['standard input is waited for', [[STDIN, POLLIN | POLLOUT]], [POLLIN]],
  [
    'a descriptor that is not open',
    [
      [50, POLLIN],
      [NEVER, POLLIN],
    ],
    [POLLNVAL, 0],
  ],
  [
    'a negative descriptor is passed over',
    [
      [-1, POLLIN],
      [DATA, POLLIN],
    ],
    [0, POLLIN],
  ],
  [
    'only negative descriptors',
    [
      [-1, POLLIN],
      [-50, 0],
    ],
    [0, 0],
  ],
  ['errors are told without being asked for', [[BROKEN, 0]], [POLLERR | POLLHUP]],
  ['everything at once', [[BROKEN, POLLIN | POLLOUT | POLLRDHUP]], [POLLIN | POLLOUT | POLLRDHUP | POLLERR | POLLHUP]],
  ['the other names of the events', [[BOTH, POLLRDNORM | POLLWRNORM]], [POLLRDNORM | POLLWRNORM]],
  ['both names of an event', [[DATA, POLLRDNORM | POLLIN]], [POLLRDNORM | POLLIN]],
  ['one name of an event and another event', [[BOTH, POLLIN | POLLWRNORM]], [POLLIN | POLLWRNORM]],
  [
    'the same descriptor twice',
    [
      [DATA, POLLIN],
      [DATA, POLLIN],
    ],
    [POLLIN, POLLIN],
  ],
  [
    'the same descriptor for two events, of which the second holds',
    [
      [ROOM, POLLIN],
      [ROOM, POLLOUT],
    ],
    [0, POLLOUT],
  ],
  [
    'the same descriptor for two events, of which the first holds',
    [
      [ROOM, POLLOUT],
      [ROOM, POLLIN],
    ],
    [POLLOUT, 0],
  ],
  [
    'the same descriptor for two events, which both hold',
    [
      [BOTH, POLLIN],
      [BOTH, POLLOUT],
    ],
    [POLLIN, POLLOUT],
  ],
  [
    'two descriptors of one socket',
    [
      [ROOM, POLLIN],
      [SAME_AS_ROOM, POLLOUT],
    ],
    [0, POLLOUT],
  ],
  [
    'one socket around another',
    [
      [ROOM, POLLIN],
      [DATA, POLLIN],
      [ROOM, POLLOUT],
    ],
    [0, POLLIN, POLLOUT],
  ],
]

describe('poll', () => {
  test.each(rows)('%s', (_, requests, expected) => {
    expect(pollOver(requests).answers).toEqual(expected)
  })

  test.each([
    ['nothing is known yet', [[NEVER, POLLIN]], 25, 25],
    ['nothing is known yet, for ever', [[NEVER, POLLIN]], Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    [
      'a file is ready',
      [
        [NEVER, POLLIN],
        [FILE, POLLIN],
      ],
      25,
      0,
    ],
    [
      'a descriptor is not open',
      [
        [NEVER, POLLIN],
        [50, POLLIN],
      ],
      25,
      0,
    ],
    ['nothing is asked', [], 25, 25],
  ] as [string, [number, number][], number, number][])('when %s it waits so long', (_, requests, asked, waited) => {
    expect(pollOver(requests, asked).waits.map(({ timeoutMs }) => timeoutMs)).toEqual([waited])
  })

  test('asks the network for nothing that poll(2) does not have, whatever bits a guest sets', () => {
    const [wait] = pollOver([[NEVER, -1]], 0).waits
    expect(wait?.on.map(({ events }) => events >>> 16)).toEqual([0])
  })

  test('asks the network about one handle once, so that one interest does not replace another', () => {
    const [wait] = pollOver([
      [NEVER, POLLIN],
      [NEVER, POLLOUT],
    ]).waits
    expect(wait?.on).toEqual([{ handle: NEVER, events: POLLIN | POLLOUT }])
  })
})
