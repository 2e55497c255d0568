import { FDFLAGS_NONBLOCK } from '../abi/preview1-sockets.js'
import { SysError } from '../posix/errno.js'
import type { Blocking, MaybeBlocking } from '../posix-sockets/blocking.js'
import type { OpenedDirectory, OpenedFile, OpenRequest, Pending } from './directory.js'
import { RETRY_MS } from './file-data.js'
import type { Files, OpenDirectory } from './files.js'
import { type Following, follow, type Root } from './paths.js'
import {
  accessFor,
  isWithin,
  OF_DIRECTORIES,
  OF_FILES,
  RIGHT_PATH_CREATE_FILE,
  RIGHT_PATH_SET_SIZE,
  RIGHT_SEEK,
  RIGHT_TELL,
  type Rights,
  rightsOf,
} from './rights.js'
import { FDFLAGS_APPEND, FDFLAGS_DSYNC, FDFLAGS_SYNC } from './structures.js'

const [CREATE, DIRECTORY, EXCLUSIVE, TRUNCATE] = [1, 2, 4, 8]

export interface Asked {
  readonly following: Following
  readonly oflags: number
  readonly base: bigint
  readonly inheriting: bigint
  readonly fdflags: number
}

/** open(2), beneath a directory. Returns the guest's descriptor. The open of a FIFO may wait for its other end. */
export function openPath(files: Files, directory: OpenDirectory, path: string, asked: Asked): MaybeBlocking<number> {
  const rights = rightsOf(asked.base, asked.inheriting)
  checkRights(directory.rights, rights, asked.oflags)
  const request = requestOf(asked, rights)
  const following = request.creates && request.isExclusive ? 'never' : asked.following
  return follow(directory.place, path, following, (found) => {
    const opened = found.open(request)
    const of = { rights, flags: asked.fdflags, root: found.root }
    return opened.is === 'pending' ? addedLater(files, opened, of) : added(files, opened, of)
  })
}

function checkRights(given: Rights, asked: Rights, oflags: number): void {
  if (!isWithin(asked.base | asked.inheriting, given.inheriting)) throw new SysError('ENOTCAPABLE')
  if ((oflags & CREATE) !== 0 && !isWithin(RIGHT_PATH_CREATE_FILE, given.base)) throw new SysError('ENOTCAPABLE')
  if ((oflags & TRUNCATE) !== 0 && !isWithin(RIGHT_PATH_SET_SIZE, given.base)) throw new SysError('ENOTCAPABLE')
  if ((oflags & CREATE) !== 0 && (oflags & DIRECTORY) !== 0) throw new SysError('EINVAL')
}

function requestOf({ oflags, fdflags }: Asked, { base }: Rights): OpenRequest {
  const has = (flag: number) => (oflags & flag) !== 0
  const syncs = (fdflags & FDFLAGS_SYNC) !== 0 ? 'all' : (fdflags & FDFLAGS_DSYNC) !== 0 ? 'data' : undefined
  return {
    access: accessFor(base),
    creates: has(CREATE),
    isExclusive: has(EXCLUSIVE),
    truncates: has(TRUNCATE),
    mustBeDirectory: has(DIRECTORY),
    nonBlocking: (fdflags & FDFLAGS_NONBLOCK) !== 0,
    appends: (fdflags & FDFLAGS_APPEND) !== 0,
    syncs,
  }
}

interface Adding {
  readonly rights: Rights
  readonly flags: number
  readonly root: Root | undefined
}

function added(files: Files, opened: OpenedFile | OpenedDirectory, { rights, flags, root }: Adding): number {
  const { stat } = opened
  if (opened.is === 'directory') {
    const place = { directory: opened.directory, root }
    return files.add(stat, { place, flags, rights: { ...rights, base: rights.base & OF_DIRECTORIES } })
  }
  // isatty(3) of wasi-libc: a device in which one cannot seek.
  const { file: handle } = opened
  const most = handle.isTerminal ? OF_FILES & ~(RIGHT_SEEK | RIGHT_TELL) : OF_FILES
  return files.add(stat, { handle, flags, rights: { base: rights.base & most, inheriting: 0n } })
}

/** Waits until a FIFO has its other end: nothing tells when, so it is tried again and again. */
function* addedLater(files: Files, pending: Pending, of: Adding): Blocking<number> {
  let opened: OpenedFile | undefined
  try {
    while (opened === undefined) {
      yield { on: [], timeoutMs: RETRY_MS }
      opened = pending.attempt()
    }
  } finally {
    if (opened === undefined) pending.close()
  }
  return added(files, opened, of)
}
