import type { Guest } from '../abi/guest.js'
import { readAt, u32, writeAt } from '../abi/layout.js'
import { SysError } from '../posix/errno.js'
import type { Open, OpenFile } from '../posix-sockets/open.js'
import type { WasiProvider } from './provider.js'

/** A file or directory of a provider's: `number` is the provider's descriptor. */
export interface ProvidedFile extends OpenFile {
  readonly number: number
}

/** Which arguments of a preview 1 call are descriptors; those not named here have one, the first. */
const descriptorsAt: Readonly<Record<string, readonly number[]>> = {
  path_link: [0, 4],
  path_rename: [0, 3],
  path_symlink: [2],
}
const OPENED_AT = 8

/** The calls of preview 1 on files and directories, which a provider answers. */
export const fileCalls = [
  'fd_advise',
  'fd_allocate',
  'fd_datasync',
  'fd_fdstat_get',
  'fd_fdstat_set_flags',
  'fd_fdstat_set_rights',
  'fd_filestat_get',
  'fd_filestat_set_size',
  'fd_filestat_set_times',
  'fd_pread',
  'fd_prestat_dir_name',
  'fd_prestat_get',
  'fd_pwrite',
  'fd_read',
  'fd_readdir',
  'fd_seek',
  'fd_sync',
  'fd_tell',
  'fd_write',
  'path_create_directory',
  'path_filestat_get',
  'path_filestat_set_times',
  'path_link',
  'path_open',
  'path_readlink',
  'path_remove_directory',
  'path_rename',
  'path_symlink',
  'path_unlink_file',
] as const
export type FileCall = (typeof fileCalls)[number]

/** The file calls of a provider, with the guest's descriptors in place of its own. A descriptor that is no provider's file is `EBADF`. */
export class ProvidedFiles {
  readonly #guest: Guest
  readonly #provider: WasiProvider

  constructor(guest: Guest, provider: WasiProvider) {
    this.#guest = guest
    this.#provider = provider
    for (let number = 3; number < 3 + provider.preopens; number++) guest.sockets.table.set(number, this.#file(number))
  }

  /** Answers an errno's number. */
  call(name: FileCall, args: readonly (number | bigint)[]): number {
    const own = [...args]
    for (const at of descriptorsAt[name] ?? [0]) own[at] = this.#numberOf(args[at] as number)
    if (name === 'path_open') this.#guest.sockets.table.ensureRoom()
    const errno = this.#ask(name, own)
    if (name === 'path_open' && errno === 0) this.#opened(args[OPENED_AT] as number)
    return errno
  }

  #ask(name: string, args: readonly (number | bigint)[]): number {
    const answer = this.#provider.functions[name] as ((...args: unknown[]) => number) | undefined
    if (answer === undefined) throw new SysError('ENOSYS')
    try {
      return answer(...args) ?? 0
    } catch (error) {
      throw new SysError(error instanceof RangeError ? 'EFAULT' : 'EIO', { cause: error })
    }
  }

  #numberOf(fd: number): number {
    const open: Open | ProvidedFile = this.#guest.sockets.table.get(fd)
    if (open.is !== 'file' || !('number' in open)) throw new SysError('EBADF')
    return (open as ProvidedFile).number
  }

  /** The provider has written its own number where the guest expects its descriptor. */
  #opened(pointer: number): void {
    const { memory, sockets } = this.#guest
    writeAt(memory, u32, pointer, sockets.table.add(this.#file(readAt(memory, u32, pointer))))
  }

  #file(number: number): ProvidedFile {
    return { is: 'file', references: 0, number, close: () => void this.#ask('fd_close', [number]) }
  }
}
