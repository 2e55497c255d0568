import type { BigIntStats } from 'node:fs'
import path from 'node:path'
import type { WasmFs } from '@wasmer/wasmfs'
import { SysError } from '../posix/errno.js'
import { FILETYPE_SYMBOLIC_LINK, type Filestat } from './structures.js'
import { filestatOf, lookedUp, type Tree } from './tree.js'

type Fs = WasmFs['fs']
/** What `@wasmer/wasi` takes as a file system. */
type Bound = Record<string, unknown>

/**
 * A file system of `@wasmer/wasmfs` that loses nothing: as it comes, a file does not grow when its size is set, a gap before what is
 * written has whatever the process's memory had there, reading past the end counts below zero, a symbolic link is kept as an absolute
 * path, and what is in a directory cannot be opened once that has been renamed.
 */
export function mended(given: Fs): { fs: Bound; tree: Tree } {
  /** What relative links say, by their inodes. Where they lead, by its own reckoning, is kept in the file system for the host to follow. */
  const targets = new Map<bigint, string>()
  const tree = treeOf(given, targets)
  return { tree, fs: { ...given, ...naming(given), ...growing(given) } }
}

function naming(given: Fs) {
  return {
    /** No path that a provider is given has links in it. */
    realpathSync(path: string): string {
      given.lstatSync(path)
      return path
    },
    /** Name by name. */
    renameSync(from: string, to: string): void {
      if (!given.lstatSync(from).isDirectory()) return given.renameSync(from, to)
      if (!given.existsSync(to)) given.mkdirSync(to)
      for (const name of given.readdirSync(from).map(String)) this.renameSync(`${from}/${name}`, `${to}/${name}`)
      given.rmdirSync(from)
    },
  }
}

function growing(given: Fs) {
  const sizeOf = (fd: number) => Number(given.fstatSync(fd).size)
  /** Writes zeros from the end on, in one piece: the file is copied each time that it grows. */
  const growTo = (fd: number, size: number) => {
    const end = sizeOf(fd)
    if (size > end) given.writeSync(fd, Buffer.alloc(size - end), 0, size - end, end)
  }
  return {
    readSync(fd: number, into: Uint8Array, offset: number, length: number, at: number): number {
      return at >= sizeOf(fd) ? 0 : given.readSync(fd, into as never, offset, length, at)
    },
    writeSync(fd: number, from: Uint8Array, offset: number, length: number, at: number): number {
      growTo(fd, at)
      return given.writeSync(fd, Buffer.from(from.buffer, from.byteOffset, from.byteLength), offset, length, at)
    },
    ftruncateSync(fd: number, size: number) {
      if (size <= sizeOf(fd)) given.ftruncateSync(fd, size)
      else growTo(fd, size)
    },
  }
}

function treeOf(fs: Fs, targets: Map<bigint, string>): Tree {
  const stat = (path: string) => filestatOf(fs.lstatSync(path, { bigint: true } as never) as unknown as BigIntStats)
  const readlink = (path: string) => targets.get(stat(path).inode) ?? String(fs.readlinkSync(path))
  const withLength = (entry: Filestat, path: string) =>
    entry.filetype === FILETYPE_SYMBOLIC_LINK ? { ...entry, size: BigInt(Buffer.byteLength(readlink(path))) } : entry
  return {
    lstat: (path) => lookedUp(() => withLength(stat(path), path)),
    readlink,
    symlink(target, at) {
      fs.symlinkSync(path.posix.resolve(path.posix.dirname(at), target), at)
      targets.set(stat(at).inode, target)
    },
    readdir: (path) => fs.readdirSync(path).map(String),
    setTimes(path, { accessed, modified }) {
      if (stat(path).filetype === FILETYPE_SYMBOLIC_LINK) throw new SysError('EOPNOTSUPP')
      fs.utimesSync(path, Number(accessed) / 1e9, Number(modified) / 1e9)
    },
  }
}
