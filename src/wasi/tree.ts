import type { Directory, Link, OpenedFile, OpenRequest, Pending, Times } from './directory.js'
import type { Filestat } from './filestat.js'

/** A directory as a tree opens it; `fd` is a descriptor of it, where the tree has such. */
export interface FoundDirectory {
  readonly is: 'directory'
  readonly stat: Filestat
  readonly fd: number | undefined
}

/**
 * The calls of a file system by paths. None follows a symbolic link at the end of a path; the caller makes sure that there is none
 * before. They throw `SysError`s, or errors of Node's that have an errno.
 */
export interface Tree extends Pick<Directory, 'unfit'> {
  lstat(path: string): Filestat | undefined
  readdir(path: string): string[]
  readlink(path: string): string
  /** Opens a file or a directory. `path` is called again where the attempt is repeated. */
  open(path: () => string, request: OpenRequest): OpenedFile | FoundDirectory | Pending | Link
  makeDirectory(path: string): void
  removeDirectory(path: string): void
  unlink(path: string): void
  symlink(target: string, path: string): void
  link(from: string, to: string): void
  rename(from: string, to: string): void
  setTimes(path: string, times: Times): void
}

/** How an open directory is kept. */
export interface Held {
  /** True when its path leads to it for the whole of a call, whatever other processes do. */
  readonly isCertain: boolean
  /** A path of it for the next call, without a slash at its end. `ENOENT` when the directory was removed or cannot be found. */
  path(): string
  stat(): Filestat
  /** Opens a directory in it, until the walk that needs it is over. */
  enter(name: string): Held | Link
  /** Opens one below several names at once, if there is a way and none of them is a link. */
  enterAll?(names: readonly string[]): Held | undefined
  /** Keeps a directory that was opened in it, or without a name itself once more. */
  keep(name: string | undefined, found: FoundDirectory): Held
  sync(): void
  close(): void
  /** Notes that a directory in it has been renamed, for those that are kept by names. */
  moved?(name: string, to: Held, newName: string): void
  removed?(name: string): void
}
