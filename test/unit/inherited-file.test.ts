import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type InheritedFile, inheritedFile } from '../../src/wasi/inherited-file.js'

/* A regular file as a standard descriptor: `program < file`. */
let folder = ''
let fd = -1
let file: InheritedFile
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-'))
  fs.writeFileSync(path.join(folder, 'input'), 'abcdefgh')
  fd = fs.openSync(path.join(folder, 'input'), 'r+')
  file = inheritedFile(fd) as InheritedFile
})
afterEach(() => {
  fs.closeSync(fd)
  fs.rmSync(folder, { recursive: true })
})

function read(count: number): string {
  const into = new Uint8Array(count)
  return new TextDecoder().decode(into.subarray(0, file.read(into)))
}

test('is read from where the one who opened it stood, and moves that place on', () => {
  fs.readSync(fd, new Uint8Array(2))
  expect(read(3)).toBe('cde')
  expect(fs.readSync(fd, new Uint8Array(8))).toBe(3)
})

test.each([
  ['start', 2, 2, 'cd'],
  ['current', -1, 2, 'cd'],
  ['end', -1, 7, 'h'],
  ['end', 5, 13, ''],
] as const)('seeks from the %s by %i', (whence, offset, place, then) => {
  read(3)
  expect(file.seek(offset, whence)).toBe(place)
  expect(file.tell()).toBe(place)
  expect(read(2)).toBe(then)
  expect(file.tell()).toBe(place + then.length)
})

test('does not seek before its start, and stays where it was', () => {
  read(3)
  expect(file.seek(-4, 'current')).toBeUndefined()
  expect(read(1)).toBe('d')
})

test('can be overwritten in the middle', () => {
  file.seek(4, 'start')
  expect(file.write(new TextEncoder().encode('XY'))).toBe(2)
  expect(fs.readFileSync(path.join(folder, 'input'), 'utf8')).toBe('abcdXYgh')
})

test('a pipe, a device and a closed descriptor are none', () => {
  const device = fs.openSync('/dev/null', 'r')
  expect(inheritedFile(device)).toBeUndefined()
  fs.closeSync(device)
  expect(inheritedFile(device)).toBeUndefined()
})
