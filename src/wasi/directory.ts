import type { Again } from '../network/network.js'
import type { Filestat } from './filestat.js'

/** A name that is a symbolic link, which no call follows by itself. */
export const LINK = Symbol('a symbolic link')
export type Link = typeof LINK

/** How a file is opened: open(2)'s flags. */
export interface OpenRequest {
  readonly access: 'read' | 'write' | 'both'
  readonly creates: boolean
  /** With `creates`: there must be nothing yet. */
  readonly isExclusive: boolean
  readonly truncates: boolean
  readonly mustBeDirectory: boolean
  readonly nonBlocking: boolean
  readonly appends: boolean
  /** O_SYNC or O_DSYNC: whether each write, or its data, is on the disk when the call returns. */
  readonly syncs: 'all' | 'data' | undefined
}

/** A file that is open and is no directory. */
export interface FileHandle {
  /** True when each write goes to the end of the file by itself. */
  readonly appends: boolean
  readonly isTerminal: boolean
  stat(): Filestat
  /** Reads at `offset`, or where a file stands that has no offsets. Returns `AGAIN` where the guest would have to wait. */
  read(buffers: readonly Uint8Array[], offset?: bigint): number | Again
  write(buffers: readonly Uint8Array[], offset?: bigint): number | Again
  setSize(size: bigint): void
  setTimes(times: Times): void
  sync(isDataOnly: boolean): void
  /** Changes O_APPEND, where the system has it. */
  setAppends(appends: boolean): void
  close(): void
}

/** Both times of a file, in ns. */
export interface Times {
  readonly accessed: bigint
  readonly modified: bigint
}

export interface OpenedFile {
  readonly is: 'file'
  readonly file: FileHandle
  readonly stat: Filestat
}
export interface OpenedDirectory {
  readonly is: 'directory'
  readonly directory: Directory
  readonly stat: Filestat
}
/** A file that cannot be opened yet: a FIFO without its other end. */
export interface Pending {
  readonly is: 'pending'
  /** Tries again. */
  attempt(): OpenedFile | undefined
  /** Gives up. */
  close(): void
}
export type Opened = OpenedFile | OpenedDirectory | Pending

/**
 * A directory that is open. It stays this directory, whatever becomes of the names that led to it; when it is removed, its calls are
 * `ENOENT`. Each call takes one name in it, without a slash, and fails as Linux does. No call follows a symbolic link.
 */
export interface Directory {
  /** Names that the file system would take for more than a name. */
  readonly unfit?: RegExp | undefined
  stat(): Filestat
  /** Returns undefined where there is nothing of that name. */
  lstat(name: string): Filestat | undefined
  list(): string[]
  readlink(name: string): string
  /** Opens a directory in it for as long as a path is followed. */
  enter(name: string): Directory | Link
  /** Opens one below several names at once, if there is a way and none of them is a link. */
  enterAll(names: readonly string[]): Directory | undefined
  /** Opens a file or a directory in it, or without a name itself. */
  open(name: string | undefined, request: OpenRequest): Opened | Link
  makeDirectory(name: string): void
  removeDirectory(name: string): void
  unlink(name: string): void
  symlink(target: string, name: string): void
  /** `to` is a directory of the same file system. */
  link(name: string, to: Directory, newName: string): void
  rename(name: string, to: Directory, newName: string): void
  /** Sets the times of a file, of a link its own, or without a name of the directory itself. */
  setTimes(name: string | undefined, times: Times): void
  sync(): void
  close(): void
}
