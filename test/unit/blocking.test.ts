import { describe, expect, test } from 'vitest'
import { AGAIN, type Input } from '../../src/network/network.js'
import { POLLIN } from '../../src/posix/constants.js'
import { SysError } from '../../src/posix/errno.js'
import {
  type Blocking,
  isBlocking,
  type MaybeBlocking,
  onceDone,
  runBlocking,
  runSuspending,
  triedOnce,
  untilDone,
  whole,
} from '../../src/posix-sockets/blocking.js'
import { piecewise } from '../../src/posix-sockets/stream-calls.js'
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

describe('a call that seldom waits', () => {
  const patience = (timeoutMs: number) => ({ handle: 7, events: POLLIN, timeoutMs, now: () => 0 })
  const { network } = fakeNetwork({ wait: () => [] })
  /** Answers these, one after the other. */
  const answering = <T>(...answers: T[]) => {
    let at = 0
    return () => answers[at++] as T
  }
  const later = function* <T>(answer: T): Blocking<T> {
    yield { on: [], timeoutMs: 1 }
    return answer
  }
  const doubled = (call: MaybeBlocking<number>) => onceDone(call, (count) => count * 2)

  test.each<[string, number, (number | typeof AGAIN)[], unknown]>([
    ['answers at once what is there', 100, [5], 5],
    ['answers 0 too', 100, [0], 0],
    ['answers AGAIN where it is not to wait', 0, [AGAIN, 5], AGAIN],
  ])('%s', (_, timeoutMs, answers, expected) => {
    expect(triedOnce(patience(timeoutMs), answering(...answers))).toBe(expected)
  })

  test('is the rest of itself where it has to wait', () => {
    const call = triedOnce(patience(100), answering<number | typeof AGAIN>(AGAIN, AGAIN, 5))
    expect(isBlocking(call)).toBe(true)
    expect(runBlocking(call, network)).toBe(5)
  })

  test('what follows is done at once, later, or not at all', () => {
    expect(doubled(4)).toBe(8)
    expect(doubled(AGAIN)).toBe(AGAIN)
    const call = doubled(later(4))
    expect(isBlocking(call)).toBe(true)
    expect(runBlocking(call, network)).toBe(8)
  })

  test('an answer that is an object is no wait', () => {
    const answer = { length: 3 }
    expect(onceDone<typeof answer, typeof answer>(answer, (same) => same)).toBe(answer)
  })

  test('AGAIN is an error to those who run it or go on with it', () => {
    expect(() => runBlocking(AGAIN, network)).toThrow(new SysError('EAGAIN'))
    expect(() => runBlocking(whole(AGAIN), network)).toThrow(new SysError('EAGAIN'))
    expect(runBlocking(whole(3), network)).toBe(3)
  })

  const failing = (): never => {
    throw new SysError('EPIPE')
  }
  const pieceRows: [string, boolean, (() => MaybeBlocking<number>)[], unknown, number][] = [
    ['all at once is one piece', true, [() => 10], 10, 1],
    ['a part is enough where not all is wanted', false, [() => 4], 4, 1],
    ['the rest follows', true, [() => 4, () => later(5), () => 1], 10, 3],
    ['the first piece may wait', true, [() => later(4), () => 6], 10, 2],
    ['the end is the end', true, [() => 4, () => 0], 4, 2],
    ['nothing at once is nothing', true, [() => 0], 0, 1],
    ['AGAIN after a part is that part', true, [() => 4, () => AGAIN], 4, 2],
    ['an error after a part is that part', true, [() => later(4), failing], 4, 2],
    ['AGAIN at first is AGAIN', true, [() => AGAIN], 'EAGAIN', 1],
    ['an error at first is one', true, [failing], 'EPIPE', 1],
    ['an error at first is one after a wait too', true, [() => thenFailing()], 'EPIPE', 1],
  ]
  function* thenFailing(): Blocking<number> {
    yield { on: [], timeoutMs: 1 }
    return failing()
  }

  test.each(pieceRows)('piece by piece, %s', (_, all, answers, expected, count) => {
    const lengths: number[] = []
    const once = (rest: Uint8Array) => {
      lengths.push(rest.length)
      return (answers[lengths.length - 1] as () => MaybeBlocking<number>)()
    }
    const run = () => runBlocking(piecewise(new Uint8Array(10), all, once), network)
    if (typeof expected === 'string') expect(run).toThrow(new SysError(expected as 'EPIPE'))
    else expect(run()).toBe(expected)
    expect(lengths).toHaveLength(count)
    expect(lengths).toEqual([10, 6, 1].slice(0, count))
  })
})

describe('a call whose wait fails', () => {
  const failing = () => {
    const ended: string[] = []
    function* call(): Blocking<void> {
      try {
        yield { on: [], timeoutMs: 1 }
        yield { on: [], timeoutMs: 2 }
      } finally {
        ended.push('given back')
      }
    }
    return { call: call(), ended }
  }
  const stopped = new Error('stopped')
  const network = (first: () => never) => fakeNetwork({ wait: first }).network

  test('gives back what it holds, where the thread is blocked', () => {
    const { call, ended } = failing()
    const wait = () => {
      throw stopped
    }
    expect(() => runBlocking(call, network(wait))).toThrow(stopped)
    expect(ended).toEqual(['given back'])
  })

  test('gives back what it holds, where the guest is suspended', async () => {
    const { call, ended } = failing()
    const wait = () => Promise.reject(stopped) as never
    await expect(runSuspending(call, network(wait), { begin() {}, end() {} })).rejects.toThrow(stopped)
    expect(ended).toEqual(['given back'])
  })
})
