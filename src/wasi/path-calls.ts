import { type Call, call, type Param } from '../abi/call.js'
import { u32, writeAt } from '../abi/layout.js'
import { i32, i64, pointer } from '../abi/params.js'
import { SysError } from '../posix/errno.js'
import { quoted } from '../posix/printable.js'
import { onceDone } from '../posix-sockets/blocking.js'
import type { Files } from './files.js'
import { isDirectory } from './filestat.js'
import { openPath } from './path-open.js'
import { type Following, type Found, follow } from './paths.js'
import { ReadOnlyDirectory } from './read-only.js'
import { filestat } from './structures.js'
import { timesAsked } from './times.js'

const SYMLINK_FOLLOW = 1
const MOST_BYTES = 4096
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The calls of preview 1 with paths. Where each leads is found out here: the file system gets single names in open directories. */
export function pathTable(files: Files): Readonly<Record<string, Call>> {
  return { ...lookingTable(files), ...makingTable(files), ...removingTable(files) }
}

/** A text and its length. WASI's paths are UTF-8. */
export function text(name: string): Param<string> {
  return {
    names: [name, `${name}Length`],
    decode({ memory }, args, at) {
      const bytes = memory.bytes(args[at] ?? 0, args[at + 1] ?? 0)
      if (bytes.length > MOST_BYTES) throw new SysError('ENAMETOOLONG')
      try {
        return decoder.decode(bytes)
      } catch {
        throw new SysError('EILSEQ')
      }
    },
    show: quoted,
  }
}

const place = [i32('fd'), text('path')] as const
const lookup = [i32('fd'), i32('lookup'), text('path')] as const

type At = <T>(call: string, fd: number, path: string, following: Following, act: (found: Found) => T, end?: 0 | 1) => T

/** Does something where the path of a call leads from the directory that it names; `end` is 1 for the second one of two. */
function finder(files: Files): At {
  return (call, fd, path, following, act, end = 0) => follow(files.directory(call, fd, end).place, path, following, act)
}

/** By `lookupflags`. */
export function asAsked(flags: number): Following {
  return (flags & SYMLINK_FOLLOW) !== 0 ? 'always' : 'by slash'
}

function lookingTable(files: Files): Record<string, Call> {
  const at = finder(files)
  return {
    path_open: call(
      [...lookup, i32('oflags'), i64('base'), i64('inheriting'), i32('fdflags'), pointer('result')],
      ({ memory, sockets }, fd, flags, path, oflags, base, inheriting, fdflags, result) => {
        memory.check(result, 4)
        sockets.table.ensureRoom()
        const directory = files.directory('path_open', fd)
        const asked = { following: asAsked(flags), oflags, base, inheriting, fdflags }
        return onceDone(openPath(files, directory, path, asked), (opened) => writeAt(memory, u32, result, opened))
      },
    ),

    path_filestat_get: call([...lookup, pointer('result')], ({ memory }, fd, flags, path, result) => {
      memory.check(result, filestat.size)
      const stat = at('path_filestat_get', fd, path, asAsked(flags), (found) => found.there())
      filestat.write(memory, result, files.shown(stat))
    }),

    path_readlink: call(
      [...place, pointer('buf'), i32('length'), pointer('used')],
      ({ memory }, fd, path, buffer, length, used) => {
        const into = memory.bytes(buffer, length)
        memory.check(used, 4)
        const text = at('path_readlink', fd, path, 'by slash', ({ directory, name }) => {
          if (name === undefined) throw new SysError('EINVAL')
          return directory.readlink(name)
        })
        const target = Buffer.from(text).subarray(0, into.length)
        into.set(target)
        writeAt(memory, u32, used, target.length)
      },
    ),

    path_filestat_set_times: call(
      [...lookup, i64('accessed'), i64('modified'), i32('fstflags')],
      ({ sockets }, fd, flags, path, accessed, modified, fstflags) =>
        at('path_filestat_set_times', fd, path, asAsked(flags), (found) => {
          const before = files.shown(found.there())
          const times = timesAsked({ accessed, modified, flags: fstflags }, sockets.world, before)
          found.directory.setTimes(found.name, times)
        }),
    ),
  }
}

function makingTable(files: Files): Record<string, Call> {
  const at = finder(files)
  return {
    path_create_directory: call(place, (_, fd, path) =>
      at('path_create_directory', fd, path, 'never', ({ directory, name }) => {
        if (name === undefined) throw new SysError('EEXIST')
        directory.makeDirectory(name)
      }),
    ),

    path_symlink: call([text('target'), ...place], (_, target, fd, path) =>
      at('path_symlink', fd, path, 'never', (found) => {
        if (target === '') throw new SysError('ENOENT')
        if (target.includes('\0')) throw new SysError('EINVAL')
        if (target.startsWith('/')) throw new SysError('ENOTCAPABLE')
        found.directory.symlink(target, nameOfNew(found))
      }),
    ),

    path_link: call([...lookup, i32('newFd'), text('newPath')] as const, (_, fd, flags, path, newFd, newPath) =>
      at('path_link', fd, path, asAsked(flags), (old) => {
        const made = (found: Found) => {
          if (isDirectory(old.there()) || old.name === undefined) throw new SysError('EPERM')
          const name = nameOfNew(found)
          if (found.directory instanceof ReadOnlyDirectory) found.directory.refuseToMake(name)
          old.directory.link(old.name, found.directory, name)
        }
        at('path_link', newFd, newPath, 'never', made, 1)
      }),
    ),
  }
}

function removingTable(files: Files): Record<string, Call> {
  const at = finder(files)
  return {
    path_unlink_file: call(place, (_, fd, path) =>
      at('path_unlink_file', fd, path, 'never', ({ directory, name }) => {
        if (name === undefined) throw new SysError('EISDIR')
        directory.unlink(name)
      }),
    ),

    path_remove_directory: call(place, (_, fd, path) =>
      at('path_remove_directory', fd, path, 'never', ({ directory, name, last }) => {
        if (name === undefined) throw new SysError(last === '..' ? 'ENOTEMPTY' : 'EINVAL')
        directory.removeDirectory(name)
      }),
    ),

    path_rename: call([...place, i32('newFd'), text('newPath')] as const, (_, fd, path, newFd, newPath) =>
      at('path_rename', fd, path, 'never', (from) => at('path_rename', newFd, newPath, 'never', renamed(from), 1)),
    ),
  }
}

/** rename(2) of what stands at `from`. */
function renamed(from: Found) {
  return (to: Found) => {
    if (from.name === undefined || to.name === undefined) throw new SysError('EBUSY')
    if (to.isSaidDirectory && !isDirectory(from.there())) throw new SysError('ENOTDIR')
    from.directory.rename(from.name, to.directory, to.name)
  }
}

/** The name of what is made and is no directory: there must be nothing yet, and no slash after it. */
function nameOfNew(found: Found): string {
  if (found.name === undefined) throw new SysError('EEXIST')
  if (found.isSaidDirectory) throw new SysError(found.entry() === undefined ? 'ENOENT' : 'EEXIST')
  return found.name
}
