import { type Call, call } from '../abi/call.js'
import { gather, gatheringPlace, readIovecs, scatter } from '../abi/iovec.js'
import { u32, u64, writeAt } from '../abi/layout.js'
import { i32, i64, pointer } from '../abi/params.js'
import { FDFLAGS_NONBLOCK, preview1Sockets } from '../abi/preview1-sockets.js'
import { SysError } from '../posix/errno.js'
import { onceDone } from '../posix-sockets/blocking.js'
import type { Open } from '../posix-sockets/open.js'
import { clockNs, RESOLUTION_NS } from './clocks.js'
import { GuestExit } from './exit.js'
import { fdTable } from './fd-calls.js'
import { readFile, seekFile, writeFile } from './file-data.js'
import { type Files, isProvided, type ProvidedFile } from './files.js'
import { pathTable } from './path-calls.js'
import { pollOneoff } from './poll-oneoff.js'
import { filetypeOf, readAny, rightsOf, seekAny, statAny, WHENCE_CURRENT, writeAny } from './streams.js'
import { fdstat, filestat } from './structures.js'

/** What a program is started with. */
export interface Start {
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

/** WASI preview 1, `wasi_snapshot_preview1`: sockets, standard descriptors, clocks and the start by ourselves, files by a provider. */
export function preview1(files: Files, start: Start): Readonly<Record<string, Call>> {
  return {
    ...fdTable(files),
    ...pathTable(files),
    ...descriptorTable(files),
    ...preview1Sockets,
    ...processTable(start),
  }
}

function descriptorTable(files: Files): Record<string, Call> {
  const seekOf = (open: Open, { fd, offset, whence }: { fd: number; offset: bigint; whence: number }) =>
    isProvided(open) ? seekFile(files.data('fd_seek', fd), { offset, whence }) : seekAny(open, offset, whence)
  const iovecs = [i32('fd'), pointer('iovs'), i32('count'), pointer('result')] as const
  return {
    fd_read: call(iovecs, (guest, fd, iovs, count, result) => {
      const open = guest.sockets.table.get(fd)
      guest.memory.check(result, 4)
      const buffers = readIovecs(guest.memory, iovs, count)
      if (isProvided(open))
        return onceDone(readFile(files.data('fd_read', fd), buffers), (length) =>
          writeAt(guest.memory, u32, result, length),
        )
      const place = gatheringPlace(buffers)
      if (place.length === 0 && open.is !== 'pipe') return writeAt(guest.memory, u32, result, 0) // read(2) of nothing does not wait; recv(2) does
      return onceDone(readAny(guest, fd, open, place), (length) => {
        scatter(place, length, buffers)
        writeAt(guest.memory, u32, result, length)
      })
    }),

    fd_write: call(iovecs, (guest, fd, iovs, count, result) => {
      const open = guest.sockets.table.get(fd)
      guest.memory.check(result, 4)
      const buffers = readIovecs(guest.memory, iovs, count)
      const writing = isProvided(open)
        ? writeFile(files.data('fd_write', fd), buffers)
        : writeAny(guest, fd, open, gather(buffers))
      return onceDone(writing, (length) => writeAt(guest.memory, u32, result, length))
    }),

    fd_close: call([i32('fd')], (guest, fd) => guest.sockets.close(fd)),

    fd_renumber: call([i32('from'), i32('to')], (guest, from, to) => guest.sockets.renumber(from, to)),

    fd_fdstat_get: call([i32('fd'), pointer('stat')], (guest, fd, stat) => {
      const open = guest.sockets.table.get(fd)
      const flags = guest.sockets.isNonBlocking(fd) ? FDFLAGS_NONBLOCK : 0
      if (isProvided(open)) return fdstat.write(guest.memory, stat, fdstatOf(open, flags))
      fdstat.write(guest.memory, stat, {
        filetype: filetypeOf(open),
        flags,
        rightsBase: rightsOf(open),
        rightsInheriting: 0n,
      })
    }),

    fd_fdstat_set_flags: call([i32('fd'), i32('flags')], (guest, fd, flags) => {
      const open = guest.sockets.table.get(fd)
      if (isProvided(open)) return files.setFlags(fd, open, flags)
      guest.sockets.setNonBlocking(fd, (flags & FDFLAGS_NONBLOCK) !== 0)
    }),

    fd_filestat_get: call([i32('fd'), pointer('stat')], (guest, fd, stat) => {
      const open = guest.sockets.table.get(fd)
      if (isProvided(open)) {
        guest.memory.check(stat, filestat.size)
        return filestat.write(guest.memory, stat, files.stat(open))
      }
      filestat.write(guest.memory, stat, statAny(open))
    }),

    fd_seek: call([i32('fd'), i64('offset'), i32('whence'), pointer('result')], (guest, fd, offset, whence, result) => {
      guest.memory.check(result, 8)
      writeAt(guest.memory, u64, result, seekOf(guest.sockets.table.get(fd), { fd, offset, whence }))
    }),

    fd_tell: call([i32('fd'), pointer('result')], (guest, fd, result) => {
      guest.memory.check(result, 8)
      const stay = { fd, offset: 0n, whence: WHENCE_CURRENT }
      writeAt(guest.memory, u64, result, seekOf(guest.sockets.table.get(fd), stay))
    }),

    poll_oneoff: call([pointer('in'), pointer('out'), i32('count'), pointer('result')], function* (guest, ...where) {
      yield* pollOneoff(guest, files, where)
    }),
  }
}

function processTable({ args, env }: Start): Record<string, Call> {
  const environment = Object.entries(env).map(([name, value]) => `${name}=${value}`)
  return {
    args_get: stringsGet(args),
    args_sizes_get: stringsSizesGet(args),
    environ_get: stringsGet(environment),
    environ_sizes_get: stringsSizesGet(environment),

    clock_res_get: call([i32('clock'), pointer('result')], ({ sockets, memory }, clock, result) => {
      clockNs(sockets.world, clock)
      writeAt(memory, u64, result, RESOLUTION_NS)
    }),

    clock_time_get: call([i32('clock'), i64('precision'), pointer('result')], ({ sockets, memory }, clock, _, result) =>
      writeAt(memory, u64, result, clockNs(sockets.world, clock)),
    ),

    random_get: call([pointer('buf'), i32('len')], ({ sockets, memory }, buffer, length) => {
      const target = memory.bytes(buffer, length)
      sockets.world.random(target)
    }),

    sched_yield: call([], (guest) => guest.yielded()),

    proc_exit: call([i32('code')], (_, code) => {
      throw new GuestExit(code)
    }),

    proc_raise: call([i32('signal')], () => {
      throw new SysError('ENOSYS')
    }),
  }
}

/** An array of pointers to NUL-terminated texts, and the texts. */
function stringsGet(texts: readonly string[]): Call {
  return call([pointer('pointers'), pointer('buf')], ({ memory }, pointers, buffer) => {
    memory.check(pointers, texts.length * 4)
    memory.check(buffer, totalLength(texts))
    let at = buffer
    for (const [index, text] of texts.entries()) {
      writeAt(memory, u32, pointers + index * 4, at)
      at += memory.setText(at, Buffer.byteLength(text) + 1, text) + 1
    }
  })
}

function stringsSizesGet(texts: readonly string[]): Call {
  return call([pointer('count'), pointer('size')], ({ memory }, count, size) => {
    memory.check(size, 4)
    writeAt(memory, u32, count, texts.length)
    writeAt(memory, u32, size, totalLength(texts))
  })
}

/** Of the texts, each with its NUL, in bytes. */
function totalLength(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text) + 1, 0)
}

function fdstatOf({ filetype, flags, rights }: ProvidedFile, nonBlocking: number) {
  const kept = flags & ~FDFLAGS_NONBLOCK
  return { filetype, flags: kept | nonBlocking, rightsBase: rights.base, rightsInheriting: rights.inheriting }
}
