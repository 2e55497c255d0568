import { type Call, call } from '../abi/call.js'
import { readIovecs } from '../abi/iovec.js'
import { u32, writeAt as writeNumber } from '../abi/layout.js'
import { i32, i64, pointer } from '../abi/params.js'
import { SysError } from '../posix/errno.js'
import { checkOffsets, readAt, writeAt } from './file-data.js'
import { type Files, isRegular, type ProvidedFile } from './files.js'
import { listEntries } from './listing.js'
import { isWithin, rightsOf } from './rights.js'
import { prestat } from './structures.js'
import { timesAsked } from './times.js'

/** `preopentype` has a value for directories alone. EBADF would end the search of wasi-libc, Go and Zig; they pass over another value. */
const [PREOPEN_DIRECTORY, PREOPEN_OTHER] = [0, 1]
const MOST_ADVICE = 5

/** The calls of preview 1 on open files that sockets and standard descriptors have no part in. */
export function fdTable(files: Files): Readonly<Record<string, Call>> {
  return { ...dataTable(files), ...stateTable(files), ...directoryTable(files) }
}

function dataTable(files: Files): Record<string, Call> {
  const at = [i32('fd'), pointer('iovs'), i32('count'), i64('offset'), pointer('result')] as const
  const move = (name: 'fd_pread' | 'fd_pwrite', data: typeof readAt) =>
    call(at, ({ memory }, fd, iovs, count, offset, result) => {
      const file = files.data(name, fd)
      memory.check(result, 4)
      if (!isRegular(file)) throw new SysError('ESPIPE')
      checkOffsets(offset)
      writeNumber(memory, u32, result, data(file, readIovecs(memory, iovs, count), offset))
    })
  return {
    fd_pread: move('fd_pread', readAt),
    fd_pwrite: move('fd_pwrite', writeAt),

    fd_sync: call([i32('fd')], (_, fd) => sync(files.get('fd_sync', fd), false)),
    fd_datasync: call([i32('fd')], (_, fd) => sync(files.get('fd_datasync', fd), true)),
  }
}

function sync({ handle, place }: ProvidedFile, isDataOnly: boolean): void {
  if (handle !== undefined) handle.sync(isDataOnly)
  else place?.directory.sync()
}

function stateTable(files: Files): Record<string, Call> {
  const part = [i32('fd'), i64('offset'), i64('length')] as const
  return {
    fd_advise: call([...part, i32('advice')], (_, fd, offset, length, advice) => {
      if (!isRegular(files.get('fd_advise', fd))) throw new SysError('EBADF')
      checkOffsets(offset, length)
      if (advice < 0 || advice > MOST_ADVICE) throw new SysError('EINVAL')
    }),

    fd_allocate: call(part, (_, fd, offset, length) => {
      const { handle } = files.data('fd_allocate', fd)
      checkOffsets(offset, length - 1n)
      if (handle.stat().size < offset + length) handle.setSize(offset + length)
    }),

    fd_fdstat_set_rights: call([i32('fd'), i64('base'), i64('inheriting')], (_, fd, base, inheriting) => {
      const file = files.get('fd_fdstat_set_rights', fd)
      const rights = rightsOf(base, inheriting)
      if (!isWithin(rights.base, file.rights.base) || !isWithin(rights.inheriting, file.rights.inheriting))
        throw new SysError('ENOTCAPABLE')
      file.rights = rights
    }),

    fd_filestat_set_size: call([i32('fd'), i64('size')], (_, fd, size) => {
      const { handle } = files.data('fd_filestat_set_size', fd)
      checkOffsets(size)
      handle.setSize(size)
    }),

    fd_filestat_set_times: call(
      [i32('fd'), i64('accessed'), i64('modified'), i32('flags')],
      ({ sockets }, fd, accessed, modified, flags) => {
        const file = files.get('fd_filestat_set_times', fd)
        const times = timesAsked({ accessed, modified, flags }, sockets.world, files.stat(file))
        if (file.handle !== undefined) file.handle.setTimes(times)
        else file.place?.directory.setTimes(undefined, times)
      },
    ),
  }
}

function directoryTable(files: Files): Record<string, Call> {
  const preopened = (call: string, fd: number) => {
    const { preopened: name } = files.get(call, fd)
    if (name === undefined) throw new SysError('EBADF')
    return Buffer.from(name)
  }
  return {
    fd_prestat_get: call([i32('fd'), pointer('result')], ({ memory }, fd, result) => {
      const isOther = files.isBeforePreopens(fd)
      const nameLength = isOther ? 0 : preopened('fd_prestat_get', fd).length
      prestat.write(memory, result, { tag: isOther ? PREOPEN_OTHER : PREOPEN_DIRECTORY, nameLength })
    }),

    fd_prestat_dir_name: call([i32('fd'), pointer('path'), i32('length')], ({ memory }, fd, path, length) => {
      if (files.isBeforePreopens(fd)) return
      const name = preopened('fd_prestat_dir_name', fd)
      if (name.length > length >>> 0) throw new SysError('ENAMETOOLONG')
      memory.bytes(path, name.length).set(name)
    }),

    fd_readdir: call(
      [i32('fd'), pointer('buf'), i32('length'), i64('cookie'), pointer('used')],
      ({ memory }, fd, buffer, length, cookie, used) => {
        const directory = files.directory('fd_readdir', fd)
        memory.check(used, 4)
        writeNumber(
          memory,
          u32,
          used,
          listEntries(files, directory, memory.bytes(buffer, length), BigInt.asUintN(64, cookie)),
        )
      },
    ),
  }
}
