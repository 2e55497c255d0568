import fs from 'node:fs'
import path from 'node:path'
import { errnoFromNode } from '../bridge/from-node.js'
import { openFolder, openPlace, pathOfFd } from '../bridge/proc-fd.js'
import { type HeldPath, type LocalPaths, type PathUse, unheld } from '../network/rules/paths.js'
import { SysError } from '../posix/errno.js'
import { whereLeads } from './where-paths-lead.js'

/** The most bytes of a path in a `sockaddr_un` that every system has room for the end of. */
const MOST_BYTES = process.platform === 'linux' ? 107 : 103

/**
 * The paths of this machine. On Linux a path is opened as a place, and dialled by the descriptor: what was checked is what is dialled.
 * Elsewhere the path is dialled that it leads to, so that another process that exchanges a folder in between can win.
 */
export const machinePaths: LocalPaths = {
  settle: (given) => ({ path: whereLeads(given), identity: identityOf(given) }),
  hold: (given, use) => (canHold() ? held(given, use) : resolved(given, use)),
}

function held(given: string, use: PathUse): HeldPath {
  try {
    return use === 'bind' ? heldName(given) : heldFile(given)
  } catch (error) {
    const path = whereLeads(given)
    return { ...unheld(given, path), identities: () => identitiesOf(path), errno: errnoFromNode(error) }
  }
}

/** A socket that is there. */
function heldFile(given: string): HeldPath {
  const fd = openPlace(given)
  const real = pathOf(fd)
  return {
    path: real,
    dialled: pathOfFd(fd),
    identities: () => identitiesOf(real, { isFile: true }),
    release: () => fs.closeSync(fd),
  }
}

/** A name that bind(2) is to make. It follows no link there: what is there already is `EADDRINUSE`. */
function heldName(given: string): HeldPath {
  const [, folder = '', tail = ''] = /^(.*?)([^/]*\/*)$/s.exec(given) ?? []
  const name = tail.replace(/\/+$/, '')
  if (name === '' || name === '.' || name === '..') return unheld(given, whereLeads(given)) // nothing that can be made
  const fd = openFolder(folder === '' ? '.' : folder)
  const real = pathOf(fd)
  return {
    ...named(fd, tail),
    path: real === undefined ? undefined : path.posix.join(real, name),
    identities: () => identitiesOf(real),
    release: () => fs.closeSync(fd),
  }
}

/**
 * The socket is bound to a name that nothing else has, and then called by its own. libuv removes what a socket was bound to once it is
 * closed, by a path that begins with a descriptor: by then that may be another folder's. It may also be too long for the system.
 */
function named(fd: number, name: string): Pick<HeldPath, 'dialled' | 'bound' | 'errno'> {
  const called = pathOfFd(fd, name)
  const unique = pathOfFd(fd, `.${process.pid}.${process.hrtime.bigint()}`)
  const isTaken = fs.lstatSync(called, { throwIfNoEntry: false }) !== undefined
  return { dialled: unique, bound: () => rename(unique, called), ...(isTaken && { errno: 'EADDRINUSE' as const }) }
}

/** Never over what is there: that is `EADDRINUSE`. */
function rename(from: string, to: string): void {
  try {
    fs.linkSync(from, to)
  } catch (error) {
    const errno = errnoFromNode(error)
    throw new SysError(errno === 'EEXIST' ? 'EADDRINUSE' : errno)
  } finally {
    fs.unlinkSync(from)
  }
}

/** For a system without /proc. */
function resolved(given: string, use: PathUse): HeldPath {
  const real = whereLeads(given)
  const dialled = real ?? given
  const isLong = Buffer.byteLength(dialled) > MOST_BYTES
  const identities = () => identitiesOf(real, { isFile: use === 'connect' })
  return { ...unheld(dialled, real), identities, ...(isLong && { errno: 'ENAMETOOLONG' as const }) }
}

/** The path of what is open, if it has one here: not where it was removed, or is in another mount namespace. */
function pathOf(fd: number): string | undefined {
  try {
    const real = fs.readlinkSync(pathOfFd(fd))
    return real.startsWith('/') && isSame(fs.fstatSync(fd, exactly), fs.lstatSync(real, exactly)) ? real : undefined
  } catch {
    return undefined
  }
}

const exactly = { bigint: true } as const

function isSame(one: fs.BigIntStats, other: fs.BigIntStats): boolean {
  return one.dev === other.dev && one.ino === other.ino
}

/** Of the file at a path without links, and of its folders; the first is empty where there is no file to be. */
function identitiesOf(real: string | undefined, { isFile = false } = {}): readonly string[] {
  if (real === undefined) return ['']
  const found = isFile ? [identityOf(real) ?? ''] : ['', identityOf(real) ?? '']
  for (let at = real; at !== '/'; ) {
    at = path.posix.dirname(at)
    found.push(identityOf(at) ?? '')
  }
  return found
}

/** A number may be given to another file once one is gone, but not at the time when that one was made. */
function identityOf(file: string): string | undefined {
  try {
    const { dev, ino, birthtimeNs } = fs.statSync(file, exactly)
    return `${dev}:${ino}:${birthtimeNs}`
  } catch {
    return undefined
  }
}

let holds: boolean | undefined

/** Whether a descriptor can be dialled here: /proc may not be mounted, or not be this process's to follow. */
function canHold(): boolean {
  holds ??= process.platform === 'linux' && isFollowed()
  return holds
}

function isFollowed(): boolean {
  try {
    const fd = openPlace('/')
    try {
      return isSame(fs.statSync(pathOfFd(fd), exactly), fs.statSync('/', exactly))
    } finally {
      fs.closeSync(fd)
    }
  } catch {
    return false
  }
}
