import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { bellMemory, CALLS, doorMemory, GuestDoorbell, queues } from '../../src/bridge/doorbell.js'
import { PumpDoorbell } from '../../src/bridge/pump-doorbell.js'

const A_WHILE = 20
const bells: PumpDoorbell[] = []
afterEach(() => {
  for (const bell of bells.splice(0)) bell.close()
})

/** A pump that would look for the guest's next call for ever, and what it has answered. */
function lookingPump() {
  const memory = { bell: bellMemory(), door: doorMemory() }
  const words = new Int32Array(memory.door)
  const guest = new GuestDoorbell(memory.door)
  const bell = new PumpDoorbell(memory, { now: () => 0, lingerMs: 1000 })
  const answered: number[] = []
  bells.push(bell)
  bell.listen(() => {
    let count = 0
    for (let id = bell.next(); id !== undefined; id = bell.next(), count++) answered.push(id)
    return count
  })
  /** Calls for channels so that a pump that sleeps does not wake. */
  const callQuietly = (ids: readonly number[]) => {
    for (const id of ids) queues(words).calls.put(id)
    Atomics.add(words, CALLS, 1)
  }
  return { guest, answered, callQuietly }
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < A_WHILE; turn++) await nextTurn()
}

test('a pump that was called for one channel looks for the next call', async () => {
  const { guest, answered, callQuietly } = lookingPump()
  guest.queue(1)
  await turns()
  callQuietly([2])
  await turns()
  callQuietly([3])
  await turns()
  expect(answered).toEqual([1, 2, 3])
})

test('a pump that was called for many channels at once sleeps until it is woken', async () => {
  const { guest, answered, callQuietly } = lookingPump()
  callQuietly([1, 2, 3, 4])
  guest.call()
  await turns()
  expect(answered).toEqual([1, 2, 3, 4])
  callQuietly([5])
  await turns()
  expect(answered).toEqual([1, 2, 3, 4])
  guest.call()
  await turns()
  expect(answered).toEqual([1, 2, 3, 4, 5])
  callQuietly([6]) // one at a time again
  await turns()
  expect(answered).toEqual([1, 2, 3, 4, 5, 6])
})
