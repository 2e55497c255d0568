import type { BigIntStats } from 'node:fs'
import { errnoFromNode } from '../bridge/from-node.js'
import { SysError } from '../posix/errno.js'
import type { filestat } from './structures.js'
import * as filetypes from './structures.js'

/** What is known of a file: the fields of preview 1, and those that it has no place for. */
export type Filestat = ReturnType<typeof filestat.read> & {
  /** `st_mode`: the type and the permission bits. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly blockSize: bigint
  /** Of 512 bytes. */
  readonly blocks: bigint
}

/** Translates Node's stat with bigints, which has ns only where the file system has them. */
export function filestatOf(stat: BigIntStats): Filestat {
  const mode = Number(stat.mode)
  return {
    device: stat.dev,
    inode: stat.ino,
    filetype: filetypeOf(mode),
    links: stat.nlink,
    size: stat.size,
    accessed: stat.atimeNs ?? stat.atimeMs * 1_000_000n,
    modified: stat.mtimeNs ?? stat.mtimeMs * 1_000_000n,
    changed: stat.ctimeNs ?? stat.ctimeMs * 1_000_000n,
    mode,
    uid: Number(stat.uid),
    gid: Number(stat.gid),
    blockSize: stat.blksize ?? 4096n,
    blocks: stat.blocks ?? (stat.size + 511n) / 512n,
  }
}

const S_IFMT = 0o170000
const S_IFIFO = 0o010000
const types = new Map([
  [0o020000, filetypes.FILETYPE_CHARACTER_DEVICE],
  [0o040000, filetypes.FILETYPE_DIRECTORY],
  [0o060000, filetypes.FILETYPE_BLOCK_DEVICE],
  [0o100000, filetypes.FILETYPE_REGULAR_FILE],
  [0o120000, filetypes.FILETYPE_SYMBOLIC_LINK],
  [0o140000, filetypes.FILETYPE_SOCKET_STREAM],
])

function filetypeOf(mode: number): number {
  return types.get(mode & S_IFMT) ?? filetypes.FILETYPE_UNKNOWN
}

export function isDirectory(stat: Filestat | undefined): boolean {
  return stat?.filetype === filetypes.FILETYPE_DIRECTORY
}

export function isLink(stat: Filestat | undefined): boolean {
  return stat?.filetype === filetypes.FILETYPE_SYMBOLIC_LINK
}

export function isRegularFile(stat: Filestat): boolean {
  return stat.filetype === filetypes.FILETYPE_REGULAR_FILE
}

export function isFifo({ mode }: Filestat): boolean {
  return (mode & S_IFMT) === S_IFIFO
}

/** True when both are of the same file. */
export function isSameFile(one: Filestat | undefined, other: Filestat | undefined): boolean {
  return one !== undefined && one.inode === other?.inode && one.device === other.device
}

/** Does `act`; errors of the file system become errnos. */
export function translated<T>(act: () => T): T {
  try {
    return act()
  } catch (error) {
    throw sysErrorOf(error)
  }
}

/** It is so common, when a file is looked for in several places, that a stack of its own would cost more than the call. */
export const noEntry = new SysError('ENOENT')

/** The errno of an error of the file system's. A mistake of this program's is thrown on. */
export function sysErrorOf(error: unknown): SysError {
  if (error instanceof TypeError && !('code' in error)) throw error
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return noEntry
  return error instanceof SysError ? error : new SysError(errnoFromNode(error), { cause: error })
}
