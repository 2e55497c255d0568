import { SysError } from '../posix/errno.js'
import type { OpenRequest } from './directory.js'
import { type Filestat, isDirectory, isLink, isSameFile } from './filestat.js'
import type { Tree } from './tree.js'

/** A tree that refuses as Linux does, whatever it would refuse by itself: it is looked at first. */
export function checkedTree(tree: Tree): Tree {
  const there = (path: string) => {
    const stat = tree.lstat(path)
    if (stat === undefined) throw new SysError('ENOENT')
    return stat
  }
  const mustBeNew = (path: string) => {
    if (tree.lstat(path) !== undefined) throw new SysError('EEXIST')
  }
  return {
    unfit: tree.unfit,
    lstat: (path) => tree.lstat(path),
    readdir: (path) => tree.readdir(path),
    setTimes: (path, times) => tree.setTimes(path, times),
    readlink(path) {
      if (!isLink(there(path))) throw new SysError('EINVAL')
      return tree.readlink(path)
    },
    open(path, request) {
      checkOpen(tree.lstat(path()), request)
      return tree.open(path, request)
    },
    makeDirectory(path) {
      mustBeNew(path)
      tree.makeDirectory(path)
    },
    removeDirectory(path) {
      if (!isDirectory(there(path))) throw new SysError('ENOTDIR')
      tree.removeDirectory(path)
    },
    unlink(path) {
      if (isDirectory(there(path))) throw new SysError('EISDIR')
      tree.unlink(path)
    },
    symlink(target, path) {
      mustBeNew(path)
      tree.symlink(target, path)
    },
    link(from, to) {
      const old = there(from)
      if (isDirectory(old)) throw new SysError('EPERM')
      mustBeNew(to)
      tree.link(from, to)
    },
    rename(from, to) {
      const [old, replaced] = [there(from), tree.lstat(to)]
      if (isSameFile(old, replaced)) return
      if (isDirectory(old)) checkDirectory(tree, { from, to, replaced })
      else if (isDirectory(replaced)) throw new SysError('EISDIR')
      tree.rename(from, to)
    },
  }
}

function checkOpen(stat: Filestat | undefined, request: OpenRequest): void {
  if (stat === undefined) {
    if (!request.creates) throw new SysError('ENOENT')
    return
  }
  if (request.creates && request.isExclusive) throw new SysError('EEXIST')
  if (isLink(stat)) return
  if (request.mustBeDirectory && !isDirectory(stat)) throw new SysError('ENOTDIR')
  const makesFile = request.creates || request.truncates || request.access !== 'read'
  if (isDirectory(stat) && makesFile) throw new SysError('EISDIR')
}

function checkDirectory(
  tree: Tree,
  { from, to, replaced }: { from: string; to: string; replaced: Filestat | undefined },
): void {
  if (`${to}/`.startsWith(`${from}/`)) throw new SysError('EINVAL')
  if (replaced === undefined) return
  if (!isDirectory(replaced)) throw new SysError('ENOTDIR')
  if (tree.readdir(to).length > 0) throw new SysError('ENOTEMPTY')
}
