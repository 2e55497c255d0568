import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { SysError } from '../../src/posix/errno.js'
import { type Directory, LINK, type OpenRequest } from '../../src/wasi/directory.js'
import { hostFiles } from '../../src/wasi/host-files.js'
import { memoryFiles } from '../../src/wasi/memory-files.js'
import { type Following, type Found, follow, type Root } from '../../src/wasi/paths.js'
import type { Preopen } from '../../src/wasi/provider.js'
import { nativeHere } from '../support/native.js'

/* One suite for every kind of directory: what its calls do with single names, and how paths are followed over it. */
const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-directories-')))
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))
const newFolder = () => fs.mkdtempSync(path.join(folder, 'root-'))

/** None where the system's own calls cannot be had: then it is the first kind once more. */
const means = nativeHere()
const calls = () => (typeof means === 'string' ? undefined : means.calls)
const onHost = (options?: Parameters<typeof hostFiles>[1]) => hostFiles({ '/data': newFolder() }, options).preopens[0]
const kinds: readonly [string, () => Preopen | undefined][] = [
  ['of the host, by descriptor', () => onHost()],
  ["of the host, by the system's calls", () => onHost({ calls })],
  ['of the host, by names', () => onHost({ byDescriptor: false })],
  ['in memory', () => memoryFiles().preopens[0]],
]

const plain: OpenRequest = {
  access: 'read',
  creates: false,
  isExclusive: false,
  truncates: false,
  mustBeDirectory: false,
  nonBlocking: false,
  appends: false,
  syncs: undefined,
}
const creating: OpenRequest = { ...plain, access: 'both', creates: true }

function put(directory: Directory, name: string, text: string): void {
  const opened = directory.open(name, creating)
  if (opened === LINK || opened.is !== 'file') throw new Error(`${name} was not made`)
  opened.file.write([Buffer.from(text)], 0n)
  opened.file.close()
}

function contents(found: Found): string {
  const opened = found.open(plain)
  if (opened.is !== 'file') return 'no file'
  const into = new Uint8Array(20)
  const length = Number(opened.file.read([into], 0n))
  opened.file.close()
  return Buffer.from(into.subarray(0, length)).toString()
}

function entered(directory: Directory, name: string): Directory {
  const inner = directory.enter(name)
  if (inner === LINK) throw new Error(`${name} is a link`)
  return inner
}

const errnoOf = (call: () => unknown) => {
  try {
    return String(call())
  } catch (error) {
    if (error instanceof SysError) return error.errno
    throw error
  }
}

