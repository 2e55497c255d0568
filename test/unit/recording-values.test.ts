import { describe, expect, test } from 'vitest'
import { ByteReader, ByteWriter } from '../../src/recording/bytes.js'
import { crc32, crc32ByTable, table } from '../../src/recording/checksum.js'
import { RecordingError } from '../../src/recording/errors.js'
import { Digest, readValue, writeValue } from '../../src/recording/values.js'

describe('values', () => {
  const values: [string, unknown][] = [
    ['constants', [undefined, null, false, true]],
    ['small integers', [0, 1, -1, 63, 64, -64, -65, 127, 128]],
    ['large integers', [2 ** 31, -(2 ** 31), 2 ** 51, -(2 ** 51), 2 ** 53 - 1, -(2 ** 53)]],
    ['other numbers', [0.1, -0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 5e-324, 1e300]],
    ['bigints', [0n, -1n, 2n ** 64n - 1n, -(2n ** 63n)]],
    ['texts', ['', 'ü', '\0abstract', 'x'.repeat(300)]],
    ['bytes', [new Uint8Array(0), Uint8Array.of(0, 255)]],
    ['objects', [{}, { handle: 1, to: { family: 'inet' } }, { unheardOf: 1 }, { ['__proto__']: 1 }]],
    ['digests', [Digest.of(Buffer.from('short')), Digest.of(Buffer.alloc(1000, 'long'))]],
  ]
  test.each(values)('%s come back as they were', (_, value) => {
    const to = new ByteWriter()
    writeValue(to, value)
    const from = new ByteReader(Buffer.from(to.written))
    expect(readValue(from)).toStrictEqual(value)
    expect(from.isAtEnd).toBe(true)
  })

  test('literal bytes', () => {
    const to = new ByteWriter()
    writeValue(to, { handle: 300, peek: true, is: undefined })
    expect([...to.written]).toEqual([11, 2, 1, 4, 0xd8, 4, 10, 3])
  })

  test.each([
    ['an unknown kind', [99]],
    ['a text longer than what is left', [7, 5, 97]],
    ['a list without end', [10, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]],
    ['a number without end', new Array(20).fill(0x84)],
    ['an unknown key', [11, 1, 250, 0]],
    ['lists in lists', new Array(100).fill([10, 1]).flat()],
    ['a bigint of letters', [6, 1, 97]],
    ['nothing', []],
  ])('%s is damage', (_, bytes) => {
    expect(() => readValue(new ByteReader(Buffer.from(bytes)))).toThrow(RecordingError)
  })
})

test('checksums are the same with and without those of zlib', () => {
  const own = crc32ByTable(table())
  expect(own(Buffer.from('123456789'), 0)).toBe(0xcbf43926)
  expect(crc32(Buffer.from('456789'), crc32(Buffer.from('123'), 0))).toBe(0xcbf43926)
  expect(own(Buffer.from('456789'), own(Buffer.from('123'), 0))).toBe(0xcbf43926)
})
