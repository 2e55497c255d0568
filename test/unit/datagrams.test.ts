import { describe, expect, test } from 'vitest'
import { nextDatagram, putDatagram, recordLength } from '../../src/bridge/datagrams.js'
import { RING_WORDS, RingConsumer, RingProducer } from '../../src/bridge/ring.js'
import type { Address } from '../../src/posix/address.js'

function ringOf(size: number, count = 0) {
  const words = new Int32Array(RING_WORDS).fill(count, 0, 3)
  const bytes = new Uint8Array(size).fill(0xee)
  return { producer: new RingProducer(words, bytes), consumer: new RingConsumer(words, bytes), bytes }
}

const ascii = (text: string) => [...Buffer.from(text, 'latin1')]
const inet: Address = { family: 'inet', host: '10.0.0.1', port: 0x1234 }
const inet6: Address = { family: 'inet6', host: 'fe80::1', port: 80, scope: 2 }
const plain6: Address = { family: 'inet6', host: '::1', port: 65535, scope: 0 }

const rows: [string, Address | undefined, number[], number[]][] = [
  ['without an address', undefined, [7, 8, 9], [3, 0, 0, 0, 0, 0, 0, 0, 7, 8, 9, 0]],
  ['without data', undefined, [], [0, 0, 0, 0, 0, 0, 0, 0]],
  ['from IPv4', inet, [1], [1, 0, 0, 0, 0x34, 0x12, 8, 4, ...ascii('10.0.0.1'), 1, 0, 0, 0]],
  ['from IPv6 with a scope', inet6, [1, 2, 3], [3, 0, 0, 0, 80, 0, 9, 6, ...ascii('fe80::1%2'), 1, 2, 3]],
  ['from IPv6', plain6, [5, 6], [2, 0, 0, 0, 0xff, 0xff, 3, 6, ...ascii('::1'), 5, 6, 0, 0, 0]],
]

describe.each(rows)('a datagram %s', (_, address, data, record) => {
  test('is laid out so, and read back', () => {
    const { producer, consumer, bytes } = ringOf(64)
    expect(recordLength(data.length, address)).toBe(record.length)
    expect(putDatagram(producer, Uint8Array.from(data), address)).toBe(true)
    expect([...bytes.subarray(0, record.length)]).toEqual(record)
    expect(bytes.subarray(record.length).every((byte) => byte === 0xee)).toBe(true)
    const found = nextDatagram(consumer)
    expect(found).toMatchObject({ total: record.length, length: data.length, address })
    const into = new Uint8Array(data.length)
    consumer.peek(into, found?.dataAt)
    expect([...into]).toEqual(data)
  })

  test('is read back where it lies across the end of the ring, and of the counters', () => {
    for (let shift = 0; shift < 32; shift += 4) {
      const { producer, consumer } = ringOf(32, 0xfffffff0)
      producer.write(new Uint8Array(4))
      const pad = new Uint8Array(Math.max(0, Math.min(shift, 32 - 4 - record.length)))
      producer.write(pad)
      consumer.consume(4 + pad.length - (pad.length > 0 ? 1 : 0))
      const skip = consumer.used
      expect(putDatagram(producer, Uint8Array.from(data), address)).toBe(true)
      expect(nextDatagram(consumer, skip)).toMatchObject({ total: record.length, length: data.length, address })
    }
  })

  test('is not begun where it does not fit whole', () => {
    const { producer, consumer, bytes } = ringOf(64)
    producer.write(new Uint8Array(64 - record.length + 1))
    const before = bytes.slice()
    expect(putDatagram(producer, Uint8Array.from(data), address)).toBe(false)
    expect(consumer.used).toBe(64 - record.length + 1)
    expect(bytes).toEqual(before)
  })
})

test('datagrams follow each other, each found behind the ones before', () => {
  const { producer, consumer } = ringOf(64)
  putDatagram(producer, Uint8Array.of(1), inet)
  putDatagram(producer, Uint8Array.of(2, 2), undefined)
  putDatagram(producer, new Uint8Array(0), plain6)
  const found: unknown[] = []
  for (let at = 0, next = nextDatagram(consumer, at); next !== undefined; next = nextDatagram(consumer, at)) {
    found.push([next.length, next.address])
    at += next.total
  }
  expect(found).toEqual([
    [1, inet],
    [2, undefined],
    [0, plain6],
  ])
})

test('a local name is no address of IPv6', () => {
  const { producer, consumer } = ringOf(64)
  putDatagram(producer, Uint8Array.of(1), { family: 'unix', path: '\0name' })
  expect(nextDatagram(consumer)).toMatchObject({ total: 12, length: 1, address: undefined })
})
