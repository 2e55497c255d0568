import { expect, test } from 'vitest'
import type { Input } from '../../src/network/network.js'
import { POLLIN, POLLOUT } from '../../src/posix/constants.js'
import { wasiNumber } from '../../src/posix/errno.js'
import { SocketShim } from '../../src/socket-shim.js'
import { overlay } from '../../src/wasi/overlay.js'
import { noFiles } from '../../src/wasi/provider.js'
import { fromBytes, toFunction } from '../../src/wasi/stdio.js'
import { fakeNetwork, fakeWorld } from '../support/fake-network.js'
import { sentinelMemory } from '../support/guest-memory.js'

const [IN, OUT, COUNT, MS] = [1024, 8192, 512, 1_000_000n]
const [CLOCK, READ, WRITE] = [0, 1, 2]
const [EBADF, EFAULT, EINVAL] = (['EBADF', 'EFAULT', 'EINVAL'] as const).map(wasiNumber)

/** A guest whose one socket, 3, has handle 1 and can be written to; waiting passes the time. */
function guestWith(subscriptions: readonly (readonly [type: number, fdOrClock: number, ns?: bigint])[]) {
  const place = sentinelMemory()
  const world = fakeWorld()
  const { network, inputsOf } = fakeNetwork({
    open: () => 1,
    available: () => 0,
    wait: ({ on, timeoutMs }) => {
      const found = on.filter(({ events }) => (events & POLLOUT) !== 0).map((each) => ({ ...each, events: POLLOUT }))
      if (found.length === 0) world.pass(Math.min(timeoutMs, 1e6))
      return found
    },
  })
  const shim = new SocketShim({ network, world })
  const stdio = [fromBytes(new Uint8Array(0)), toFunction(() => {}), toFunction(() => {})] as const
  const { modules } = overlay(shim.guest, { provider: noFiles, stdio, args: [], env: {} })
  shim.setMemory(place.raw)
  shim.socket({ family: 'inet', type: 'stream', nonBlocking: false })
  const data = new DataView(place.raw.buffer)
  for (const [index, [type, of, ns = 0n]] of subscriptions.entries()) {
    const at = IN + index * 48
    place.bytes.fill(0, at, at + 48)
    data.setBigUint64(at, BigInt(100 + index), true)
    data.setUint8(at + 8, type)
    data.setUint32(at + 16, of, true)
    data.setBigUint64(at + 24, ns, true)
  }
  const poll = modules.wasi_snapshot_preview1['poll_oneoff'] as (
    from: number,
    to: number,
    count: number,
    countAt: number,
  ) => number
  const events = () =>
    Array.from({ length: data.getUint32(COUNT, true) }, (_, index) => {
      const at = OUT + index * 32
      return [Number(data.getBigUint64(at, true)), data.getUint16(at + 8, true), data.getUint8(at + 10)]
    })
  return { poll, events, waits: () => inputsOf('wait') as Input<'wait'>[], bytes: place.bytes }
}

test.each([
  ['a clock runs out', [[CLOCK, 1, 5n * MS]], [[100, 0, CLOCK]]],
  [
    'of two clocks the earlier one',
    [
      [CLOCK, 1, 9n * MS],
      [CLOCK, 1, 5n * MS],
    ],
    [[101, 0, CLOCK]],
  ],
  [
    'a socket that is ready, and not the clock',
    [
      [CLOCK, 1, 5n * MS],
      [WRITE, 3],
    ],
    [[101, 0, WRITE]],
  ],
  [
    'a socket for reading and for writing',
    [
      [READ, 3],
      [WRITE, 3],
    ],
    [[101, 0, WRITE]],
  ],
  [
    'a socket for writing and for reading',
    [
      [WRITE, 3],
      [READ, 3],
    ],
    [[100, 0, WRITE]],
  ],
  [
    'a descriptor that is not open, in its event',
    [
      [READ, 50],
      [WRITE, 3],
    ],
    [
      [100, EBADF, READ],
      [101, 0, WRITE],
    ],
  ],
  [
    'descriptor -1, in its event',
    [
      [READ, 0xffffffff],
      [CLOCK, 1, MS],
    ],
    [[100, EBADF, READ]],
  ],
  [
    'a descriptor past 2^31, in its event',
    [
      [WRITE, 0x80000003],
      [CLOCK, 1, MS],
    ],
    [[100, EBADF, WRITE]],
  ],
] as const)('poll_oneoff tells of %s', (_, subscriptions, expected) => {
  const { poll, events } = guestWith(subscriptions)
  expect(poll(IN, OUT, subscriptions.length, COUNT)).toBe(0)
  expect(events()).toEqual(expected)
})

test.each([
  ['no subscriptions', 0, EINVAL],
  ['a negative number of them', -1, EINVAL],
  ['more of them than a memory has', 2000, EFAULT],
  ['twice as many as there may be descriptors, and 64 clocks', 2112, EFAULT],
  ['one more', 2113, EINVAL],
  ['a number whose bytes are few when cut to 32 bits', 89_478_486, EINVAL],
  ['a negative number whose bytes are none when cut to 32 bits', -0x80000000, EINVAL],
])('poll_oneoff of %s is an error at once, and changes nothing', (_, count, errno) => {
  const { poll, waits, bytes } = guestWith([[WRITE, 3]])
  const before = bytes.slice()
  expect([poll(IN, OUT, count, COUNT), waits()]).toEqual([errno, []])
  expect(bytes).toEqual(before)
})

test('poll_oneoff asks about reading and writing on one socket at once', () => {
  const { poll, waits } = guestWith([
    [READ, 3],
    [WRITE, 3],
  ])
  poll(IN, OUT, 2, COUNT)
  const asked = waits().map(({ on }) => on.map(({ events }) => events & (POLLIN | POLLOUT)))
  expect(asked).toEqual([[POLLIN | POLLOUT]])
})
