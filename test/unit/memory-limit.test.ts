import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { importTypes } from '../../src/abi/import-types.js'
import { MemoryLimitError, withMemoryLimit } from '../../src/abi/memory-limit.js'
import { instantiateWithSockets } from '../../src/host.js'
import { randomFrom } from '../support/random.mjs'
import { drop, i32, set, tinyGuest } from '../support/tiny-wasm.js'

type Bytes = readonly number[]

const LIMIT = 16
const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]
const module = (...sections: Bytes[]) => Uint8Array.from([...HEADER, ...sections.flat()])
const text = (of: string) => [of.length, ...Buffer.from(of)]
const section = (id: number, ...content: Bytes[]) => [id, content.flat().length, ...content.flat()]
/** An import from `e`. */
const imported = (name: string, ...type: number[]) => [...text('e'), ...text(name), ...type]
const [NO_MAXIMUM, MAXIMUM, SHARED] = [0, 1, 3]

const types = section(1, [1, 0x60, 0, 0])
const custom = section(0, text('name'), [5, 3, 1, 0, 1])
const aFunction = imported('f', 0, 0)
const aTable = imported('t', 1, 0x70, MAXIMUM, 1, 2)
const aGlobal = imported('g', 3, 0x7f, 0)
const aTag = imported('x', 4, 0, 0)

/** What it says, the section before, and after; where there is none after, the module must be the very same. */
const rows: [string, Bytes, Bytes?][] = [
  ['a memory without a maximum gets the limit', section(5, [1, NO_MAXIMUM, 1]), section(5, [1, MAXIMUM, 1, 16])],
  ['a maximum above the limit is lowered', section(5, [1, MAXIMUM, 1, 32]), section(5, [1, MAXIMUM, 1, 16])],
  ['one of two bytes too', section(5, [1, MAXIMUM, 1, 0xac, 2]), section(5, [1, MAXIMUM, 1, 16])],
  ['a maximum below the limit stays', section(5, [1, MAXIMUM, 1, 3])],
  ['a maximum at the limit stays', section(5, [1, MAXIMUM, 1, 16])],
  ['a memory may begin at the limit', section(5, [1, NO_MAXIMUM, 16]), section(5, [1, MAXIMUM, 16, 16])],
  ['a memory of nothing is one', section(5, [1, NO_MAXIMUM, 0]), section(5, [1, MAXIMUM, 0, 16])],
  ['a shared memory is lowered', section(5, [1, SHARED, 2, 64]), section(5, [1, SHARED, 2, 16])],
  [
    'longer spellings of numbers are read',
    [5, 0x86, 0, 0x81, 0, NO_MAXIMUM, 0x81, 0x80, 0],
    [5, 5, 0x81, 0, MAXIMUM, 1, 16],
  ],
  ['no memory is none', types],
  ['an empty section is none', section(5, [0])],
  [
    'of several, the first that may grow has what is left',
    section(5, [3, MAXIMUM, 2, 2, NO_MAXIMUM, 1, NO_MAXIMUM, 3]),
    section(5, [3, MAXIMUM, 2, 2, MAXIMUM, 1, 11, MAXIMUM, 3, 3]),
  ],
  ['several that stay below together stay', section(5, [2, MAXIMUM, 1, 8, MAXIMUM, 1, 8])],
  [
    'an imported maximum is lowered',
    section(2, [1], imported('m', 2, 1, 1, 99)),
    section(2, [1], imported('m', 2, 1, 1, 16)),
  ],
  ['a shared one is too', section(2, [1], imported('m', 2, 3, 1, 99)), section(2, [1], imported('m', 2, 3, 1, 16))],
  ['an import without a maximum stays, for who makes it', section(2, [1], imported('m', 2, 0, 1))],
  [
    'what is imported besides stays',
    [...types, ...section(2, [5], aFunction, aTable, imported('m', 2, 1, 1, 0xff, 1), aGlobal, aTag)],
    [...types, ...section(2, [5], aFunction, aTable, imported('m', 2, 1, 1, 16), aGlobal, aTag)],
  ],
  [
    'an imported memory and one of its own share the limit',
    [...section(2, [1], imported('m', 2, 0, 4)), ...section(5, [1, NO_MAXIMUM, 2])],
    [...section(2, [1], imported('m', 2, 1, 4, 14)), ...section(5, [1, MAXIMUM, 2, 2])],
  ],
  ['imports of other kinds alone stay', [...types, ...section(2, [4], aFunction, aTable, aGlobal, aTag)]],
  [
    'a table of typed references is passed over',
    [...section(2, [1], imported('t', 1, 0x63, 0x70, 0, 1)), ...section(5, [1, NO_MAXIMUM, 1])],
    [...section(2, [1], imported('t', 1, 0x63, 0x70, 0, 1)), ...section(5, [1, MAXIMUM, 1, 16])],
  ],
]

