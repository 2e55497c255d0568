import { describe, expect, test } from 'vitest'
import { Bucket } from '../../src/network/limits/bucket.js'
import { fakeWorld } from '../support/fake-network.js'

describe('a bucket', () => {
  const bucketOf = (perSecond: number, burst: number) => {
    const world = fakeWorld()
    return { world, bucket: new Bucket({ perSecond, burst }, world.now) }
  }

  test('is full at first, and never more than full', () => {
    const { world, bucket } = bucketOf(10, 5)
    expect([bucket.level, bucket.msUntil(5)]).toEqual([5, 0])
    world.pass(1e6)
    expect([bucket.level, bucket.msUntil(5)]).toEqual([5, 0])
  })

  test('fills at its rate', () => {
    const { world, bucket } = bucketOf(10, 5)
    bucket.take(5)
    expect([bucket.level, bucket.msUntil(1), bucket.msUntil(3)]).toEqual([0, 100, 300])
    world.pass(250)
    expect([bucket.level, bucket.msUntil(1), bucket.msUntil(3)]).toEqual([2.5, 0, 50])
  })

  test('makes up for what was too much', () => {
    const { world, bucket } = bucketOf(10, 5)
    bucket.take(25)
    expect([bucket.level, bucket.msUntil(1)]).toEqual([-20, 2100])
    world.pass(2100)
    expect(bucket.msUntil(1)).toBe(0)
  })

  test.each([3, 7, 999, 1e6 / 3, 1e9])('waiting for %s per second ends, whatever the fractions', (perSecond) => {
    const { world, bucket } = bucketOf(perSecond, 2)
    world.pass(1e9 / 7)
    for (let turn = 0; turn < 1000; turn++) {
      let looks = 0
      for (let ms = bucket.msUntil(1); ms > 0; ms = bucket.msUntil(1)) {
        world.pass(ms)
        if (++looks > 3) throw new Error(`${ms} ms are left`)
      }
      bucket.take(1)
    }
  })
})
