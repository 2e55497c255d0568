import { expect, test } from 'vitest'
import { machineWorld } from '../../src/machine.js'

test('the monotonic clock counts from where the host counts, so that two processes agree about it', () => {
  const before = Number(process.hrtime.bigint()) / 1e6
  const now = machineWorld().now()
  const after = Number(process.hrtime.bigint()) / 1e6
  const roundingMs = 0.01
  expect(now).toBeGreaterThanOrEqual(before - roundingMs)
  expect(now).toBeLessThanOrEqual(after + roundingMs)
})
