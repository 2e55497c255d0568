import { bytes, struct, u8, u16, u32, u64 } from '../abi/layout.js'

/** Structures of WASI preview 1. */
export const fdstat = struct({ filetype: u8, flags: u16, rightsBase: u64, rightsInheriting: u64 }) // 24 bytes
export const filestat = struct({
  device: u64,
  inode: u64,
  filetype: u8,
  links: u64,
  size: u64,
  accessed: u64,
  modified: u64,
  changed: u64,
}) // 64 bytes
export const prestat = struct({ tag: u8, nameLength: u32 }) // 8 bytes
export const dirent = struct({ next: u64, inode: u64, nameLength: u32, filetype: u8 }) // 24 bytes
export const iovec = struct({ base: u32, length: u32 }) // 8 bytes
export const clockSubscription = struct({
  userdata: u64,
  tag: u8,
  gap: bytes(7),
  clock: u32,
  timeout: u64,
  precision: u64,
  flags: u16,
}) // 48 bytes
export const event = struct({ userdata: u64, error: u16, type: u8, bytes: u64, flags: u16 }) // 32 bytes

export const FILETYPE_UNKNOWN = 0
export const FILETYPE_BLOCK_DEVICE = 1
export const FILETYPE_CHARACTER_DEVICE = 2
export const FILETYPE_DIRECTORY = 3
export const FILETYPE_REGULAR_FILE = 4
export const FILETYPE_SOCKET_DGRAM = 5
export const FILETYPE_SOCKET_STREAM = 6
export const FILETYPE_SYMBOLIC_LINK = 7

export const FDFLAGS_APPEND = 1
export const FDFLAGS_DSYNC = 2
export const FDFLAGS_SYNC = 16

/** fd_read, fd_write, fd_fdstat_set_flags, poll_fd_readwrite, sock_shutdown, sock_accept: and no seek or tell, which isatty looks at. */
export const RIGHTS_STREAM =
  (1n << 1n) | (1n << 3n) | (1n << 6n) | (1n << 21n) | (1n << 27n) | (1n << 28n) | (1n << 29n)
/** The same with seek and tell. */
export const RIGHTS_OF_FILE = RIGHTS_STREAM | (1n << 2n) | (1n << 5n)
/** The same for the ends of a pipe: wasi-libc's F_GETFL tells by these what a descriptor is open for. */
export const RIGHTS_OF_PIPE = { read: RIGHTS_STREAM & ~(1n << 6n), write: RIGHTS_STREAM & ~(1n << 1n) } as const
