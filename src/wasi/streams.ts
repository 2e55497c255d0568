import type { Guest } from '../abi/guest.js'
import { SysError } from '../posix/errno.js'
import { type MaybeBlocking, onceDone } from '../posix-sockets/blocking.js'
import type { Open } from '../posix-sockets/open.js'
import { piecewise } from '../posix-sockets/stream-calls.js'
import type { Stdio } from './stdio.js'
import {
  FILETYPE_CHARACTER_DEVICE,
  FILETYPE_REGULAR_FILE,
  FILETYPE_SOCKET_DGRAM,
  FILETYPE_SOCKET_STREAM,
  FILETYPE_UNKNOWN,
  type filestat,
  RIGHTS_OF_FILE,
  RIGHTS_OF_PIPE,
  RIGHTS_STREAM,
} from './structures.js'

/** read(2) on what is no file of the provider's. */
export function readAny(guest: Guest, fd: number, open: Open, into: Uint8Array): MaybeBlocking<number> {
  if (open.is === 'socket') return onceDone(guest.sockets.receive(fd, into, 0), ({ length }) => length)
  return isStdio(open) ? open.read(into) : guest.sockets.read(fd, into)
}

/** write(2), likewise. */
export function writeAny(guest: Guest, fd: number, open: Open, data: Uint8Array): MaybeBlocking<number> {
  if (open.is === 'socket') return guest.sockets.send(fd, data, 0)
  return isStdio(open) ? piecewise(data, true, (rest) => open.write(rest)) : guest.sockets.write(fd, data)
}

/** A standard descriptor, as it was at the start. */
export function isStdio(open: Open | undefined): open is Stdio {
  return open?.is === 'file' && 'stdio' in open
}

/** What preview 1 calls it; it has no name for pipes. */
export function filetypeOf(open: Open): number {
  if (open.is === 'socket') return open.type === 'stream' ? FILETYPE_SOCKET_STREAM : FILETYPE_SOCKET_DGRAM
  if (!isStdio(open)) return FILETYPE_UNKNOWN
  if (open.file !== undefined) return FILETYPE_REGULAR_FILE
  return open.isTerminal ? FILETYPE_CHARACTER_DEVICE : FILETYPE_UNKNOWN
}

/** fd_seek's `whence`. */
const whences = ['start', 'current', 'end'] as const
export const WHENCE_CURRENT = 1

/** lseek(2) on what is no file of the provider's; answers the new offset in bytes. `ESPIPE` where one cannot seek. */
export function seekAny(open: Open, offset: bigint, whence: number): bigint {
  if (!isStdio(open) || open.file === undefined) throw new SysError('ESPIPE')
  const from = whences[whence]
  const found = from === undefined ? undefined : open.file.seek(Number(offset), from)
  if (found === undefined) throw new SysError('EINVAL')
  return BigInt(found)
}

/** fstat(2), as far as it is known of such a descriptor. */
export function statAny(open: Open): Parameters<typeof filestat.write>[2] {
  const none = { device: 0n, inode: 0n, links: 1n, size: 0n, accessed: 0n, modified: 0n, changed: 0n }
  const filetype = filetypeOf(open)
  if (!isStdio(open) || open.file === undefined) return { ...none, filetype }
  const { dev, ino, nlink, size, atimeNs, mtimeNs, ctimeNs } = open.file.stat()
  return {
    device: dev,
    inode: ino,
    filetype,
    links: nlink,
    size,
    accessed: atimeNs,
    modified: mtimeNs,
    changed: ctimeNs,
  }
}

/** What preview 1 says may be done with it. */
export function rightsOf(open: Open): bigint {
  if (open.is === 'pipe') return RIGHTS_OF_PIPE[open.end]
  return isStdio(open) && open.file !== undefined ? RIGHTS_OF_FILE : RIGHTS_STREAM
}
