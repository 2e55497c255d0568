import { F_DUPFD, F_DUPFD_CLOEXEC } from '../../posix/constants.js'
import { SysError } from '../../posix/errno.js'
import { type Call, call } from '../call.js'
import { u16, u32 } from '../layout.js'
import { out } from '../outputs.js'
import { fd, i32, i64 } from '../params.js'

/** `fdflagsext`: FD_CLOEXEC. */
const CLOSE_ON_EXEC = 1
/** `eventfdflags`: EFD_SEMAPHORE, and EFD_NONBLOCK by the libc's number. */
const [SEMAPHORE, NONBLOCK] = [1, 4]

/** Whether `fdflagsext` have FD_CLOEXEC; `EINVAL` where they have anything else. */
export function closesOnExec(flags: number): boolean {
  if ((flags & ~CLOSE_ON_EXEC) !== 0) throw new SysError('EINVAL')
  return flags !== 0
}

/** The calls of WASIX that take or make descriptors of anything. */
export const wasixDescriptors: Readonly<Record<string, Call>> = {
  fd_dup: call([fd, out('result', u32)], ({ sockets }, fd, result) => result.write(sockets.dup(fd))),

  /** Named for dup2(2), it is fcntl(2)'s F_DUPFD. */
  fd_dup2: call([fd, i32('least'), i32('cloexec'), out('result', u32)], ({ sockets }, fd, least, cloexec, result) =>
    result.write(sockets.fcntl(fd, cloexec === 0 ? F_DUPFD : F_DUPFD_CLOEXEC, least)),
  ),

  /** eventfd(2). Flags that there are not say nothing, as in Wasmer: the libc passes on EFD_CLOEXEC. */
  fd_event: call([i64('value'), i32('flags'), out('result', u32)], ({ sockets }, value, flags, result) => {
    const [isSemaphore, nonBlocking] = [(flags & SEMAPHORE) !== 0, (flags & NONBLOCK) !== 0]
    result.write(sockets.event(BigInt.asUintN(64, value), { isSemaphore, nonBlocking }))
  }),

  /** The end to read from, and the end to write to. */
  fd_pipe: call([out('reader', u32), out('writer', u32)], ({ sockets }, ...places) => {
    for (const [index, end] of sockets.pipe({ nonBlocking: false }).entries()) places[index]?.write(end)
  }),

  fd_fdflags_get: call([fd, out('flags', u16)], ({ sockets: { table } }, fd, flags) => {
    table.get(fd)
    flags.write(table.closesOnExec(fd) ? CLOSE_ON_EXEC : 0)
  }),

  fd_fdflags_set: call([fd, i32('flags')], ({ sockets: { table } }, fd, flags) => {
    table.get(fd)
    table.setCloseOnExec(fd, closesOnExec(flags))
  }),
}

/**
 * What WASIX means by functions of preview 1. Its fd_renumber leaves the descriptor that it copies: the libc makes dup2(2) of it, and
 * Wasmer does so.
 */
export const wasixInPreview1: Readonly<Record<string, Call>> = {
  fd_renumber: call([i32('from'), i32('to')], function* ({ sockets }, from, to) {
    yield* sockets.dup2(from, to)
  }),
}
