import { expect, test } from 'vitest'
import { Bridge } from '../../../src/bridge/bridge.js'
import type { Mode } from '../../../src/host/mode.js'
import { machineBridge, machineWorld } from '../../../src/machine.js'
import type { NetworkDriver } from '../../../src/network/network.js'
import { describeAttacks } from '../../support/attack.js'
import { fuzzCalls, fuzzedTables } from '../../support/fuzz.js'
import { nativeHere, nativeNetwork } from '../../support/native.js'
import { resources } from '../../support/resources.js'
import { validCalls } from '../../support/valid-calls.js'

/* Calls by chance. The same seed makes the same calls; ATTACK_SEED adds one of your choice. */
const fresh = Number(process.env['ATTACK_SEED'] ?? 1_000_003)
const seeds = [1, 2, 3, 4, 5, fresh]

function driverFor(mode: Mode): NetworkDriver {
  const options = machineBridge(machineWorld(), 'attacked')
  if (mode === 'worker') return new Bridge(options)
  if (mode === 'suspend') return new Bridge(options, 'here')
  const means = nativeHere()
  if (typeof means === 'string') throw new Error(means)
  return nativeNetwork(means)
}

describeAttacks('calls', (mode) => {
  test.each(seeds)('valid calls in any order, seed %i', async (seed) => {
    await validCalls(driverFor(mode), { seed, steps: 1500 })
  })

  test('and nothing is left of them', async () => {
    await validCalls(driverFor(mode), { seed: 7, steps: 300 })
    const before = (await resources()).descriptors
    for (const seed of [8, 9]) await validCalls(driverFor(mode), { seed, steps: 300 })
    expect((await resources()).descriptors).toBeLessThanOrEqual(before)
  })

  if (mode === 'suspend') return // its imports are those of the mode worker
  const tables = Object.keys(fuzzedTables) as (keyof typeof fuzzedTables)[]
  const rows = tables.flatMap((which) => [11, fresh].map((seed) => [which, seed] as const))
  test.each(rows)('any numbers to each import of %s, seed %i', async (which, seed) => {
    await fuzzCalls(which, { count: 8000, seed, driver: () => driverFor(mode) })
  })
})
