import type { Guest } from '../abi/guest.js'
import { FDFLAGS_NONBLOCK } from '../abi/preview1-sockets.js'
import { SysError } from '../posix/errno.js'
import type { Open, OpenFile } from '../posix-sockets/open.js'
import { Exchange } from './exchange.js'
import type { Place, Root } from './paths.js'
import type { WasiProvider } from './provider.js'
import { isWithin, needed, OF_DIRECTORIES, OF_FILES, RIGHT_READ, RIGHT_WRITE, type Rights } from './rights.js'
import { FDFLAGS_APPEND, FILETYPE_DIRECTORY, FILETYPE_REGULAR_FILE } from './structures.js'

/** A file or directory of a provider's. Where it stands, its flags and its rights are kept here. */
export interface ProvidedFile extends OpenFile {
  /** The provider's descriptor. */
  readonly number: number
  readonly filetype: number
  /** Of a directory: where its paths begin. It changes when the guest renames the directory, or one above. */
  place?: Place
  /** What the guest calls a directory that it has from the start. */
  readonly preopened?: string
  rights: Rights
  /** The flags of preview 1, but for NONBLOCK. */
  flags: number
  /** Of a regular file. */
  position: bigint
  /** The names in a directory, as they were when reading it began. */
  listing?: readonly string[]
}
export type OpenDirectory = ProvidedFile & { place: Place }

/** A file or directory of the provider's. */
export function isProvided(open: Open | undefined): open is ProvidedFile {
  return open?.is === 'file' && 'number' in open
}

export function isRegular({ filetype }: ProvidedFile): boolean {
  return filetype === FILETYPE_REGULAR_FILE
}

/** The files that a guest has open with a provider. */
export class Files {
  readonly #guest: Guest
  readonly #provider: WasiProvider
  #exchange: Exchange | undefined

  constructor(guest: Guest, provider: WasiProvider) {
    this.#guest = guest
    this.#provider = provider
    for (const [index, preopen] of provider.preopens.entries()) {
      const root = { ...preopen, number: 3 + index, tree: provider.tree, takesAbsolute: guest.isWasix }
      guest.sockets.table.set(root.number, this.#preopened(root))
    }
  }

  /** Made when it is first used: most guests open no files. */
  get exchange(): Exchange {
    this.#exchange ??= new Exchange(this.#provider)
    return this.#exchange
  }

  /** The file that a call is about: it must be the provider's, and have the right that the call needs. */
  get(call: string, fd: number): ProvidedFile {
    const file = this.#guest.sockets.table.get(fd)
    if (!isProvided(file)) throw new SysError(notForStreams(call))
    const refusal = file.filetype === FILETYPE_DIRECTORY ? notForDirectories[call] : undefined
    if (refusal !== undefined) throw new SysError(refusal)
    this.#checkRight(file, needed[call])
    return file
  }

  /** The directory that a path of a call begins in; `at` is 1 for the second one of two. */
  directory(call: string, fd: number, at: 0 | 1 = 0): OpenDirectory {
    const file = this.#guest.sockets.table.get(fd)
    if (!isProvided(file) || file.place === undefined) throw new SysError('ENOTDIR')
    const right = needed[call]
    this.#checkRight(file, Array.isArray(right) ? right[at] : right)
    return file as OpenDirectory
  }

  /** Gives an open file of the provider's a descriptor. */
  add(number: number, of: Pick<ProvidedFile, 'filetype' | 'rights' | 'flags'> & { place?: Place }): number {
    const fd = this.#guest.sockets.table.add(this.#file({ ...of, number }))
    if ((of.flags & FDFLAGS_NONBLOCK) !== 0) this.#guest.sockets.setNonBlocking(fd, true)
    return fd
  }

  /** Which of the flags the provider is told of when it opens a file. */
  flagsForProvider(flags: number): number {
    return flags & ~FDFLAGS_NONBLOCK & ~(this.#provider.appends ? 0 : FDFLAGS_APPEND)
  }

  /** Only APPEND and NONBLOCK can be changed, as by fcntl(2). */
  setFlags(fd: number, file: ProvidedFile, flags: number): void {
    const appends = flags & FDFLAGS_APPEND
    if (this.#provider.appends && appends !== (file.flags & FDFLAGS_APPEND))
      this.exchange.ask('fd_fdstat_set_flags', file.number, appends)
    file.flags = (file.flags & ~FDFLAGS_APPEND) | appends
    this.#guest.sockets.setNonBlocking(fd, (flags & FDFLAGS_NONBLOCK) !== 0)
  }

  /** The open directories that were in or under a directory now are where that was moved to. */
  moved(from: Place, to: Place): void {
    const isUnder = ({ root, names }: Place) => root === from.root && from.names.every((name, at) => names[at] === name)
    for (const [, open] of this.#guest.sockets.table)
      if (isProvided(open) && open.place !== undefined && isUnder(open.place))
        open.place = { root: to.root, names: [...to.names, ...open.place.names.slice(from.names.length)] }
  }

  #preopened(root: Root): ProvidedFile {
    const rights = { base: OF_DIRECTORIES, inheriting: OF_DIRECTORIES | OF_FILES }
    const place = { root, names: [] }
    const { number, name: preopened } = root
    return this.#file({ number, filetype: FILETYPE_DIRECTORY, place, preopened, rights, flags: 0 })
  }

  #file(of: Pick<ProvidedFile, 'number' | 'filetype' | 'rights' | 'flags'> & Partial<ProvidedFile>): ProvidedFile {
    const close = () => {
      if (!this.#provider.isIdle) this.exchange.ask('fd_close', of.number)
    }
    return { is: 'file', references: 0, position: 0n, nonBlocking: false, close, ...of }
  }

  #checkRight(file: ProvidedFile, right: bigint | readonly bigint[] | undefined): void {
    if (typeof right !== 'bigint' || isWithin(right, file.rights.base)) return
    throw new SysError(right === RIGHT_READ || right === RIGHT_WRITE ? 'EBADF' : 'ENOTCAPABLE')
  }
}

/** What a call on files says of a socket. fd_prestat_get's EBADF ends wasi-libc's search for directories at start. */
function notForStreams(call: string) {
  if (call === 'fd_prestat_get' || call === 'fd_prestat_dir_name') return 'EBADF'
  if (['fd_pread', 'fd_pwrite', 'fd_advise', 'fd_allocate'].includes(call)) return 'ESPIPE'
  return call === 'fd_readdir' ? 'ENOTDIR' : 'EINVAL'
}

/** What a call on open files says of a directory. */
const notForDirectories: Readonly<Record<string, 'EISDIR' | 'EBADF' | 'EINVAL'>> = {
  fd_read: 'EISDIR',
  fd_pread: 'EISDIR',
  fd_seek: 'EISDIR',
  fd_write: 'EBADF',
  fd_pwrite: 'EBADF',
  fd_allocate: 'EBADF',
  fd_filestat_set_size: 'EINVAL',
}
