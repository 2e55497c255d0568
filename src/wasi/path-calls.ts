import { type Call, call, type Param } from '../abi/call.js'
import { u32, writeAt } from '../abi/layout.js'
import { i32, i64, pointer } from '../abi/params.js'
import { SysError } from '../posix/errno.js'
import type { Files } from './files.js'
import { openPath } from './path-open.js'
import { checkRename } from './path-rename.js'
import { type Following, type Found, follow, nameOf, pathOf } from './paths.js'
import { FILETYPE_DIRECTORY, FILETYPE_SYMBOLIC_LINK, type Filestat, filestat } from './structures.js'
import { timesAsked } from './times.js'
import { found } from './tree.js'

const SYMLINK_FOLLOW = 1
const MOST_BYTES = 4096
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The calls of preview 1 with paths. Where each leads is found out here; the provider gets a path without links, within the directory. */
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
    show: (value) => JSON.stringify(value),
  }
}

const place = [i32('fd'), text('path')] as const
const lookup = [i32('fd'), i32('lookup'), text('path')] as const

/** Looks along the path of a call from the directory it names. */
function finder(files: Files) {
  return (name: string, fd: number, path: string, following: Following, at: 0 | 1 = 0): Found =>
    follow(files.directory(name, fd, at).place, path, following)
}

/** By `lookupflags`. */
export function asAsked(flags: number): Following {
  return (flags & SYMLINK_FOLLOW) !== 0 ? 'always' : 'by slash'
}

function lookingTable(files: Files): Record<string, Call> {
  const find = finder(files)
  return {
    path_open: call(
      [...lookup, i32('oflags'), i64('base'), i64('inheriting'), i32('fdflags'), pointer('result')],
      ({ memory, sockets }, fd, flags, path, oflags, base, inheriting, fdflags, result) => {
        memory.check(result, 4)
        sockets.table.ensureRoom()
        const directory = files.directory('path_open', fd)
        const asked = { following: asAsked(flags), oflags, base, inheriting, fdflags }
        writeAt(memory, u32, result, openPath(files, directory, path, asked))
      },
    ),

    path_filestat_get: call([...lookup, pointer('result')], ({ memory }, fd, flags, path, result) => {
      memory.check(result, filestat.size)
      filestat.write(memory, result, there(find('path_filestat_get', fd, path, asAsked(flags))))
    }),

    path_readlink: call(
      [...place, pointer('buf'), i32('length'), pointer('used')],
      ({ memory }, fd, path, buffer, length, used) => {
        const link = find('path_readlink', fd, path, 'by slash')
        const into = memory.bytes(buffer, length)
        memory.check(used, 4)
        if (there(link).filetype !== FILETYPE_SYMBOLIC_LINK) throw new SysError('EINVAL')
        const target = Buffer.from(found(() => link.root.tree.readlink(pathOf(link)))).subarray(0, into.length)
        into.set(target)
        writeAt(memory, u32, used, target.length)
      },
    ),

    path_filestat_set_times: call(
      [...lookup, i64('accessed'), i64('modified'), i32('fstflags')],
      ({ sockets }, fd, flags, path, accessed, modified, fstflags) => {
        const of = find('path_filestat_set_times', fd, path, asAsked(flags))
        const times = timesAsked({ accessed, modified, flags: fstflags }, sockets.world, there(of))
        found(() => of.root.tree.setTimes(pathOf(of), times))
      },
    ),
  }
}

function makingTable(files: Files): Record<string, Call> {
  const find = finder(files)
  return {
    path_create_directory: call(place, (_, fd, path) => {
      const at = find('path_create_directory', fd, path, 'never')
      if (at.entry !== undefined) throw new SysError('EEXIST')
      files.exchange.ask('path_create_directory', at.root.number, nameOf(at))
    }),

    path_symlink: call([text('target'), ...place], (_, target, fd, path) => {
      const at = find('path_symlink', fd, path, 'never')
      if (target === '') throw new SysError('ENOENT')
      if (target.includes('\0')) throw new SysError('EINVAL')
      if (target.startsWith('/')) throw new SysError('ENOTCAPABLE')
      checkNew(at)
      found(() => at.root.tree.symlink(target, pathOf(at)))
    }),

    path_link: call([...lookup, i32('newFd'), text('newPath')] as const, (_, fd, flags, path, newFd, newPath) => {
      const old = find('path_link', fd, path, asAsked(flags))
      const at = find('path_link', newFd, newPath, 'never', 1)
      if (there(old).filetype === FILETYPE_DIRECTORY) throw new SysError('EPERM')
      checkNew(at)
      files.exchange.ask('path_link', old.root.number, 0, nameOf(old), at.root.number, nameOf(at))
    }),
  }
}

function removingTable(files: Files): Record<string, Call> {
  const find = finder(files)
  return {
    path_unlink_file: call(place, (_, fd, path) => {
      const at = find('path_unlink_file', fd, path, 'never')
      if (there(at).filetype === FILETYPE_DIRECTORY) throw new SysError('EISDIR')
      files.exchange.ask('path_unlink_file', at.root.number, nameOf(at))
    }),

    path_remove_directory: call(place, (_, fd, path) => {
      const at = find('path_remove_directory', fd, path, 'never')
      if (at.last === '.') throw new SysError('EINVAL')
      if (at.last === '..') throw new SysError('ENOTEMPTY')
      if (there(at).filetype !== FILETYPE_DIRECTORY) throw new SysError('ENOTDIR')
      files.exchange.ask('path_remove_directory', at.root.number, nameOf(at))
    }),

    path_rename: call([...place, i32('newFd'), text('newPath')] as const, (_, fd, path, newFd, newPath) => {
      const from = find('path_rename', fd, path, 'never')
      const to = find('path_rename', newFd, newPath, 'never', 1)
      if (checkRename(from, to) === 'nothing to do') return
      files.exchange.ask('path_rename', from.root.number, nameOf(from), to.root.number, nameOf(to))
      files.moved(from, to)
    }),
  }
}

function there({ entry }: Found): Filestat {
  if (entry === undefined) throw new SysError('ENOENT')
  return entry
}

/** For what is not a directory: there must be nothing yet, and no slash after its name. */
function checkNew({ entry, isSaidDirectory }: Found): void {
  if (entry !== undefined) throw new SysError('EEXIST')
  if (isSaidDirectory) throw new SysError('ENOENT')
}
