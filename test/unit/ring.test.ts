import { describe, expect, test } from 'vitest'
import { RING_WORDS, RingConsumer, RingProducer } from '../../src/bridge/ring.js'

const bytes = (...values: number[]) => Uint8Array.from(values)
const counting = (length: number, from = 0) => Uint8Array.from({ length }, (_, index) => from + index)

/** A ring of `size` bytes whose counters stand at `count`, between sentinels. */
function ringOf(size: number, count = 0) {
  const memory = new Uint8Array(size + 16).fill(0xee)
  const words = new Int32Array(RING_WORDS + 2).fill(-0x12345)
  words.fill(0, 1, 1 + RING_WORDS)
  words.fill(count, 1, 4)
  const [own, inside] = [words.subarray(1, 1 + RING_WORDS), memory.subarray(8, 8 + size)]
  const untouched = () =>
    [...memory.subarray(0, 8), ...memory.subarray(8 + size)].every((byte) => byte === 0xee) &&
    words[0] === -0x12345 &&
    words.at(-1) === -0x12345
  return {
    producer: new RingProducer(own, inside),
    consumer: new RingConsumer(own, inside),
    untouched,
    inside,
    words: own,
  }
}

const starts: [string, number][] = [
  ['from 0', 0],
  ['past 2^31', 0x7ffffff9],
  ['past 2^32', 0xfffffff9],
]

describe.each(starts)('a ring whose counters go %s', (_, count) => {
  test('gives back what was written, over many turns', () => {
    const { producer, consumer, untouched } = ringOf(16, count)
    const into = new Uint8Array(16)
    for (let turn = 0; turn < 200; turn++) {
      const data = counting(1 + ((turn * 7) % 16), turn)
      expect(producer.write(data)).toBe(data.length)
      expect([producer.used, consumer.used, producer.free]).toEqual([data.length, data.length, 16 - data.length])
      expect(consumer.read(into)).toBe(data.length)
      expect(into.subarray(0, data.length)).toEqual(data)
    }
    expect(untouched()).toBe(true)
  })

  test('keeps the order when it wraps around while it is never empty', () => {
    const { producer, consumer, untouched } = ringOf(16, count)
    const into = new Uint8Array(5)
    producer.write(counting(11))
    for (let read = 0; read < 250; read += 5) {
      expect(consumer.read(into)).toBe(5)
      expect(into).toEqual(counting(5, read))
      expect(producer.write(counting(5, read + 11))).toBe(5)
    }
    expect(consumer.used).toBe(11)
    expect(untouched()).toBe(true)
  })

  test('takes what there is room for, and gives no more than there is', () => {
    const { producer, consumer } = ringOf(16, count)
    expect(producer.write(counting(40))).toBe(16)
    expect([producer.free, producer.region().length, producer.write(bytes(1))]).toEqual([0, 0, 0])
    const into = new Uint8Array(40)
    expect(consumer.read(into)).toBe(16)
    expect(into.subarray(0, 17)).toEqual(Uint8Array.from([...counting(16), 0]))
    expect([consumer.used, consumer.region().length, consumer.read(into)]).toEqual([0, 0, 0])
  })

  test('shows what lies ahead without consuming it, across the end of the memory', () => {
    const { producer, consumer } = ringOf(8, count)
    producer.write(counting(6))
    consumer.consume(5)
    producer.write(counting(6, 6))
    const into = new Uint8Array(3)
    const rows: [number, number, number[]][] = [
      [0, 3, [5, 6, 7]],
      [3, 3, [8, 9, 10]],
      [6, 1, [11]],
      [7, 0, []],
      [20, 0, []],
    ]
    for (const [skip, length, expected] of rows) {
      expect(consumer.peek(into, skip)).toBe(length)
      expect([...into.subarray(0, length)]).toEqual(expected)
    }
    expect(consumer.used).toBe(7)
  })

  test('produces into its region only what was announced', () => {
    const { producer, consumer } = ringOf(16, count)
    producer.region().set(counting(16))
    expect(consumer.used).toBe(0)
    producer.produce(3)
    expect([...consumer.region()]).toEqual([0, 1, 2])
    consumer.consume(1)
    expect([...consumer.region(1)]).toEqual([2])
  })
})

test('a ring that is emptied each time stays on its first bytes, so that an idle one costs one page', () => {
  const { producer, consumer, inside } = ringOf(4096)
  for (let turn = 0; turn < 500; turn++) {
    producer.write(counting(24))
    consumer.read(new Uint8Array(24))
  }
  expect(inside.subarray(24).every((byte) => byte === 0xee)).toBe(true)
  expect(producer.region().length).toBe(4096)
})

test('a few bytes that are alone lie at the end, where they may have a page in common with something else; more go on at the beginning', () => {
  const { consumer, inside, words } = ringOf(4096)
  const producer = new RingProducer(words, inside, 100)
  for (let turn = 0; turn < 500; turn++) {
    producer.write(counting(100))
    expect(consumer.region().byteOffset - inside.byteOffset).toBe(3996)
    consumer.consume(100)
  }
  expect(inside.subarray(0, 3996).every((byte) => byte === 0xee)).toBe(true)
  producer.write(counting(90))
  producer.write(counting(20, 90))
  const all = new Uint8Array(110)
  consumer.read(all)
  expect(all).toEqual(counting(110))
  producer.write(counting(101))
  expect(consumer.region().byteOffset).toBe(inside.byteOffset)
})

test('the base does not move while there are unread bytes', () => {
  const { producer, consumer } = ringOf(8)
  producer.write(counting(6))
  consumer.consume(5)
  expect(producer.region().byteOffset - consumer.region().byteOffset).toBe(1)
  expect(producer.region().length).toBe(2)
  consumer.consume(1)
  expect(producer.region().length).toBe(8)
})

describe('stopping', () => {
  test('a consumer that stops on an empty ring is starved until it feeds again', () => {
    const { producer, consumer } = ringOf(8)
    expect([producer.consumerStarved, consumer.starve(), producer.consumerStarved]).toEqual([false, true, true])
    producer.write(bytes(1))
    expect(producer.consumerStarved).toBe(true)
    consumer.feed()
    expect(producer.consumerStarved).toBe(false)
  })

  test('a consumer that finds bytes after all goes on', () => {
    const { producer, consumer } = ringOf(8)
    producer.write(bytes(1))
    expect([consumer.starve(), producer.consumerStarved]).toEqual([false, false])
  })

  test.each([
    [8, 1, true],
    [7, 1, false],
    [7, 2, true],
    [4, 4, false],
    [5, 4, true],
  ])('with %i of 8 bytes used, a producer that needs room for %i stalls: %s', (used, least, stalls) => {
    const { producer, consumer } = ringOf(8)
    producer.write(counting(used))
    expect(producer.stall(least)).toBe(stalls)
    expect([producer.isStalled, consumer.producerStalled]).toEqual([stalls, stalls])
    producer.unstall()
    expect([producer.isStalled, consumer.producerStalled]).toEqual([false, false])
  })
})
