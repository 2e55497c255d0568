import { MSG_DONTWAIT, MSG_PEEK, MSG_TRUNC, MSG_WAITALL } from '../posix/constants.js'
import { SysError } from '../posix/errno.js'
import { onceDone } from '../posix-sockets/blocking.js'
import { buffersIn, buffersOut } from './buffers.js'
import { type Call, call, type Param } from './call.js'
import { u16, u32 } from './layout.js'
import { type Bits, ours } from './numbering.js'
import { out } from './outputs.js'
import { flags, i32, sock } from './params.js'

export const FDFLAGS_NONBLOCK = 4

/** RI_RECV_PEEK and RI_RECV_WAITALL; and RI_RECV_DATA_TRUNCATED and RI_RECV_DONT_WAIT, which WASIX has added. */
const receiveBits: Bits = [
  [1, MSG_PEEK],
  [2, MSG_WAITALL],
  [4, MSG_TRUNC],
  [8, MSG_DONTWAIT],
]
/** Preview 1 has none; this is WASIX's SI_DONT_WAIT. */
const sendBits: Bits = [[1, MSG_DONTWAIT]]

const bits = (of: Bits): Param<number> => ({ ...flags, decode: (_, args, at) => ours(of, args[at] ?? 0) })

/** `riflags` and `siflags`, as ours. */
export const receiveFlags = bits(receiveBits)
export const sendFlags = bits(sendBits)

/** Which ends sock_shutdown's `sdflags` mean. */
export function endsOf(how: number): 'read' | 'write' | 'both' {
  const ends = ([undefined, 'read', 'write', 'both'] as const)[how]
  if (ends === undefined) throw new SysError('EINVAL')
  return ends
}

/** `roflags`: RO_RECV_DATA_TRUNCATED, or nothing. */
export function receivedFlags({ truncated }: { truncated: boolean }): number {
  return truncated ? 1 : 0
}

/** The sockets of WASI preview 1, which the dialects that stand in its module have in common: every call answers an errno. */
export const preview1Sockets: Readonly<Record<string, Call>> = {
  sock_accept: call([sock, i32('fdflags'), out('result', u32)], ({ sockets }, fd, fdflags, result) =>
    onceDone(sockets.accept(fd, { nonBlocking: (fdflags & FDFLAGS_NONBLOCK) !== 0 }), (accepted) =>
      result.write(accepted.fd),
    ),
  ),

  sock_recv: call(
    [sock, buffersOut, receiveFlags, out('received', u32), out('roflags', u16)],
    ({ sockets }, fd, buffers, flags, received, roflags) =>
      onceDone(sockets.receive(fd, buffers.place, flags), (got) => {
        buffers.fill(got.length)
        received.write(got.length)
        roflags.write(receivedFlags(got))
      }),
  ),

  sock_send: call([sock, buffersIn, sendFlags, out('sent', u32)], ({ sockets }, fd, data, flags, sent) =>
    onceDone(sockets.send(fd, data, flags), sent.write),
  ),

  sock_shutdown: call([sock, i32('how')], ({ sockets }, fd, how) => sockets.shutdown(fd, endsOf(how))),
}

/** What preview 1 has left out, and every dialect beside it has in the same form. */
export const sockListen = call([sock, i32('backlog')], ({ sockets }, fd, backlog) => sockets.listen(fd, backlog))
