import { describe, expect, test } from 'vitest'
import { AGAIN, type Input } from '../../src/network/network.js'
import { POLLIN } from '../../src/posix/constants.js'
import { SysError } from '../../src/posix/errno.js'
import { type Blocking, runBlocking, untilDone } from '../../src/posix-sockets/blocking.js'
import { fakeNetwork, fakeWorld } from '../support/fake-network.js'

/** A call that answers at the given attempt, in a world where each wait takes `waitMs`, or less when its time is up. */
function attempts(timeoutMs: number, { succeedsAt, waitMs }: { succeedsAt: number; waitMs: number }) {
  const world = fakeWorld()
  const { network, inputsOf } = fakeNetwork({
    wait: ({ timeoutMs }) => {
      world.pass(Math.min(waitMs, timeoutMs))
      return []
    },
  })
  let count = 0
  const begun = world.now()
  const call = untilDone({ handle: 7, events: POLLIN, timeoutMs, now: world.now }, () =>
    ++count === succeedsAt ? 'done' : AGAIN,
  )
  let outcome: string
  try {
    outcome = runBlocking(call, network)
  } catch (error) {
    outcome = (error as SysError).errno
  }
  const waits = (inputsOf('wait') as Input<'wait'>[]).map((input) => input.timeoutMs)
  return { outcome, count, waits, elapsedMs: world.now() - begun, first: inputsOf('wait')[0] }
}

const forever = Number.POSITIVE_INFINITY
const rows: [string, number, { succeedsAt: number; waitMs: number }, string, number[], number][] = [
  ['an answer at once waits for nothing', 100, { succeedsAt: 1, waitMs: 5 }, 'done', [], 0],
  ['an answer at once needs no time', 0, { succeedsAt: 1, waitMs: 5 }, 'done', [], 0],
  ['without time it is EAGAIN at once', 0, { succeedsAt: 2, waitMs: 5 }, 'EAGAIN', [], 0],
  ['with next to no time it is EAGAIN at once', Number.MIN_VALUE, { succeedsAt: 2, waitMs: 5 }, 'EAGAIN', [], 0],
  ['each wait has the time that is left', 100, { succeedsAt: 4, waitMs: 30 }, 'done', [100, 70, 40], 90],
  ['time runs out once', 100, { succeedsAt: 99, waitMs: 40 }, 'EAGAIN', [100, 60, 20], 100],
  ['the last attempt comes after the last wait', 100, { succeedsAt: 3, waitMs: 50 }, 'done', [100, 50], 100],
  ['for ever is for ever', forever, { succeedsAt: 4, waitMs: 1e9 }, 'done', [forever, forever, forever], 3e9],
]

describe('a call that may block', () => {
  test.each(rows)('%s', (_, timeoutMs, world, outcome, waits, elapsedMs) => {
    expect(attempts(timeoutMs, world)).toMatchObject({ outcome, waits, elapsedMs })
  })

  test('waits on its handle for its events', () => {
    const { first } = attempts(10, { succeedsAt: 2, waitMs: 1 })
    expect(first).toEqual({ on: [{ handle: 7, events: POLLIN }], timeoutMs: 10 })
  })

  test('a failure of an attempt ends it', () => {
    const { network } = fakeNetwork({})
    const call = untilDone({ handle: 1, events: 1, timeoutMs: 5, now: () => 0 }, () => {
      throw new SysError('EPIPE')
    })
    expect(() => runBlocking(call, network)).toThrow(new SysError('EPIPE'))
  })

  test('a failure of the wait ends it', () => {
    const { network } = fakeNetwork({
      wait: () => {
        throw new SysError('EIO')
      },
    })
    const call = untilDone({ handle: 1, events: 1, timeoutMs: 5, now: () => 0 }, () => AGAIN)
    expect(() => runBlocking(call, network)).toThrow(new SysError('EIO'))
  })

  test('is sent what its wait found', () => {
    const found = [{ handle: 3, events: POLLIN }]
    const { network } = fakeNetwork({ wait: () => found })
    function* call(): Blocking<unknown> {
      return yield { on: [], timeoutMs: 1 }
    }
    expect(runBlocking(call(), network)).toBe(found)
  })
})