describe('withMemoryLimit', () => {
  test.each(rows)('%s', (_, before, after) => {
    const bytes = module(custom, before, custom)
    const limited = withMemoryLimit(bytes, LIMIT)
    if (after === undefined) expect(limited).toBe(bytes)
    else expect([...limited]).toEqual([...module(custom, after, custom)])
    expect(withMemoryLimit(limited, LIMIT)).toBe(limited)
  })

  test('a section whose length grows by a byte is written anew', () => {
    const before = module([5, 127, 63, ...new Array(63).fill([NO_MAXIMUM, 0]).flat()])
    const after = withMemoryLimit(before, 1)
    expect([...after.subarray(8, 16)]).toEqual([5, 0xbe, 1, 63, MAXIMUM, 0, 1, MAXIMUM])
    expect(after.length).toBe(8 + 3 + 1 + 63 * 3)
  })

  test('a limit beyond 32 bits is 65536 pages', () => {
    const limited = withMemoryLimit(module(section(5, [1, NO_MAXIMUM, 1])), 1e6)
    expect([...limited.subarray(8)]).toEqual([5, 6, 1, MAXIMUM, 1, 0x80, 0x80, 4])
  })

  const refusals: [string, Uint8Array, MemoryLimitError['code'], RegExp][] = [
    ['one that begins beyond it', module(section(5, [1, 0, 17])), 'TOO_LARGE', /begins with 17 pages .* limit is 16$/],
    ['an import that does', module(section(2, [1], imported('m', 2, 0, 17))), 'TOO_LARGE', /17 pages/],
    ['several that do together', module(section(5, [2, 0, 9, 0, 8])), 'TOO_LARGE', /17 pages/],
    ['64-bit addresses', module(section(5, [1, 4, 1])), 'UNSUPPORTED', /64-bit/],
    ['64-bit addresses of an import', module(section(2, [1], imported('m', 2, 5, 1, 2))), 'UNSUPPORTED', /64-bit/],
    ['pages of another size', module(section(5, [1, 8, 1, 0])), 'UNSUPPORTED', /pages of another size/],
    ['flags of the future', module(section(5, [1, 0x80, 1, 0])), 'UNSUPPORTED', /does not know/],
    ['a shared memory without a maximum', module(section(5, [1, 2, 1])), 'MALFORMED', /not a valid/],
    ['a maximum below the beginning', module(section(5, [1, 1, 4, 3])), 'MALFORMED', /not a valid/],
    ['a maximum beyond 32 bits', module(section(5, [1, 1, 1, 0x81, 0x80, 4])), 'MALFORMED', /not a valid/],
    ['fewer memories than it says', module(section(5, [2, 0, 1])), 'MALFORMED', /not a valid/],
    ['more than it says', module(section(5, [1, 0, 1, 0, 1])), 'MALFORMED', /not a valid/],
    ['a section beyond the end', module([5, 9, 1, 0, 1]), 'MALFORMED', /not a valid/],
    ['an import of an unknown kind', module(section(2, [1], imported('m', 9, 0, 1))), 'MALFORMED', /not a valid/],
    ['an import that ends early', module(section(2, [1], [1, 0x65, 9, 0x6d])), 'MALFORMED', /not a valid/],
    ['a number without end', module([5, ...new Array(200).fill(0x80)]), 'MALFORMED', /not a valid/],
    ['a component', Uint8Array.from([...HEADER.slice(0, 4), 0x0d, 0, 1, 0]), 'MALFORMED', /not a valid/],
    ['no module', Buffer.from('#!/bin/sh'), 'MALFORMED', /not a valid/],
    ['nothing at all', new Uint8Array(0), 'MALFORMED', /not a valid/],
  ]
  test.each(refusals)('refuses %s', (_, bytes, code, message) => {
    const refusal = (() => {
      try {
        return withMemoryLimit(bytes, LIMIT)
      } catch (error) {
        return error
      }
    })()
    expect(refusal).toBeInstanceOf(MemoryLimitError)
    expect(refusal).toMatchObject({ code, message: expect.stringMatching(message) })
  })

  test.each([-1, 1.5, Number.NaN])('%s is no limit', (pages) => {
    expect(() => withMemoryLimit(module(), pages)).toThrow(RangeError)
  })
})

/** Asks for pages, and tells what memory.grow answers, one after the other. */
const grower = (...pages: number[]) =>
  tinyGuest([['e', 'tell', 1, false]], (call) =>
    pages.flatMap((count) => [[...i32(count), 0x40, 0], set(0), call('tell', [0x20, 0])]),
  )

