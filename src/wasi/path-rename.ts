import { SysError } from '../posix/errno.js'
import { type Found, pathOf } from './paths.js'
import { FILETYPE_DIRECTORY, type Filestat } from './structures.js'
import { found } from './tree.js'

const isDirectory = (entry: Filestat | undefined) => entry?.filetype === FILETYPE_DIRECTORY
const isDot = ({ last }: Found) => last === '.' || last === '..'

/** rename(2)'s refusals. They are looked at here because a provider may lose what stands at the new name. */
export function checkRename(from: Found, to: Found): 'nothing to do' | 'to be done' {
  if (isDot(from) || isDot(to)) throw new SysError('EBUSY')
  if (from.entry === undefined) throw new SysError('ENOENT')
  if (isSame(from.entry, to.entry)) return 'nothing to do'
  if (!isDirectory(from.entry)) checkFile(to)
  else checkDirectory(from, to)
  return 'to be done'
}

function isSame(from: Filestat, to: Filestat | undefined): boolean {
  return to !== undefined && from.device === to.device && from.inode === to.inode
}

function checkFile(to: Found): void {
  if (isDirectory(to.entry)) throw new SysError('EISDIR')
  if (to.isSaidDirectory) throw new SysError('ENOTDIR')
}

function checkDirectory(from: Found, to: Found): void {
  if (`${pathOf(to)}/`.startsWith(`${pathOf(from)}/`)) throw new SysError('EINVAL')
  if (to.entry === undefined) return
  if (!isDirectory(to.entry)) throw new SysError('ENOTDIR')
  if (found(() => to.root.tree.readdir(pathOf(to))).length > 0) throw new SysError('ENOTEMPTY')
}
