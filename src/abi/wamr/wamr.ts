import { anyAddress, showAddress } from '../../posix/address.js'
import { SysError } from '../../posix/errno.js'
import { onceDone } from '../../posix-sockets/blocking.js'
import { buffersIn, buffersOut } from '../buffers.js'
import { type Call, call } from '../call.js'
import type { Dialect } from '../dialect.js'
import { u32 } from '../layout.js'
import { optionalOut, out } from '../outputs.js'
import { fd, i32, sock } from '../params.js'
import { preview1Sockets, receiveFlags, sendFlags, sockListen } from '../preview1-sockets.js'
import { address, addressLayout } from './address.js'
import { wamrOptions } from './options.js'
import { families, resolveCall, socketTypes } from './resolve.js'

const show = { show: showAddress }

const calls: Readonly<Record<string, Call>> = {
  ...preview1Sockets,
  ...wamrOptions,
  sock_addr_resolve: resolveCall,
  sock_listen: sockListen,

  /** `poolfd` stands for the addresses that may be used, which is not the guest's to say. */
  sock_open: call(
    [i32('poolfd'), i32('af'), i32('socktype'), out('result', u32)],
    ({ sockets }, _, af, socktype, result) => {
      const [family, type] = [families[af], socketTypes[socktype]]
      if (family === undefined) throw new SysError('EAFNOSUPPORT')
      if (type === undefined) throw new SysError('EINVAL')
      result.write(sockets.socket({ family, type, nonBlocking: false }))
    },
  ),

  sock_bind: call([sock, address], ({ sockets }, fd, to) => sockets.bind(fd, to)),

  sock_connect: call([sock, address], ({ sockets }, fd, to) => sockets.connect(fd, to)),

  sock_addr_local: call([sock, out('addr', addressLayout, show)], ({ sockets }, fd, result) =>
    result.write(sockets.getsockname(fd)),
  ),

  sock_addr_remote: call([sock, out('addr', addressLayout, show)], ({ sockets }, fd, result) =>
    result.write(sockets.getpeername(fd)),
  ),

  /** A stream does not say from whom its bytes are: the address is then all zeros. */
  sock_recv_from: call(
    [sock, buffersOut, receiveFlags, optionalOut('src_addr', addressLayout, show), out('received', u32)],
    ({ sockets }, fd, buffers, flags, from, received) => {
      const { family } = sockets.socketOf(fd)
      if (family === 'unix' && from.isWanted) throw new SysError('EAFNOSUPPORT')
      return onceDone(sockets.receive(fd, buffers.place, flags), (got) => {
        buffers.fill(got.length)
        from.write(got.from ?? anyAddress(family))
        received.write(got.length)
      })
    },
  ),

  sock_send_to: call(
    [sock, buffersIn, sendFlags, address, out('sent', u32)],
    ({ sockets }, fd, data, flags, to, sent) => onceDone(sockets.send(fd, data, flags, to), sent.write),
  ),

  /** Sockets are closed by fd_close. */
  sock_close: call([fd], () => {
    throw new SysError('ENOSYS')
  }),
}

/** The socket extension of WAMR: addresses are numbers in the guest's own order, and each option has its own functions. */
export const wamr: Dialect = { name: 'WAMR sockets', module: 'wasi_snapshot_preview1', calls }
