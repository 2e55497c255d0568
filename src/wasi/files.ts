import type { Guest } from '../abi/guest.js'
import { FDFLAGS_NONBLOCK } from '../abi/preview1-sockets.js'
import { SysError } from '../posix/errno.js'
import type { Open, OpenFile } from '../posix-sockets/open.js'
import type { Directory, FileHandle } from './directory.js'
import type { Filestat } from './filestat.js'
import type { Place, Root } from './paths.js'
import type { Preopen, WasiProvider } from './provider.js'
import { isWithin, needed, OF_DIRECTORIES, OF_FILES, type Rights } from './rights.js'
import { FDFLAGS_APPEND, FILETYPE_DIRECTORY, FILETYPE_REGULAR_FILE } from './structures.js'

/** A file or directory of a provider's. Where it stands, its flags and its rights are kept here. */
export class ProvidedFile implements OpenFile {
  readonly is = 'file'
  references = 0
  nonBlocking: boolean
  readonly filetype: number
  /** A file that is no directory. */
  readonly handle: FileHandle | undefined
  /** A directory: where its paths begin. */
  readonly place: Place | undefined
  /** What the guest calls a directory that it has from the start. */
  readonly preopened: string | undefined
  rights: Rights
  /** The flags of preview 1, but for NONBLOCK. */
  flags: number
  /** Of a regular file. */
  position = 0n
  /** The names in a directory, as they were when reading it began. */
  listing: readonly string[] | undefined

  constructor(filetype: number, { rights, flags, handle, place, preopened }: FileParts) {
    this.filetype = filetype
    this.rights = rights
    this.flags = flags
    this.nonBlocking = (flags & FDFLAGS_NONBLOCK) !== 0
    this.handle = handle
    this.place = place
    this.preopened = preopened
  }

  /** FIONREAD: the bytes up to the end of a regular file, below zero behind it, as an int. */
  available(): number {
    if (this.handle === undefined || !isRegular(this)) throw new SysError('ENOTTY')
    return Number(BigInt.asIntN(32, this.handle.stat().size - this.position))
  }

  close(): void {
    if (this.handle !== undefined) this.handle.close()
    else if (!(this.place instanceof RootPlace && !this.place.isOpen)) this.place?.directory.close()
  }
}
export interface FileParts extends Pick<ProvidedFile, 'rights' | 'flags'> {
  readonly handle?: FileHandle
  readonly place?: Place
  readonly preopened?: string
}
export type OpenDirectory = ProvidedFile & { readonly place: Place }
export type OpenData = ProvidedFile & { readonly handle: FileHandle }

/** A file or directory of the provider's. */
export function isProvided(open: Open | undefined): open is ProvidedFile {
  return open instanceof ProvidedFile
}

export function isRegular({ filetype }: ProvidedFile): boolean {
  return filetype === FILETYPE_REGULAR_FILE
}

/** The files that a guest has open with a provider. */
export class Files {
  readonly #guest: Guest
  readonly #provider: WasiProvider
  /** The lowest descriptor of a preopened directory. */
  readonly #firstPreopen: number

  /** The directories take the lowest free descriptors, after the sockets that the guest is given. */
  constructor(guest: Guest, provider: WasiProvider) {
    this.#guest = guest
    this.#provider = provider
    const opened = provider.preopens.map((preopen) => guest.sockets.table.add(this.#preopened(preopen)))
    this.#firstPreopen = opened[0] ?? 0
  }

  /** Whether a search for preopened directories has to go on after this descriptor, which is a socket. */
  isBeforePreopens(fd: number): boolean {
    return fd < this.#firstPreopen && this.#guest.sockets.isSocket(fd)
  }

  /** The file that a call is about: it must be the provider's, and have the right that the call needs. */
  get(call: string, fd: number): ProvidedFile {
    const file = this.#guest.sockets.table.get(fd)
    if (!isProvided(file)) throw new SysError(notForStreams(call))
    const refusal = file.filetype === FILETYPE_DIRECTORY ? notForDirectories[call] : undefined
    if (refusal !== undefined) throw new SysError(refusal)
    if (!has(file, needed[call])) throw new SysError(lacking[call] ?? 'ENOTCAPABLE')
    return file
  }

  /** The same for a call that is not for directories. */
  data(call: string, fd: number): OpenData {
    const file = this.get(call, fd)
    if (file.handle === undefined) throw new SysError('EISDIR')
    return file as OpenData
  }

  /** The directory that a path of a call begins in; `at` is 1 for the second one of two. */
  directory(call: string, fd: number, at: 0 | 1 = 0): OpenDirectory {
    const file = this.#guest.sockets.table.get(fd)
    if (!isProvided(file) || file.place === undefined) throw new SysError('ENOTDIR')
    const right = needed[call]
    if (!has(file, Array.isArray(right) ? right[at] : right)) throw new SysError('ENOTCAPABLE')
    return file as OpenDirectory
  }

  /** What the guest is shown of a file. */
  shown(stat: Filestat): Filestat {
    return this.#provider.shown?.(stat) ?? stat
  }

  stat({ handle, place }: ProvidedFile): Filestat {
    return this.shown((handle ?? (place as Place).directory).stat())
  }

  /** Gives what was opened a descriptor. Where it cannot, that is closed. */
  add(stat: Filestat, parts: FileParts): number {
    try {
      return this.#guest.sockets.table.add(new ProvidedFile(this.shown(stat).filetype, parts))
    } catch (error) {
      ;(parts.handle ?? parts.place?.directory)?.close()
      throw error
    }
  }

  /** Only APPEND and NONBLOCK can be changed, as by fcntl(2). */
  setFlags(fd: number, file: ProvidedFile, flags: number): void {
    const appends = flags & FDFLAGS_APPEND
    if (appends !== (file.flags & FDFLAGS_APPEND)) file.handle?.setAppends(appends !== 0)
    file.flags = (file.flags & ~FDFLAGS_APPEND) | appends
    this.#guest.sockets.setNonBlocking(fd, (flags & FDFLAGS_NONBLOCK) !== 0)
  }

  #preopened(preopen: Preopen): ProvidedFile {
    const { name: preopened, isTop = false } = preopen
    const rights = { base: OF_DIRECTORIES, inheriting: OF_DIRECTORIES | OF_FILES }
    const root = { name: preopened, isTop, takesAbsolute: this.#guest.isWasix }
    const place = new RootPlace(root, preopen)
    return new ProvidedFile(FILETYPE_DIRECTORY, { place, preopened, rights, flags: 0 })
  }
}

function has({ rights }: ProvidedFile, right: bigint | readonly bigint[] | undefined): boolean {
  return typeof right !== 'bigint' || isWithin(right, rights.base)
}

/** What a call says of a file that was opened for something else, as Linux does. */
const lacking: Readonly<Record<string, 'EBADF' | 'EINVAL'>> = {
  fd_read: 'EBADF',
  fd_pread: 'EBADF',
  fd_write: 'EBADF',
  fd_pwrite: 'EBADF',
  fd_allocate: 'EBADF',
  fd_filestat_set_size: 'EINVAL',
}

/** A directory that a guest has from the start, which is opened at once unless it says otherwise. */
class RootPlace implements Place {
  readonly root: Root
  readonly #preopen: Preopen
  #opened: Directory | undefined

  constructor(root: Root, preopen: Preopen) {
    this.root = root
    this.#preopen = preopen
    if (preopen.isLazy !== true) this.#opened = preopen.open()
  }

  get directory(): Directory {
    this.#opened ??= this.#preopen.open()
    return this.#opened
  }

  get isOpen(): boolean {
    return this.#opened !== undefined
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
