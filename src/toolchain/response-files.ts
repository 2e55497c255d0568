import fs from 'node:fs'
import path from 'node:path'
import { UsageError } from './toolchain-error.js'

/** More text than any build has, and less than would fill the memory: files may name one another, and devices never end. */
const MOST_BYTES = 16 * 1024 * 1024

/**
 * Replaces each `@file` by the arguments in that file, as LLVM's tools do. It counts anywhere, even as the value of an option. One that
 * cannot be read, or that contains itself, stays as it is: the tool then says so in its own words.
 */
export function expandResponseFiles(args: readonly string[]): string[] {
  const budget = { bytes: MOST_BYTES }
  return args.flatMap((arg) => expanded(arg, [], budget))
}

function expanded(arg: string, within: readonly string[], budget: { bytes: number }): string[] {
  if (!/^@./s.test(arg)) return [arg]
  const file = path.resolve(arg.slice(1))
  if (within.includes(file)) return [arg]
  const text = textOf(file, budget)
  return text === undefined ? [arg] : wordsOf(text).flatMap((word) => expanded(word, [...within, file], budget))
}

function textOf(file: string, budget: { bytes: number }): string | undefined {
  let fd: number
  try {
    fd = fs.openSync(file, 'r')
  } catch {
    return undefined
  }
  try {
    return decoded(contentOf(fd, budget))
  } catch (error) {
    if (error instanceof UsageError) throw error
    return undefined // a folder
  } finally {
    fs.closeSync(fd)
  }
}

/** A file may be a pipe, as a shell's `<(…)` is: it can be read once, and has no size. */
function contentOf(fd: number, budget: { bytes: number }): Buffer {
  const pieces: Buffer[] = []
  for (;;) {
    const piece = Buffer.allocUnsafe(65536)
    const length = fs.readSync(fd, piece)
    if (length === 0) return Buffer.concat(pieces)
    budget.bytes -= length
    if (budget.bytes < 0) throw new UsageError('the response files (@file) of this call have more than 16 MiB')
    pieces.push(piece.subarray(0, length))
  }
}

function decoded(bytes: Buffer): string {
  const mark = bytes.toString('latin1', 0, 2)
  const encoding = mark === '\xff\xfe' ? 'utf-16le' : mark === '\xfe\xff' ? 'utf-16be' : 'utf-8'
  return new TextDecoder(encoding).decode(bytes) // without the byte order mark
}

/** Splits as LLVM does: as a POSIX shell would, except that a backslash counts in both kinds of quotes. A word without characters is none. */
function wordsOf(text: string): string[] {
  const words: string[] = []
  let word = ''
  let quote = ''
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string
    if (char === '\\' && at + 1 < text.length) word += text[++at]
    else if (char === quote) quote = ''
    else if (quote !== '') word += char
    else if (char === "'" || char === '"') quote = char
    else if (!/[ \t\r\n]/.test(char)) word += char
    else {
      if (word !== '') words.push(word)
      word = ''
    }
  }
  return (word === '' ? words : [...words, word]).map((each) => each.split('\0', 1)[0] as string) // a C string ends there
}

/** Returns the text of a response file that stands for these arguments. */
export function responseText(args: readonly string[]): string {
  return args.map((arg) => arg.replace(/[\s\\'"]/g, '\\$&')).join('\n')
}
