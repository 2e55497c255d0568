import { type Call, call } from '../../abi/call.js'
import { u32, u64 } from '../../abi/layout.js'
import { out } from '../../abi/outputs.js'
import { i32, i64, sock } from '../../abi/params.js'
import { closesOnExec } from '../../abi/wasix/descriptors.js'
import { SysError } from '../../posix/errno.js'
import { type Blocking, onceDone, whole } from '../../posix-sockets/blocking.js'
import type { Sockets } from '../../posix-sockets/sockets.js'
import { checkOffsets, readAt } from '../file-data.js'
import { type Files, isRegular } from '../files.js'
import { asAsked, text } from '../path-calls.js'
import { openPath } from '../path-open.js'

/** How much of a file is sent at a time, in bytes. */
const PIECE_BYTES = 64 * 1024

/** The calls of WASIX on files. */
export function fileTable(files: Files): Readonly<Record<string, Call>> {
  return {
    path_open2: call(
      [
        ...([i32('fd'), i32('lookup'), text('path')] as const),
        ...([i32('oflags'), i64('base'), i64('inheriting')] as const),
        ...([i32('fdflags'), i32('fdflagsext'), out('result', u32)] as const),
      ],
      ({ sockets: { table } }, fd, flags, path, oflags, base, inheriting, fdflags, fdflagsext, result) => {
        const closeOnExec = closesOnExec(fdflagsext)
        table.ensureRoom()
        const directory = files.directory('path_open', fd)
        const asked = { following: asAsked(flags), oflags, base, inheriting, fdflags }
        return onceDone(openPath(files, directory, path, asked), (opened) => {
          table.setCloseOnExec(opened, closeOnExec)
          result.write(opened)
        })
      },
    ),

    /** sendfile(2). The file stands behind what was sent then, wherever it stood before: WASIX's libc counts on that. */
    sock_send_file: call(
      [sock, i32('file'), i64('offset'), i64('count'), out('sent', u64)],
      function* ({ sockets }, fd, fileFd, offset, count, result) {
        const file = files.data('fd_read', fileFd)
        if (!isRegular(file)) throw new SysError('EINVAL')
        checkOffsets(offset, count)
        const read = (piece: Uint8Array, at: bigint) => readAt(file, [piece], at)
        const sent = yield* copied(sockets, fd, { read, offset, count })
        file.position = offset + sent
        result.write(sent)
      },
    ),
  }
}

interface Copying {
  readonly read: (piece: Uint8Array, at: bigint) => number
  readonly offset: bigint
  readonly count: bigint
}

/** Sends until all is sent, the file ends or the socket takes no more. What was sent before an error counts. */
function* copied(sockets: Sockets, fd: number, { read, offset, count }: Copying): Blocking<bigint> {
  let sent = 0n
  try {
    while (sent < count) {
      const left = count - sent
      const piece = new Uint8Array(left < PIECE_BYTES ? Number(left) : PIECE_BYTES)
      const length = read(piece, offset + sent)
      if (length === 0) break
      const went = yield* whole(sockets.send(fd, piece.subarray(0, length), 0))
      sent += BigInt(went)
      if (went < length) break
    }
  } catch (error) {
    if (sent === 0n || !(error instanceof SysError)) throw error
  }
  return sent
}