describe('in the guest', () => {
  const answersOf = async (bytes: Uint8Array) => {
    const answers: number[] = []
    const { instance } = await WebAssembly.instantiate(bytes as Uint8Array<ArrayBuffer>, {
      e: { tell: (answer: number) => void answers.push(answer) },
    })
    ;(instance.exports['_start'] as () => void)()
    return answers
  }

  test('growing beyond the limit answers -1, and what is below still works', async () => {
    const bytes = grower(3, 13, 12, 1)
    expect(await answersOf(withMemoryLimit(bytes, LIMIT))).toEqual([1, -1, 4, -1])
    expect(await answersOf(bytes)).toEqual([1, 4, 17, 29])
  })

  test('an imported memory tells its limit to whoever makes it', () => {
    const bytes = withMemoryLimit(module(section(2, [1], imported('m', 2, 1, 1, 99))), LIMIT)
    expect(importTypes(bytes)).toMatchObject([{ kind: 'memory', limits: { initial: 1, maximum: 16, shared: false } }])
  })

  test('an imported memory that the host makes has the limit', async () => {
    const exported = section(7, [1], text('memory'), [2, 0])
    const bytes = module(section(2, [1], imported('m', 2, 1, 1, 99)), exported)
    const { instance, close } = await instantiateWithSockets(withMemoryLimit(bytes, LIMIT))
    const memory = instance.exports['memory'] as WebAssembly.Memory
    expect(memory.grow(15)).toBe(1)
    expect(() => memory.grow(1)).toThrow(RangeError)
    await close()
  })

  test('calls and results are as before', async () => {
    const bytes = tinyGuest([['wasi_snapshot_preview1', 'proc_exit', 1, false]], (call) => [
      [...i32(100), 0x40, 0],
      drop,
      call('proc_exit', i32(7)),
    ])
    const { start } = await instantiateWithSockets(withMemoryLimit(bytes, LIMIT))
    expect(await start()).toBe(7)
  })
})

const guests = fileURLToPath(new URL('../../build/guests/', import.meta.url))
const names = fs.readdirSync(guests).filter((name) => name.endsWith('.wasm'))
const bytesOf = (name: string) => fs.readFileSync(path.join(guests, name))
/** What a guest begins with, which is no more than this, in pages: 8 MiB of stack, and its data. */
const ROOM = 256

describe('real guests', () => {
  test.each(names)('%s stays valid, and the same but for its memory', (name) => {
    const bytes = bytesOf(name)
    const limited = withMemoryLimit(bytes, ROOM) as Uint8Array<ArrayBuffer>
    const [before, after] = [new WebAssembly.Module(bytes), new WebAssembly.Module(limited)]
    expect(WebAssembly.Module.imports(after)).toEqual(WebAssembly.Module.imports(before))
    expect(WebAssembly.Module.exports(after)).toEqual(WebAssembly.Module.exports(before))
    expect(limited).not.toBe(bytes)
    expect(withMemoryLimit(limited, ROOM)).toBe(limited)
    expect(() => withMemoryLimit(bytes, 0)).toThrow(/begins with \d+ pages/)
  })

  /** How a guest that allocates eight bytes for each of so many connections, and then listens, goes on. */
  const allocates = async (bytes: Uint8Array, count: number) => {
    const listens = new Error('it listens')
    const onListen = () => {
      throw listens
    }
    const { start } = await instantiateWithSockets(bytes, { args: [String(count)], stdout: 'ignore', onListen })
    return start().catch((error) => (error === listens ? 'listens' : error))
  }

  test('malloc answers NULL beyond the limit, and memory below it', async () => {
    const bytes = bytesOf('idle_connections.wasm')
    expect(await allocates(withMemoryLimit(bytes, ROOM), 4_000_000)).toBe(1)
    expect(await allocates(withMemoryLimit(bytes, ROOM), 400_000)).toBe('listens')
    expect(await allocates(bytes, 4_000_000)).toBe('listens')
  })

  test('whatever is changed in a module, the limit holds or it is refused', () => {
    const random = randomFrom(11)
    const bytes = new Uint8Array(bytesOf('echo.wasm')) // of which slice makes copies
    const where = [1200, bytes.length] // where types and imports are, and anywhere
    let refused = 0
    let valid = 0
    for (let turn = 0; turn < 3000; turn++) {
      const changed = bytes.slice(0, turn % 3 === 0 ? random() % bytes.length : bytes.length)
      for (let left = 1 + (random() % 2); left > 0; left--) changed[random() % (where[turn % 2] as number)] = random()
      let limited: Uint8Array | undefined
      try {
        limited = withMemoryLimit(changed, ROOM)
      } catch (error) {
        if (!(error instanceof MemoryLimitError)) throw error
        refused++
      }
      if (limited === undefined) continue
      const isValid = WebAssembly.validate(changed)
      expect(WebAssembly.validate(limited as Uint8Array<ArrayBuffer>)).toBe(isValid)
      if (!isValid) continue
      valid++
      expect(withMemoryLimit(limited, ROOM)).toBe(limited)
    }
    expect([refused > 100, valid > 100]).toEqual([true, true])
  })
})
