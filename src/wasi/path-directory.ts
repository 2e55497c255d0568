import { SysError } from '../posix/errno.js'
import {
  type Directory,
  LINK,
  type Link,
  type Opened,
  type OpenedFile,
  type OpenRequest,
  type Times,
} from './directory.js'
import { type Filestat, isSameFile, sysErrorOf } from './filestat.js'
import type { FoundDirectory, Held, Tree } from './tree.js'

/** An open directory of a file system whose calls take paths. */
export class PathDirectory implements Directory {
  readonly unfit: RegExp | undefined
  readonly #tree: Tree
  readonly #held: Held

  constructor(tree: Tree, held: Held) {
    this.#tree = tree
    this.#held = held
    this.unfit = tree.unfit
  }

  stat(): Filestat {
    return this.#do(() => this.#held.stat())
  }

  lstat(name: string): Filestat | undefined {
    return this.#do(() => this.#tree.lstat(this.#at(name)))
  }

  list(): string[] {
    return this.#do(() => this.#tree.readdir(`${this.#held.path()}/`))
  }

  readlink(name: string): string {
    return this.#do(() => this.#tree.readlink(this.#at(name)))
  }

  enter(name: string): Directory | Link {
    const entered = this.#do(() => this.#held.enter(checked(name)))
    return entered === LINK ? LINK : new PathDirectory(this.#tree, entered)
  }

  enterAll(names: readonly string[]): Directory | undefined {
    const entered = this.#held.enterAll?.(names)
    return entered && new PathDirectory(this.#tree, entered)
  }

  open(name: string | undefined, request: OpenRequest): Opened | Link {
    const path = () => (name === undefined ? `${this.#held.path()}/.` : this.#at(name))
    return this.#do(() => {
      const opened = this.#held.isCertain ? this.#tree.open(path, request) : this.#openConfirmed(path, request)
      if (opened === LINK || opened.is !== 'directory') return opened
      const directory = new PathDirectory(this.#tree, this.#held.keep(name, opened))
      return { is: 'directory', directory, stat: opened.stat }
    })
  }

  makeDirectory(name: string): void {
    this.#do(() => this.#tree.makeDirectory(this.#at(name)))
  }

  removeDirectory(name: string): void {
    this.#do(() => this.#tree.removeDirectory(this.#at(name)))
    this.#held.removed?.(name)
  }

  unlink(name: string): void {
    this.#do(() => this.#tree.unlink(this.#at(name)))
  }

  symlink(target: string, name: string): void {
    this.#do(() => this.#tree.symlink(target, this.#at(name)))
  }

  link(name: string, to: Directory, newName: string): void {
    this.#do(() => this.#tree.link(this.#at(name), this.#sibling(to).#at(newName)))
  }

  rename(name: string, to: Directory, newName: string): void {
    const sibling = this.#sibling(to)
    this.#do(() => this.#tree.rename(this.#at(name), sibling.#at(newName)))
    this.#held.moved?.(name, sibling.#held, newName)
  }

  setTimes(name: string | undefined, times: Times): void {
    this.#do(() => this.#tree.setTimes(name === undefined ? `${this.#held.path()}/.` : this.#at(name), times))
  }

  sync(): void {
    this.#do(() => this.#held.sync())
  }

  close(): void {
    this.#held.close()
  }

  #at(name: string): string {
    return `${this.#held.path()}/${checked(name)}`
  }

  #do<T>(act: () => T): T {
    try {
      return act()
    } catch (error) {
      throw sysErrorOf(error)
    }
  }

  #sibling(other: Directory): PathDirectory {
    if (other instanceof PathDirectory && other.#tree === this.#tree) return other
    throw new SysError('EXDEV')
  }

  /** What was opened must be in this directory afterwards, too; nothing of a file is changed before that is known. */
  #openConfirmed(
    path: () => string,
    request: OpenRequest,
  ): OpenedFile | FoundDirectory | Link | Extract<Opened, { is: 'pending' }> {
    const opened = this.#tree.open(path, { ...request, truncates: false })
    if (opened === LINK || opened.is === 'pending') return opened
    try {
      if (!isSameFile(this.#tree.lstat(path()), opened.stat)) throw new SysError('ENOENT')
      if (request.truncates && opened.is === 'file') opened.file.setSize(0n)
      return opened
    } catch (error) {
      if (opened.is === 'file') opened.file.close()
      else this.#held.keep(undefined, opened).close()
      throw error
    }
  }
}

/** One name: anything else would lead elsewhere. Paths are taken apart before. */
function checked(name: string): string {
  if (name === '' || name === '.' || name === '..' || name.includes('/') || name.includes('\0'))
    throw new TypeError(`${JSON.stringify(name)} is no name in a directory`)
  return name
}
