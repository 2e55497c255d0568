import type { Again } from '../network/network.js'
import { SysError } from '../posix/errno.js'
import { type Directory, type FileHandle, LINK, type Link, type Opened, type OpenRequest } from './directory.js'
import { type Filestat, isDirectory, isRegularFile } from './filestat.js'

/** A directory in a file system that is mounted read-only, as Linux has it: `EROFS` for each change. */
export class ReadOnlyDirectory implements Directory {
  readonly unfit: RegExp | undefined
  readonly #whole: Directory

  constructor(whole: Directory) {
    this.#whole = whole
    this.unfit = whole.unfit
  }

  stat(): Filestat {
    return this.#whole.stat()
  }

  lstat(name: string): Filestat | undefined {
    return this.#whole.lstat(name)
  }

  list(): string[] {
    return this.#whole.list()
  }

  readlink(name: string): string {
    return this.#whole.readlink(name)
  }

  enter(name: string): Directory | Link {
    const entered = this.#whole.enter(name)
    return entered === LINK ? LINK : new ReadOnlyDirectory(entered)
  }

  enterAll(names: readonly string[]): Directory | undefined {
    const entered = this.#whole.enterAll(names)
    return entered && new ReadOnlyDirectory(entered)
  }

  /** open(2): nothing is made, and no regular file is written to. What is no file of the disk, such as a device, can be. */
  open(name: string | undefined, request: OpenRequest): Opened | Link {
    const writes = request.truncates || request.access !== 'read'
    if (name !== undefined && (writes || request.creates)) this.#ensureUnchanged(name, request)
    const opened = this.#whole.open(name, { ...request, creates: false, isExclusive: false, truncates: false })
    if (opened === LINK || opened.is === 'pending') return opened
    if (opened.is === 'directory') return { ...opened, directory: new ReadOnlyDirectory(opened.directory) }
    if (writes && isRegularFile(opened.stat)) {
      opened.file.close()
      throw new SysError('EROFS') // another process has put it there just now
    }
    return { ...opened, file: new ReadOnlyFile(opened.file) }
  }

  makeDirectory(name: string): void {
    this.refuseToMake(name)
  }

  symlink(_: string, name: string): void {
    this.refuseToMake(name)
  }

  link(_: string, to: Directory, newName: string): void {
    throw new SysError(to.lstat(newName) === undefined ? acrossOr(to) : 'EEXIST')
  }

  rename(_: string, to: Directory): void {
    throw new SysError(acrossOr(to))
  }

  removeDirectory(): void {
    throw new SysError('EROFS')
  }

  unlink(): void {
    throw new SysError('EROFS')
  }

  setTimes(): void {
    throw new SysError('EROFS')
  }

  sync(): void {
    this.#whole.sync()
  }

  close(): void {
    this.#whole.close()
  }

  #ensureUnchanged(name: string, { creates, isExclusive, truncates, access }: OpenRequest): void {
    const stat = this.lstat(name)
    if (stat === undefined) {
      if (creates) throw new SysError('EROFS')
      return // which is ENOENT
    }
    if (creates && isExclusive) throw new SysError('EEXIST')
    if (isRegularFile(stat) && (truncates || access !== 'read')) throw new SysError('EROFS')
    if (isDirectory(stat) && creates) throw new SysError('EISDIR')
  }

  /** Linux looks for the name first. */
  refuseToMake(name: string): never {
    throw new SysError(this.lstat(name) === undefined ? 'EROFS' : 'EEXIST')
  }
}

/** What link(2) and rename(2) say of another file system, before they say that this one cannot be changed. */
function acrossOr(to: Directory): 'EXDEV' | 'EROFS' {
  return to instanceof ReadOnlyDirectory ? 'EROFS' : 'EXDEV'
}

/** A file in such a directory: its times cannot be set either, by whatever it was opened for. */
class ReadOnlyFile implements FileHandle {
  readonly isTerminal: boolean
  readonly #whole: FileHandle

  constructor(whole: FileHandle) {
    this.#whole = whole
    this.isTerminal = whole.isTerminal
  }

  get appends(): boolean {
    return this.#whole.appends
  }

  stat(): Filestat {
    return this.#whole.stat()
  }

  read(buffers: readonly Uint8Array[], offset?: bigint): number | Again {
    return this.#whole.read(buffers, offset)
  }

  /** Of a device or a FIFO. */
  write(buffers: readonly Uint8Array[], offset?: bigint): number | Again {
    return this.#whole.write(buffers, offset)
  }

  setSize(size: bigint): void {
    this.#whole.setSize(size)
  }

  setTimes(): void {
    throw new SysError('EROFS')
  }

  sync(isDataOnly: boolean): void {
    this.#whole.sync(isDataOnly)
  }

  setAppends(appends: boolean): void {
    this.#whole.setAppends(appends)
  }

  close(): void {
    this.#whole.close()
  }
}
