import type { BigIntStats } from 'node:fs'
import { errnoFromNode } from '../bridge/from-node.js'
import { SysError } from '../posix/errno.js'
import type { Filestat } from './structures.js'
import * as filetypes from './structures.js'

/** The names of a file system, without following symbolic links. Paths are absolute. */
export interface Tree {
  /** Undefined where there is none. */
  lstat(path: string): Filestat | undefined
  readlink(path: string): string
  /** Makes a link that says `target`, wherever that leads. */
  symlink(target: string, path: string): void
  readdir(path: string): string[]
  /** In ns; of a link the link's own. */
  setTimes(path: string, times: { accessed: bigint; modified: bigint }): void
  /** What no name may contain, since the host would take it for more than a name. */
  readonly unfit?: RegExp
}

/** Of Node's stat: bigints, ns only where the file system has them. */
export function filestatOf(stat: BigIntStats): Filestat {
  const ns = (name: 'atime' | 'mtime' | 'ctime') => stat[`${name}Ns`] ?? stat[`${name}Ms`] * 1_000_000n
  return {
    device: stat.dev,
    inode: stat.ino,
    filetype: filetypeOfStat(stat),
    links: stat.nlink,
    size: stat.size,
    accessed: ns('atime'),
    modified: ns('mtime'),
    changed: ns('ctime'),
  }
}

function filetypeOfStat(stat: BigIntStats): number {
  if (stat.isFile()) return filetypes.FILETYPE_REGULAR_FILE
  if (stat.isDirectory()) return filetypes.FILETYPE_DIRECTORY
  if (stat.isSymbolicLink()) return filetypes.FILETYPE_SYMBOLIC_LINK
  if (stat.isCharacterDevice()) return filetypes.FILETYPE_CHARACTER_DEVICE
  if (stat.isBlockDevice()) return filetypes.FILETYPE_BLOCK_DEVICE
  return stat.isSocket() ? filetypes.FILETYPE_SOCKET_STREAM : filetypes.FILETYPE_UNKNOWN
}

/** What `look` answers; undefined where there is no such file. Errors of the file system become errnos. */
export function lookedUp<T>(look: () => T): T | undefined {
  try {
    return look()
  } catch (error) {
    const errno = errnoFromNode(error)
    if (errno === 'ENOENT' || errno === 'ENOTDIR') return undefined
    throw new SysError(errno, { cause: error })
  }
}

/** The same for what must be there. */
export function found<T>(look: () => T): T {
  try {
    return look()
  } catch (error) {
    throw new SysError(errnoFromNode(error), { cause: error })
  }
}
