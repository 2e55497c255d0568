import { describe, expect, test } from 'vitest'
import { formatCall, traced } from '../../src/abi/trace.js'
import { showAddress } from '../../src/posix/address.js'
import {
  printable,
  printableAscii,
  printableJson,
  printableName,
  printableNames,
  quoted,
} from '../../src/posix/printable.js'

/** A kind of character, some of it, and what a terminal is shown in place of the first. */
const unsafe: [string, readonly string[], string][] = [
  ['escapes and other C0', Array.from({ length: 32 }, (_, code) => String.fromCharCode(code)), '\\u{0}'],
  ['DEL', ['\x7f'], '\\u{7f}'],
  ['C1', Array.from({ length: 32 }, (_, code) => String.fromCharCode(0x80 + code)), '\\u{80}'],
  ['embeddings and overrides of direction', [...'\u202a\u202b\u202c\u202d\u202e'], '\\u{202a}'],
  ['isolates', [...'\u2066\u2067\u2068\u2069'], '\\u{2066}'],
  ['marks of direction', [...'\u200e\u200f\u061c'], '\\u{200e}'],
  ['ends of lines and paragraphs', ['\u2028', '\u2029'], '\\u{2028}'],
  ['lone surrogates', ['\ud800', '\udfff'], '\\u{d800}'],
  ['letters of no width', ['\u200b', '\u200d', '\u2060', '\ufeff', '\u00ad'], '\\u{200b}'],
  ['tags', ['\u{e0001}', '\u{e0041}'], '\\u{e0001}'],
  ['private use', ['\ue000', '\u{10fffd}'], '\\u{e000}'],
]

describe.each(unsafe)('%s', (_, characters, first) => {
  test('are shown by their numbers', () => {
    for (const character of characters) {
      const shown = printable(`a${character}b`)
      expect(shown).toBe(`a\\u{${character.codePointAt(0)?.toString(16)}}b`)
      expect(printable(shown)).toBe(shown)
    }
    expect(printable(characters[0] ?? '')).toBe(first)
  })

  test('are escaped in JSON, which means the same', () => {
    for (const character of characters) {
      const value = { [`a${character}`]: [character, `b${character}c`] }
      const json = printableJson(value)
      expect(json).toMatch(/^[\x20-\x7e]+$/)
      expect(JSON.parse(json)).toEqual(value)
      expect(JSON.parse(quoted(character))).toBe(character)
    }
  })
})

test('other letters stay', () => {
  const text = 'Grüße, 日本語, ﷽, é, 👍 … ~ "\\'
  expect(printable(text)).toBe(text)
  expect(printableJson(text)).toBe(JSON.stringify(text))
  expect(printableAscii(text)).toMatch(/^[\x20-\x7e]+$/)
})

test('JSON of several lines keeps them', () => {
  expect(printableJson({ a: ['\n'] }, 2)).toBe('{\n  "a": [\n    "\\n"\n  ]\n}')
})

test('names are cut off, lists name some and count the others', () => {
  expect(printableName(`${'x'.repeat(120)}yz`)).toBe(`${'x'.repeat(120)}…`)
  expect(printableName(`${'x'.repeat(119)}\u{1f600}`)).toBe(`${'x'.repeat(119)}\\u{d83d}…`)
  expect(printableNames(['a', '\x1b', 'c'])).toBe('a, \\u{1b}, c')
  expect(printableNames(['a', 'b', 'c', 'd'], 2)).toBe('a, b, and 2 more')
  expect(printableNames([])).toBe('')
})

test('a trace shows arguments, addresses and errors that only are shown', () => {
  const hostile = '\x1b[2J\u009b\x7f\u202e\u2028\n'
  const lines: string[] = []
  const param = { names: ['a'], decode: () => 0, show: () => hostile }
  const run = (act: () => never) =>
    traced(
      'call',
      [param],
      { args: [1], now: () => 0, trace: (event) => lines.push(formatCall(event), printableJson(event)) },
      (keep) => {
        keep([1])
        return act()
      },
    )
  const fail = () =>
    run(() => {
      throw new Error(hostile)
    })
  expect(fail).toThrow()
  expect(lines.length).toBe(2)
  for (const line of [...lines, showAddress({ family: 'unix', path: `/run/${hostile}` })])
    expect(line).toMatch(/^[\x20-\x7e]+$/)
})
