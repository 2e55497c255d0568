import type { BigIntStats } from 'node:fs'
import path from 'node:path'
import type { WasmFs } from '@wasmer/wasmfs'
import { SysError } from '../../posix/errno.js'
import { LINK, type OpenedFile, type OpenRequest, type Times } from '../directory.js'
import { type Filestat, filestatOf, isDirectory, isLink } from '../filestat.js'
import { OF_FILES, RIGHT_READ, WRITING } from '../rights.js'
import type { FoundDirectory, Tree } from '../tree.js'
import { MemoryFile, type Storage } from './memory-file.js'
import type { MendedFs } from './mended-fs.js'
import { OpenCounts } from './open-counts.js'

const [CREATE, EXCLUSIVE, TRUNCATE] = [1, 4, 8]
/** The number that `@wasmer/wasi` gives to its one directory, `/`. */
const ROOT = 3
/** A path of Linux is shorter. Without a bound, directories in each other would take memory by the square of their number. */
const PATH_MAX = 4096

/** The names in a file system of `@wasmer/wasmfs`. */
export class MemoryTree implements Tree {
  /** The file system keeps names as those of an object's members. */
  readonly unfit = /^__proto__$/
  readonly #storage: Storage
  readonly #mended: MendedFs
  readonly #open = new OpenCounts()
  /** What symbolic links say, by their inodes. In the file system is where they lead, by its own reckoning, for the host to follow. */
  readonly #targets = new Map<bigint, string>()

  constructor(storage: Storage, mended: MendedFs) {
    this.#storage = storage
    this.#mended = mended
  }

  lstat(path: string): Filestat | undefined {
    const stat = this.#stat(path)
    if (!isLink(stat)) return stat
    return stat && { ...stat, size: BigInt(Buffer.byteLength(this.readlink(path))) }
  }

  readdir(path: string): string[] {
    return this.#fs.readdirSync(path).map(String)
  }

  readlink(path: string): string {
    const inode = this.#stat(path)?.inode
    return (inode === undefined ? undefined : this.#targets.get(inode)) ?? String(this.#fs.readlinkSync(path))
  }

  open(path: () => string, request: OpenRequest): OpenedFile | FoundDirectory | typeof LINK {
    const [at, before] = [path(), this.#stat(path())]
    if (isLink(before)) return LINK
    if (before !== undefined && isDirectory(before)) return { is: 'directory', stat: before, fd: undefined }
    if (before === undefined) this.#makeEntry(at)
    try {
      return this.#opened(at, request, before)
    } catch (error) {
      if (before === undefined) this.#storage.room.giveEntry(at)
      throw error
    }
  }

  makeDirectory(path: string): void {
    this.#makeEntry(path)
    this.#fs.mkdirSync(path)
  }

  removeDirectory(path: string): void {
    if (this.readdir(path).length > 0) throw new SysError('ENOTEMPTY')
    this.#remove(path)
  }

  unlink(path: string): void {
    this.#remove(path)
  }

  symlink(target: string, at: string): void {
    this.#makeEntry(at, target)
    this.#fs.symlinkSync(path.posix.resolve(path.posix.dirname(at), target), at)
    this.#targets.set((this.#stat(at) as Filestat).inode, target)
  }

  link(from: string, to: string): void {
    this.#makeEntry(to)
    this.#fs.linkSync(from, to)
  }

  /** What is replaced is removed first: the file system would keep it, without a name. */
  rename(from: string, to: string): void {
    const { count, longest } = measured(this.#linkAt(from))
    const longer = to.length - from.length
    if (longest + longer >= PATH_MAX) throw new SysError('ENAMETOOLONG')
    this.#storage.room.lengthen(count, longer)
    if (this.#stat(to) !== undefined) this.#remove(to)
    this.#fs.renameSync(from, to)
    renamed(this.#linkAt(to))
  }

  setTimes(path: string, { accessed, modified }: Times): void {
    if (isLink(this.#stat(path))) throw new SysError('EOPNOTSUPP')
    this.#fs.utimesSync(path, Number(accessed) / 1e9, Number(modified) / 1e9)
  }

  get #fs(): WasmFs['fs'] {
    return this.#storage.wasmFs.fs
  }

  #stat(path: string): Filestat | undefined {
    const link = this.#storage.wasmFs.volume.getLink(stepsOf(path))
    if (link === null) return undefined
    return filestatOf(this.#fs.lstatSync(path, { bigint: true } as never) as unknown as BigIntStats)
  }

  #linkAt(path: string): NamedNode {
    return this.#storage.wasmFs.volume.getLink(stepsOf(path)) as unknown as NamedNode
  }

  #makeEntry(at: string, text = ''): void {
    if (at.length >= PATH_MAX) throw new SysError('ENAMETOOLONG')
    this.#storage.room.takeEntry(at, text)
  }

  /** The file system forgets a directory only when it is unlinked as a file is. */
  #remove(path: string): void {
    const stat = this.#stat(path) as Filestat
    const { room } = this.#storage
    const text = isLink(stat) ? this.#targets.get(stat.inode) : undefined
    this.#fs.unlinkSync(path)
    room.giveEntry(path, text)
    if (stat.links > 1n) return
    this.#targets.delete(stat.inode)
    if (this.#open.unlinked(stat.inode) && !isDirectory(stat) && !isLink(stat)) room.take(-Number(stat.size))
  }

  #opened(at: string, request: OpenRequest, before: Filestat | undefined): OpenedFile {
    const { exchange, room } = this.#storage
    const oflags =
      (request.creates ? CREATE : 0) | (request.isExclusive ? EXCLUSIVE : 0) | (request.truncates ? TRUNCATE : 0)
    const rights = rightsOf(request)
    const number = exchange.askNumber('path_open', ROOT, 0, at.slice(1), oflags, rights, OF_FILES, 0)
    if (request.truncates && before !== undefined) room.take(-Number(before.size))
    const { inode } = before ?? (this.#stat(at) as Filestat)
    const count = this.#open.opened(inode)
    const file = new MemoryFile(this.#storage, { number, fd: this.#mended.lastOpened, count })
    return { is: 'file', file, stat: file.stat() }
  }
}

/** The rights by which `@wasmer/wasi` opens a file for reading, for writing or for both, and refuses nothing else. */
function rightsOf({ access }: OpenRequest): bigint {
  const rest = OF_FILES & ~(WRITING | RIGHT_READ)
  return rest | (access === 'read' ? 0n : WRITING) | (access === 'write' ? 0n : RIGHT_READ)
}

/** A name in the file system, and the names in it. */
interface NamedNode {
  readonly children: Readonly<Record<string, NamedNode>>
  /** The names that lead to it. */
  steps: string[]
}

function stepsOf(path: string): string[] {
  return path.split('/').filter((name) => name !== '' && name !== '.')
}

/** How many names there are in and below one, and the length of the longest path. */
function measured({ steps, children }: NamedNode): { count: number; longest: number } {
  let [count, longest] = [1, steps.join('/').length]
  for (const child of Object.values(children)) {
    const below = measured(child)
    count += below.count
    longest = Math.max(longest, below.longest)
  }
  return { count, longest }
}

/** Tells what is below a name that it leads there by another path now. */
function renamed({ steps, children }: NamedNode): void {
  for (const [name, child] of Object.entries(children)) {
    child.steps = [...steps, name]
    renamed(child)
  }
}
