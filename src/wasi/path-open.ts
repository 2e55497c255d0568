import { SysError } from '../posix/errno.js'
import type { Files, OpenDirectory } from './files.js'
import { type Following, type Found, follow, nameOf } from './paths.js'
import {
  forProvider,
  isForWriting,
  isWithin,
  OF_DIRECTORIES,
  OF_FILES,
  RIGHT_PATH_CREATE_FILE,
  RIGHT_PATH_SET_SIZE,
  type Rights,
  rightsOf,
} from './rights.js'
import { FILETYPE_DIRECTORY, FILETYPE_REGULAR_FILE, FILETYPE_SYMBOLIC_LINK } from './structures.js'

const [CREATE, DIRECTORY, EXCLUSIVE, TRUNCATE] = [1, 2, 4, 8]

export interface Asked {
  readonly following: Following
  readonly oflags: number
  readonly base: bigint
  readonly inheriting: bigint
  readonly fdflags: number
}

/** open(2), beneath a directory. Answers the guest's descriptor. */
export function openPath(files: Files, directory: OpenDirectory, path: string, asked: Asked): number {
  const { oflags, fdflags } = asked
  const rights = rightsOf(asked.base, asked.inheriting)
  checkRights(directory.rights, rights, oflags)
  const mustBeNew = (oflags & CREATE) !== 0 && (oflags & EXCLUSIVE) !== 0
  const at = follow(directory.place, path, mustBeNew ? 'never' : asked.following)
  checkThere(at, oflags, rights)
  const number = files.exchange.askNumber(
    'path_open',
    at.root.number,
    0, // no link is left to follow, and none that has come since is followed
    nameOf(at),
    oflags,
    forProvider(rights.base),
    OF_FILES,
    files.flagsForProvider(fdflags),
  )
  return added(files, number, { at, rights, flags: fdflags })
}

function checkRights(given: Rights, asked: Rights, oflags: number): void {
  if (!isWithin(asked.base | asked.inheriting, given.inheriting)) throw new SysError('ENOTCAPABLE')
  if ((oflags & CREATE) !== 0 && !isWithin(RIGHT_PATH_CREATE_FILE, given.base)) throw new SysError('ENOTCAPABLE')
  if ((oflags & TRUNCATE) !== 0 && !isWithin(RIGHT_PATH_SET_SIZE, given.base)) throw new SysError('ENOTCAPABLE')
}

/** open(2)'s refusals, by what is there. */
function checkThere({ entry, isSaidDirectory }: Found, oflags: number, { base }: Rights): void {
  const has = (flag: number) => (oflags & flag) !== 0
  if (has(CREATE) && has(DIRECTORY)) throw new SysError('EINVAL')
  if (entry === undefined) {
    if (!has(CREATE)) throw new SysError('ENOENT')
    if (isSaidDirectory) throw new SysError('EISDIR')
    return
  }
  if (has(CREATE) && has(EXCLUSIVE)) throw new SysError('EEXIST')
  if (entry.filetype === FILETYPE_SYMBOLIC_LINK) throw new SysError('ELOOP')
  const isDirectory = entry.filetype === FILETYPE_DIRECTORY
  if (has(DIRECTORY) && !isDirectory) throw new SysError('ENOTDIR')
  if (isDirectory && (has(CREATE) || has(TRUNCATE) || isForWriting(base))) throw new SysError('EISDIR')
}

function added(files: Files, number: number, { at, rights, flags }: { at: Found; rights: Rights; flags: number }) {
  const { exchange } = files
  try {
    const { filetype } = exchange.filestat(number)
    if (filetype === FILETYPE_DIRECTORY) {
      const place = { root: at.root, names: at.names }
      return files.add(number, { filetype, place, flags, rights: { ...rights, base: rights.base & OF_DIRECTORIES } })
    }
    // Whether a device is a terminal is seen by its rights.
    const most = filetype === FILETYPE_REGULAR_FILE ? OF_FILES : OF_FILES & exchange.fdstat(number).rightsBase
    return files.add(number, { filetype, flags, rights: { base: rights.base & most, inheriting: 0n } })
  } catch (error) {
    exchange.ask('fd_close', number)
    throw error
  }
}
