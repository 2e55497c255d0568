import { describe, expect, test } from 'vitest'
import { AGAIN } from '../../src/network/network.js'
import { Pipe } from '../../src/network/pipe.js'
import { POLLERR, POLLHUP, POLLIN, POLLOUT } from '../../src/posix/constants.js'
import { SysError } from '../../src/posix/errno.js'

type Step = readonly ['write' | 'read', bytes: number, answer: number | typeof AGAIN]

/** What Linux 6 answered to a program that did the same with O_NONBLOCK. */
const runs: [string, Step[]][] = [
  [
    'a page is free again when all of it has been read',
    [
      ['write', 70_000, 65_536],
      ['write', 1, AGAIN],
      ['read', 1, 1],
      ['write', 1, AGAIN],
      ['read', 4095, 4095],
      ['write', 4096, 4096],
      ['write', 1, AGAIN],
      ['read', 200_000, 65_536],
      ['read', 1, AGAIN],
    ],
  ],
  [
    'what does not fit into the last page begins another',
    [
      ...Array.from({ length: 16 }, (): Step => ['write', 3000, 3000]),
      ['write', 3000, AGAIN],
      ['write', 1000, 1000],
      ['write', 1000, AGAIN],
      ['write', 96, 96],
      ['write', 1, AGAIN],
      ['read', 5000, 5000],
      ['write', 5000, 4096],
      ['write', 5000, AGAIN],
      ['read', 200_000, 48_192],
    ],
  ],
  [
    'more than a page is taken as far as it goes',
    [
      ['write', 5000, 5000],
      ['write', 100, 100],
      ['write', 8192, 8192],
      ['write', 60_000, 49_152],
      ['write', 60_000, AGAIN],
      ['read', 200_000, 62_444],
    ],
  ],
  [
    'nothing at all waits for nothing',
    [
      ['read', 0, 0],
      ['write', 0, 0],
      ['read', 1, AGAIN],
    ],
  ],
]

describe('a pipe', () => {
  test.each(runs)('%s', (_, steps) => {
    const pipe = new Pipe()
    const answers = steps.map(([call, bytes]) => pipe[call](new Uint8Array(bytes)))
    expect(answers).toEqual(steps.map(([, , answer]) => answer))
  })

  test('gives the bytes in order, whatever the pieces', () => {
    const pipe = new Pipe()
    const sent = Uint8Array.from({ length: 30_000 }, (_, index) => (index * 7 + (index >> 8)) & 0xff)
    const got = new Uint8Array(sent.length)
    for (let at = 0, to = 0, step = 1; to < sent.length; step = (step * 5) % 6007) {
      const taken = pipe.write(sent.subarray(at, at + step))
      if (taken !== AGAIN) at += taken
      const count = pipe.read(got.subarray(to, to + ((step * 3) % 5003) + 1))
      if (count !== AGAIN) to += count
    }
    expect(Buffer.compare(sent, got)).toBe(0)
    expect(pipe.used).toBe(0)
  })

  test('tells the reader of its end after the last byte', () => {
    const pipe = new Pipe()
    pipe.write(new Uint8Array(2))
    pipe.close('write')
    expect(pipe.conditions('read')).toBe(POLLIN | POLLHUP)
    expect([pipe.read(new Uint8Array(9)), pipe.read(new Uint8Array(9))]).toEqual([2, 0])
    expect(pipe.conditions('read')).toBe(POLLHUP)
  })

  test('tells the writer that nobody reads, but of nothing when nothing is written', () => {
    const pipe = new Pipe()
    expect(pipe.conditions('write')).toBe(POLLOUT)
    pipe.close('read')
    expect(pipe.conditions('write')).toBe(POLLOUT | POLLERR)
    expect(() => pipe.write(new Uint8Array(1))).toThrow(new SysError('EPIPE'))
    expect(pipe.write(new Uint8Array(0))).toBe(0)
  })
})
