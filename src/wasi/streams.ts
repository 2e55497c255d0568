import type { Guest } from '../abi/guest.js'
import type { Blocking } from '../posix-sockets/blocking.js'
import type { Open } from '../posix-sockets/open.js'
import { piecewise } from '../posix-sockets/stream-calls.js'
import type { Stdio } from './stdio.js'
import {
  FILETYPE_CHARACTER_DEVICE,
  FILETYPE_SOCKET_DGRAM,
  FILETYPE_SOCKET_STREAM,
  FILETYPE_UNKNOWN,
} from './structures.js'

/** read(2) on what is no file of the provider's. */
export function readAny(guest: Guest, fd: number, open: Open, into: Uint8Array): Blocking<number> {
  if (open.is === 'socket') return receiveBytes(guest, fd, into)
  return isStdio(open) ? open.read(into) : guest.sockets.read(fd, into)
}

function* receiveBytes(guest: Guest, fd: number, into: Uint8Array): Blocking<number> {
  return (yield* guest.sockets.receive(fd, into, 0)).length
}

/** write(2), likewise. */
export function writeAny(guest: Guest, fd: number, open: Open, data: Uint8Array): Blocking<number> {
  if (open.is === 'socket') return guest.sockets.send(fd, data, 0)
  return isStdio(open) ? piecewise(data, true, (rest) => open.write(rest)) : guest.sockets.write(fd, data)
}

/** A file or directory of the provider's. */
export function isProvided(open: Open): boolean {
  return open.is === 'file' && !isStdio(open)
}

/** A standard descriptor, as it was at the start. */
export function isStdio(open: Open | undefined): open is Stdio {
  return open?.is === 'file' && 'stdio' in open
}

/** What preview 1 calls it; it has no name for pipes. */
export function filetypeOf(open: Open): number {
  if (open.is === 'socket') return open.type === 'stream' ? FILETYPE_SOCKET_STREAM : FILETYPE_SOCKET_DGRAM
  return isStdio(open) && open.isTerminal ? FILETYPE_CHARACTER_DEVICE : FILETYPE_UNKNOWN
}
