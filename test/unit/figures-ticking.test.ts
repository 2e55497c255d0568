import { describe, expect, test } from 'vitest'
import { ticking } from '../../src/network/figures/ticking.js'
import { POLLIN } from '../../src/posix/constants.js'
import { fakeNetwork, fakeWorld } from '../support/fake-network.js'

/** A network whose waits find nothing before `foundAfterMs`, each second a tick. */
function tickingFake(foundAfterMs = Number.POSITIVE_INFINITY) {
  const world = fakeWorld()
  const foundAt = world.now() + foundAfterMs
  const ticks: number[] = []
  const fake = fakeNetwork({
    hostname: () => 'guest',
    wait: ({ on, timeoutMs }) => {
      const isFound = world.now() + timeoutMs >= foundAt
      world.pass(isFound ? foundAt - world.now() : timeoutMs)
      return isFound ? on : []
    },
  })
  const tick = () => ticks.push(world.now() - 1000)
  return { ...fake, world, ticks, network: ticking(fake.network, { now: world.now, everyMs: 1000, tick }) }
}
const on = [{ handle: 1, events: POLLIN }]
const pieces = (fake: ReturnType<typeof tickingFake>) =>
  fake.inputsOf('wait').map((input) => (input as { timeoutMs: number }).timeoutMs)

describe('a wait', () => {
  test('that is long is done in pieces, with a tick between', () => {
    const fake = tickingFake()
    expect(fake.network('wait', { on, timeoutMs: 2500 })).toEqual([])
    expect(fake.ticks).toEqual([1000, 2000])
    expect(pieces(fake)).toEqual([1000, 1000, 500])
  })

  test('without an end ends with what it finds', () => {
    const fake = tickingFake(3200)
    expect(fake.network('wait', { on, timeoutMs: Number.POSITIVE_INFINITY })).toEqual(on)
    expect(fake.ticks).toEqual([1000, 2000, 3000])
  })

  test('that is short is one wait, and has no tick', () => {
    const fake = tickingFake()
    fake.network('wait', { on, timeoutMs: 10 })
    expect(pieces(fake)).toEqual([10])
    expect(fake.ticks).toEqual([])
  })

  test('that is only a look stays one, even when a tick is due', () => {
    const fake = tickingFake()
    fake.world.pass(5000)
    fake.network('wait', { on, timeoutMs: 0 })
    expect(pieces(fake)).toEqual([0])
    expect(fake.ticks).toEqual([])
  })
})

test('a guest that never waits has ticks too', () => {
  const fake = tickingFake()
  for (let turn = 0; turn < 1000; turn++) {
    fake.network('hostname', {})
    fake.world.pass(10)
  }
  expect(fake.ticks.length).toBeGreaterThanOrEqual(5)
  expect(fake.ticks.length).toBeLessThanOrEqual(10)
})
