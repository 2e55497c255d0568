import { beforeAll, describe, expect, test } from 'vitest'
import { bundled } from '../support/bundled.js'
import { answerOf } from '../support/workers.js'

const LIMIT_MS = 50_000
let bundle = ''

beforeAll(async () => {
  bundle = await bundled({
    'bridge/ring.ts': ['RING_WORDS', 'RingConsumer', 'RingProducer'],
    'bridge/doorbell.ts': ['Bell', 'GuestDoorbell', 'bellMemory', 'doorMemory'],
    'bridge/pump-doorbell.ts': ['PumpDoorbell'],
  })
})

interface RingEnd {
  sum: number
  used: number
  sleeps: number
}

describe('a ring between two threads', () => {
  test.each([
    ['a million short messages through a ring of 1 KiB', { count: 1_000_000, most: 24, size: 1024, startAt: 0 }],
    ['messages longer than the ring, past 2^31', { count: 20_000, most: 1000, size: 256, startAt: 0x7ffffff0 }],
    ['messages as the counters go past 2^32', { count: 50_000, most: 100, size: 4096, startAt: 0xfffffff0 }],
  ])('passes on %s', async (_, { count, most, size, startAt }) => {
    const wordsAt = 64
    const memory = new SharedArrayBuffer(128 + size)
    new Int32Array(memory, wordsAt, 3).fill(startAt)
    const end = (role: string) => {
      const data = { bundle, role, count, most, size, seed: 20, memory, wordsAt, bytesAt: 128 }
      return answerOf<RingEnd>('./ring-hammer.mjs', data, LIMIT_MS)
    }
    const [produced, consumed] = await Promise.all([end('produce'), end('consume')])
    expect(consumed).toMatchObject({ sum: produced.sum, used: 0 })
    expect(produced.sleeps).toBeGreaterThan(0)
    expect(consumed.sleeps).toBeGreaterThan(0)
  })
})

interface DoorEnd {
  sum: number
  served: number
}

describe('a doorbell between two threads', () => {
  test.each([
    ['a million calls of 32,000 channels', { count: 1_000_000, ids: 32_000, pace: 20_000 }],
    ['calls of few channels', { count: 1_000_000, ids: 5, pace: 50_000 }],
    ['calls that are awaited one by one', { count: 10_000, ids: 64, pace: 1 }],
  ])('passes on %s', async (_, { count, ids, pace }) => {
    const { bellMemory, doorMemory } = (await import(bundle)) as typeof import('../../src/bridge/doorbell.js')
    const doorbell = { bell: bellMemory(), door: doorMemory() }
    const work = new SharedArrayBuffer((2 * ids + 2) * 4)
    const side = (role: string) =>
      answerOf<DoorEnd>('./doorbell-hammer.mjs', { bundle, role, count, ids, pace, seed: 7, doorbell, work }, LIMIT_MS)
    const [guest, pump] = await Promise.all([side('guest'), side('pump')])
    expect(pump).toEqual(guest)
    expect(pump.served).toBe(count)
  })
})
