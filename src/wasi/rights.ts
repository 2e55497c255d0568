/** Rights of preview 1 that are looked at here. */
export const RIGHT_DATASYNC = 1n << 0n
export const RIGHT_READ = 1n << 1n
export const RIGHT_SEEK = 1n << 2n
export const RIGHT_TELL = 1n << 5n
export const RIGHT_WRITE = 1n << 6n
export const RIGHT_ALLOCATE = 1n << 8n
export const RIGHT_PATH_CREATE_FILE = 1n << 10n
export const RIGHT_READDIR = 1n << 14n
export const RIGHT_PATH_SET_SIZE = 1n << 19n
export const RIGHT_SET_SIZE = 1n << 22n

const bits = (...numbers: readonly number[]) => numbers.reduce((sum, number) => sum | (1n << BigInt(number)), 0n)

/** All that there are. */
const EVERY = bits(...Array.from({ length: 30 }, (_, number) => number))
/** What can be done with an open file that is no directory. */
export const OF_FILES = bits(0, 1, 2, 3, 4, 5, 6, 7, 8, 21, 22, 23, 27)
/** And with a directory: all calls with paths, besides. */
export const OF_DIRECTORIES = bits(0, 3, 4, 7, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 23, 24, 25, 26, 27)

/** `@wasmer/wasi` opens a file for writing if any of these is asked for. */
export const WRITING = RIGHT_DATASYNC | RIGHT_WRITE | RIGHT_ALLOCATE | RIGHT_SET_SIZE

/** The right that a call asks of its descriptor; two descriptors for those of two. A call that is not named here asks for none. */
export const needed: Readonly<Record<string, bigint | readonly [bigint, bigint]>> = {
  fd_allocate: RIGHT_ALLOCATE,
  fd_filestat_set_size: RIGHT_SET_SIZE,
  fd_filestat_set_times: bits(23),
  fd_pread: RIGHT_READ,
  fd_pwrite: RIGHT_WRITE,
  fd_read: RIGHT_READ,
  fd_readdir: RIGHT_READDIR,
  fd_write: RIGHT_WRITE,
  path_create_directory: bits(9),
  path_filestat_get: bits(18),
  path_filestat_set_times: bits(20),
  path_link: [bits(11), bits(12)],
  path_open: bits(13),
  path_readlink: bits(15),
  path_remove_directory: bits(25),
  path_rename: [bits(16), bits(17)],
  path_symlink: bits(24),
  path_unlink_file: bits(26),
}

/** What a descriptor may be used for, and what may be opened through it. */
export interface Rights {
  readonly base: bigint
  readonly inheriting: bigint
}

/** Rights as they come from a guest: signed, and perhaps all ones. */
export function rightsOf(base: bigint, inheriting: bigint): Rights {
  return { base: base & EVERY, inheriting: inheriting & EVERY }
}

/** True when nothing is asked for beyond what is there. */
export function isWithin(asked: bigint, given: bigint): boolean {
  return (asked & ~given) === 0n
}

export function isForWriting(asked: bigint): boolean {
  return (asked & (RIGHT_WRITE | RIGHT_ALLOCATE | RIGHT_SET_SIZE)) !== 0n
}

/** How a file is opened for rights: for reading, unless writing alone is asked for. */
export function accessFor(asked: bigint): 'read' | 'write' | 'both' {
  if (!isForWriting(asked)) return 'read'
  return (asked & (RIGHT_READ | RIGHT_READDIR)) !== 0n ? 'both' : 'write'
}
