import fs from 'node:fs'
import { afterAll, describe, expect, test } from 'vitest'
import { findNative } from '../../src/native/load.js'
import { EAGAIN } from '../../src/native/platform.js'
import { forLibraries } from '../support/native.js'

const pages = (memory: WebAssembly.Memory) => new Uint8Array(memory.buffer)
const memories: [string, () => Uint8Array][] = [
  ['plain memory', () => new Uint8Array(100_000)],
  ['a small array on the heap', () => new Uint8Array(64)],
  ["a guest's memory", () => pages(new WebAssembly.Memory({ initial: 4 }))],
  ["a guest's shared memory", () => pages(new WebAssembly.Memory({ initial: 4, maximum: 8, shared: true }))],
]

forLibraries((library, { calls }) => {
  const pair = new Int32Array(2)
  calls.socketpair(1, 1 | 0o4000, 0, pair)
  const [one, two] = [pair[0] as number, pair[1] as number]

  describe(`the system's calls by ${library}`, () => {
    afterAll(() => [one, two].map((fd) => calls.close(fd)))

    test.each(memories)('take and fill a part of %s, and no byte beside it', (_, make) => {
      const bytes = make().fill(0xee)
      const part = bytes.subarray(20, 25)
      part.set([1, 2, 3, 4, 5])
      expect(calls.send(one, part, 5, 0)).toBe(5)
      part.fill(0)
      expect(calls.recv(two, part, 5, 0)).toBe(5)
      expect([...bytes.subarray(18, 28)]).toEqual([0xee, 0xee, 1, 2, 3, 4, 5, 0xee, 0xee, 0xee])
    })

    test('see memory where it is after it has grown', () => {
      const memory = new WebAssembly.Memory({ initial: 1, maximum: 100 })
      pages(memory)[0] = 7
      memory.grow(50)
      expect(calls.send(one, pages(memory).subarray(0, 1), 1, 0)).toBe(1)
      expect(calls.recv(two, pages(memory).subarray(50 * 65_536), 10, 0)).toBe(1)
      expect(pages(memory)[50 * 65_536]).toBe(7)
    })

    test('tell an error as its negated number, whatever the collector does meanwhile', () => {
      const into = new Uint8Array(16)
      const kept: unknown[] = []
      const told = new Set<number>()
      for (let count = 0; count < 100_000; count++) {
        kept[count % 1000] = { some: new Uint8Array(count % 2000), more: `${count}` }
        told.add(calls.recv(two, into, 16, 0))
        if (count % 7 === 0) told.add(calls.close(-1) + 9 - EAGAIN)
        if (count % 50 === 0) fs.existsSync('/nowhere/at/all') // leaves an errno of its own
      }
      expect([...told]).toEqual([-EAGAIN])
    })
  })
})

describe('where native mode is', () => {
  test.each([
    ['linux', 'x64', undefined],
    ['linux', 'arm64', undefined],
    ['linux', 'riscv64', 'it has tables for Linux on x64 and arm64, and this is riscv64'],
    ['darwin', 'arm64', 'it needs epoll, eventfd and accept4 of Linux, and this is darwin'],
    ['win32', 'x64', 'it needs epoll, eventfd and accept4 of Linux, and this is win32'],
  ])('%s on %s', (system, processor, lack) => {
    const found = findNative({ system, processor }, [])
    expect('lack' in found ? found.lack : undefined).toBe(
      lack ?? 'it needs the package koffi: run npm install koffi in your project',
    )
  })
})