describe.each(kinds)('a directory %s', (_, make) => {
  let directory: Directory
  beforeEach(() => {
    directory = (make() as Preopen).open()
    directory.makeDirectory('a')
    const a = entered(directory, 'a')
    a.makeDirectory('b')
    const b = entered(a, 'b')
    put(b, 'file', 'deep')
    b.symlink('../x', 'up')
    b.symlink('../../top', 'top')
    b.symlink('../../../out', 'out')
    b.symlink('/data/top', 'absolute')
    b.symlink('/top', 'outside')
    put(a, 'x', 'in a')
    put(directory, 'top', 'at the top')
    a.symlink('b/', 'to-b')
    a.symlink('loop', 'loop')
    for (const each of [b, a]) each.close()
    return () => directory.close()
  })

  const root: Root = { name: '/data', isTop: false, takesAbsolute: false }
  const at = <T>(where: string, following: Following, act: (found: Found) => T) =>
    follow({ directory, root }, where, following, act)

  test.each([
    ['top', 'at the top'],
    ['a/x', 'in a'],
    ['a/b/file', 'deep'],
    ['a/b/../x', 'in a'],
    ['a/b/../../top', 'at the top'],
    ['a/../a/b/../b/file', 'deep'],
    ['./a/./b//file', 'deep'],
    ['a/b/up', 'in a'],
    ['a/b/top', 'at the top'],
    ['a/to-b/file', 'deep'],
    ['a/to-b/up', 'in a'],
    ['a/to-b/../x', 'in a'],
    ['a/to-b/../b/top', 'at the top'],
    ['a/b/absolute', 'at the top'],
    ['a/to-b', 'no file'],
    ['a/b/out', 'ENOTCAPABLE'],
    ['a/b/outside', 'ENOTCAPABLE'],
    ['a/b/../../../top', 'ENOTCAPABLE'],
    ['../top', 'ENOTCAPABLE'],
    ['/top', 'ENOTCAPABLE'],
    ['a/loop', 'ELOOP'],
    ['a/loop/x', 'ELOOP'],
    ['a/none/x', 'ENOENT'],
    ['none', 'ENOENT'],
    ['a/x/y', 'ENOTDIR'],
    ['a/x/../b', 'ENOTDIR'],
    ['a/b/file/', 'ENOTDIR'],
    ['top/.', 'ENOTDIR'],
    ['', 'ENOENT'],
    ['a\0b', 'EINVAL'],
    [`a/${'n'.repeat(256)}`, 'ENAMETOOLONG'],
    [`${'n'.repeat(256)}/x`, 'ENAMETOOLONG'],
    ['a/'.repeat(2100), 'ENAMETOOLONG'],
  ])('leads along %j to %j', (where, what) => {
    expect(errnoOf(() => at(where, 'always', contents))).toBe(what)
  })

  test.each([
    ['a/b/../x', ['a', 'x']],
    ['a/to-b/file', ['a', 'b', 'file']],
    ['a/b/.', ['a', 'b']],
    ['a/b/..', ['a']],
    ['.', []],
  ])('knows the names that %s leads to', (where, names) => {
    expect(at(where, 'always', (found) => found.entry() && found.names)).toEqual(names)
  })

  test.each<[string, (directory: Directory) => unknown, string]>([
    ['makeDirectory of one', (it) => it.makeDirectory('a'), 'EEXIST'],
    ['makeDirectory of a file', (it) => it.makeDirectory('top'), 'EEXIST'],
    ['removeDirectory of a file', (it) => it.removeDirectory('top'), 'ENOTDIR'],
    ['removeDirectory of a full one', (it) => it.removeDirectory('a'), 'ENOTEMPTY'],
    ['removeDirectory of nothing', (it) => it.removeDirectory('none'), 'ENOENT'],
    ['unlink of a directory', (it) => it.unlink('a'), 'EISDIR'],
    ['unlink of nothing', (it) => it.unlink('none'), 'ENOENT'],
    ['symlink onto a file', (it) => it.symlink('x', 'top'), 'EEXIST'],
    ['link onto a file', (it) => it.link('top', it, 'a'), 'EEXIST'],
    ['link of a directory', (it) => it.link('a', it, 'new'), 'EPERM'],
    ['rename of a file onto a directory', (it) => it.rename('top', it, 'a'), 'EISDIR'],
    ['rename of a directory onto a file', (it) => it.rename('a', it, 'top'), 'ENOTDIR'],
    ['rename of a directory into itself', (it) => it.rename('a', entered(it, 'a'), 'c'), 'EINVAL'],
    ['rename of nothing', (it) => it.rename('none', it, 'new'), 'ENOENT'],
    ['readlink of a file', (it) => it.readlink('top'), 'EINVAL'],
    ['readlink of nothing', (it) => it.readlink('none'), 'ENOENT'],
    ['enter of a file', (it) => it.enter('top'), 'ENOTDIR'],
    ['enter of nothing', (it) => it.enter('none'), 'ENOENT'],
    ['enter of a link', (it) => entered(it, 'a').enter('to-b') === LINK, 'true'],
    ['lstat of nothing', (it) => it.lstat('none'), 'undefined'],
    ['open of a link', (it) => entered(it, 'a').open('to-b', plain) === LINK, 'true'],
    [
      'open of a link as a directory',
      (it) => entered(it, 'a').open('to-b', { ...plain, mustBeDirectory: true }) === LINK,
      'true',
    ],
    ['open of a new link', (it) => entered(it, 'a').open('to-b', { ...creating, isExclusive: true }), 'EEXIST'],
    ['open of a directory for writing', (it) => it.open('a', { ...plain, access: 'both' }), 'EISDIR'],
    ['list', (it) => it.list().filter((name) => name !== 'dev'), 'a,top'], // which files in memory begin with
  ])('%s', (_what, act, errno) => {
    expect(errnoOf(() => act(directory))).toBe(errno)
  })

  test.each(['', '.', '..', 'a/b', 'a\0'])('takes %j for a mistake of the program, not for a name', (name) => {
    expect(() => directory.lstat(name)).toThrow(TypeError)
    expect(() => directory.enter(name)).toThrow(TypeError)
    expect(() => directory.open(name, creating)).toThrow(TypeError)
  })

  test('a file that is replaced by rename is gone, and its directory can be removed', () => {
    directory.makeDirectory('d')
    const d = entered(directory, 'd')
    put(d, 'one', '1')
    put(d, 'two', '2')
    d.rename('one', d, 'two')
    expect(d.list()).toEqual(['two'])
    d.unlink('two')
    d.close()
    directory.removeDirectory('d')
    expect(directory.lstat('d')).toBeUndefined()
  })

  test('a stat has permission bits, owners and blocks', () => {
    const stat = directory.lstat('top')
    expect(stat && { type: stat.mode & 0o170000, ...stat }).toMatchObject({ type: 0o100000, size: 10n, links: 1n })
    expect([typeof stat?.uid, typeof stat?.gid, typeof stat?.blockSize]).toEqual(['number', 'number', 'bigint'])
    expect(stat?.blocks).toBeGreaterThan(0n)
  })
})
