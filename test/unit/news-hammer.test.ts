import { beforeAll, describe, expect, test } from 'vitest'
import { bundled } from '../support/bundled.js'
import { answerOf } from '../support/workers.js'

const LIMIT_MS = 50_000
let bundle = ''

beforeAll(async () => {
  bundle = await bundled({
    'bridge/channel.ts': ['CHANNEL_BYTES', 'GuestChannel', 'PumpChannel'],
    'bridge/doorbell.ts': ['Bell', 'GuestDoorbell', 'bellMemory', 'doorMemory'],
    'bridge/pump-doorbell.ts': ['PumpDoorbell'],
  })
})

describe('news of channels from one thread to another', () => {
  test.each([
    ['a million events of 64 channels', { count: 1_000_000, ids: 64, pace: 10_000, gathers: false }],
    ['a million events of 3 channels', { count: 1_000_000, ids: 3, pace: 700, gathers: false }],
    ['events that are awaited one by one', { count: 30_000, ids: 8, pace: 1, gathers: false }],
    ['events of which the guest hears at the end of a turn', { count: 100_000, ids: 64, pace: 10, gathers: true }],
  ])('tells of %s', async (_, scene) => {
    const doorbells = (await import(bundle)) as typeof import('../../src/bridge/doorbell.js')
    const { CHANNEL_BYTES } = (await import(bundle)) as typeof import('../../src/bridge/channel.js')
    const doorbell = { bell: doorbells.bellMemory(), door: doorbells.doorMemory() }
    const memory = new SharedArrayBuffer(scene.ids * CHANNEL_BYTES)
    const shared = { bundle, ...scene, doorbell, memory, consumed: new SharedArrayBuffer(8) }
    const side = (role: string, seed: number) =>
      answerOf<{ sum: number; sleeps?: number }>('./news-hammer.mjs', { ...shared, role, seed }, LIMIT_MS)
    const [guest, pump] = await Promise.all([side('guest', 5), side('pump', 6)])
    expect(guest.sum).toBe(pump.sum)
    expect(guest.sleeps).toBeGreaterThan(0)
  })
})
