import fs from 'node:fs'
import { SysError } from '../../posix/errno.js'
import { LINK, type Link, type OpenedFile, type OpenRequest, type Pending, type Times } from '../directory.js'
import { type Filestat, filestatOf, isDirectory, isFifo, isLink, noEntry, sysErrorOf } from '../filestat.js'
import type { FoundDirectory, Tree } from '../tree.js'
import { HostFile, seconds } from './host-file.js'
import { O_PATH, pathOfDescriptor } from './own-descriptors.js'

const { O_APPEND, O_CREAT, O_DIRECTORY, O_DSYNC, O_EXCL, O_NOCTTY, O_NOFOLLOW, O_NONBLOCK } = fs.constants
const { O_RDONLY, O_RDWR, O_SYNC, O_TRUNC, O_WRONLY } = fs.constants
const access = { read: O_RDONLY, write: O_WRONLY, both: O_RDWR } as const
const NEW_FILE = 0o666

/** Files of this machine, by Node's synchronous calls. */
export const hostTree: Tree = {
  lstat,
  readdir: (path) => fs.readdirSync(path),
  readlink: (path) => fs.readlinkSync(path),
  open,
  makeDirectory: (path) => fs.mkdirSync(path),
  removeDirectory: (path) => fs.rmdirSync(path),
  unlink: (path) => fs.unlinkSync(path),
  symlink: (target, path) => fs.symlinkSync(target, path),
  link,
  rename: (from, to) => fs.renameSync(from, to),
  setTimes: (path, { accessed, modified }: Times) => fs.lutimesSync(path, seconds(accessed), seconds(modified)),
  ...(process.platform === 'win32' && { unfit: /[\\:]/ }),
}

const quietly = { bigint: true, throwIfNoEntry: false } as const

function lstat(path: string): Filestat | undefined {
  const stat = fs.lstatSync(path, quietly)
  return stat && filestatOf(stat)
}

/** Where the system would link the file that a link leads to, a link cannot be linked. */
function link(from: string, to: string): void {
  if (process.platform === 'darwin' && isLink(lstat(from))) throw new SysError('EOPNOTSUPP')
  fs.linkSync(from, to)
}

/** Whether the last open found nothing. What looks for a file in several places does so again, and to look first costs less than an error. */
let missedLast = false

function open(path: () => string, request: OpenRequest): OpenedFile | FoundDirectory | Pending | Link {
  const flags = flagsOf(request)
  const at = path()
  if (missedLast && !request.creates && fs.lstatSync(at, quietly) === undefined) throw noEntry
  missedLast = false
  let fd: number
  try {
    fd = fs.openSync(at, flags, NEW_FILE)
  } catch (error) {
    missedLast = (error as NodeJS.ErrnoException).code === 'ENOENT'
    return notOpened(path, request, error)
  }
  return openedAs(fd, flags, request)
}

/**
 * No link at the end of the path is followed. No open waits, neither for the other end of a FIFO nor for a device, and no terminal
 * becomes that of this process.
 */
function flagsOf(request: OpenRequest): number {
  const given = (isGiven: boolean, flag: number | undefined) => (isGiven ? (flag ?? 0) : 0)
  return (
    access[request.access] |
    (O_NOFOLLOW ?? 0) |
    (O_NONBLOCK ?? 0) |
    (O_NOCTTY ?? 0) |
    given(request.creates, O_CREAT) |
    given(request.creates && request.isExclusive, O_EXCL) |
    given(request.truncates, O_TRUNC) |
    given(request.mustBeDirectory, O_DIRECTORY) |
    given(request.appends, O_APPEND) |
    given(request.syncs !== undefined, request.syncs === 'data' ? O_DSYNC : O_SYNC)
  )
}

function openedAs(fd: number, flags: number, request: OpenRequest): OpenedFile | FoundDirectory | Pending {
  try {
    const stat = filestatOf(fs.fstatSync(fd, { bigint: true }))
    if (isDirectory(stat)) return { is: 'directory', stat, fd }
    const file = new HostFile(fd, flags, stat)
    const opened: OpenedFile = { is: 'file', file, stat }
    const waits = isFifo(stat) && request.access === 'read' && !request.nonBlocking
    if (!waits || file.hasWriter()) return opened
    return { is: 'pending', attempt: () => (file.hasWriter() ? opened : undefined), close: () => file.close() }
  } catch (error) {
    fs.closeSync(fd)
    throw error
  }
}

/** Linux says `ELOOP` of a link, or `ENOTDIR` where a directory was asked for; other systems have other words. */
function notOpened(path: () => string, request: OpenRequest, error: unknown): Pending | Link {
  const { errno } = sysErrorOf(error)
  if (errno === 'ELOOP' || errno === 'EMLINK') return LINK
  if (errno === 'ENOTDIR' && request.mustBeDirectory && isLink(lstat(path()))) return LINK
  const mayWait = !request.nonBlocking && (errno === 'EAGAIN' || (errno === 'ENXIO' && request.access === 'write'))
  if (!mayWait) throw error
  const pending = opensLater(path, request)
  if (pending === undefined) throw error
  return pending
}

/** A FIFO that nothing reads yet, or a file whose lease another process has to give back first. */
function opensLater(path: () => string, request: OpenRequest): Pending | undefined {
  const flags = flagsOf({ ...request, creates: false, mustBeDirectory: false })
  if (O_PATH === undefined) {
    const stat = lstat(path())
    return stat && isWorthWaiting(stat)
      ? trying(
          () => fs.openSync(path(), flags),
          flags,
          () => {},
        )
      : undefined
  }
  const inode = fs.openSync(path(), O_PATH | O_NOFOLLOW)
  if (isWorthWaiting(filestatOf(fs.fstatSync(inode, { bigint: true }))))
    return trying(
      () => fs.openSync(pathOfDescriptor(inode), flags & ~O_NOFOLLOW),
      flags,
      () => fs.closeSync(inode),
    )
  fs.closeSync(inode)
  return undefined
}

/** A socket is `ENXIO` for ever, a link is none of these. */
function isWorthWaiting(stat: Filestat): boolean {
  return isFifo(stat) || (stat.mode & fs.constants.S_IFMT) === fs.constants.S_IFREG
}

function trying(open: () => number, flags: number, close: () => void): Pending {
  const attempt = () => {
    try {
      return open()
    } catch (error) {
      const { errno } = sysErrorOf(error)
      if (errno === 'ENXIO' || errno === 'EAGAIN') return undefined
      throw sysErrorOf(error)
    }
  }
  return {
    is: 'pending',
    close,
    attempt() {
      const fd = attempt()
      if (fd === undefined) return undefined
      close()
      const stat = filestatOf(fs.fstatSync(fd, { bigint: true }))
      return { is: 'file', file: new HostFile(fd, flags, stat), stat }
    },
  }
}
