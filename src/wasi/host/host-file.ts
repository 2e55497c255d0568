import fs from 'node:fs'
import tty from 'node:tty'
import { AGAIN, type Again } from '../../network/network.js'
import { SysError } from '../../posix/errno.js'
import type { FileHandle, Times } from '../directory.js'
import { type Filestat, filestatOf, isRegularFile, sysErrorOf, translated } from '../filestat.js'
import { O_PATH, pathOfDescriptor } from './own-descriptors.js'

const { O_APPEND } = fs.constants
/** Node takes where to write as a number. */
const MOST_OFFSET = BigInt(Number.MAX_SAFE_INTEGER)

/** An open file of this machine, whose descriptor never blocks where something has to come first. */
export class HostFile implements FileHandle {
  #fd: number | undefined
  #flags: number
  readonly #isRegular: boolean
  readonly isTerminal: boolean
  /** The first byte of a FIFO, which was read to see whether there is a writer. */
  #first: number | undefined

  constructor(fd: number, flags: number, stat: Filestat) {
    this.#fd = fd
    this.#flags = flags
    this.#isRegular = isRegularFile(stat)
    this.isTerminal = !this.#isRegular && tty.isatty(fd)
  }

  /** Windows has no O_APPEND that holds for a position. */
  get appends(): boolean {
    return process.platform !== 'win32' && (this.#flags & O_APPEND) !== 0
  }

  stat(): Filestat {
    return translated(() => filestatOf(fs.fstatSync(this.#open, { bigint: true })))
  }

  read(buffers: readonly Uint8Array[], offset?: bigint): number | Again {
    if (offset !== undefined && offset > MOST_OFFSET) return 0
    const position = offset === undefined ? null : Number(offset)
    if (this.#first !== undefined) return this.#readFirst(buffers)
    const [only = NOTHING] = buffers
    return moved(() =>
      buffers.length <= 1
        ? fs.readSync(this.#open, only, 0, only.length, position)
        : fs.readvSync(this.#open, buffers as readonly NodeJS.ArrayBufferView[], position ?? undefined),
    )
  }

  write(buffers: readonly Uint8Array[], offset?: bigint): number | Again {
    if (offset !== undefined && offset > MOST_OFFSET) throw new SysError('EFBIG')
    const position = offset === undefined ? null : Number(offset)
    const [only = NOTHING] = buffers
    return moved(() =>
      buffers.length <= 1
        ? fs.writeSync(this.#open, only, 0, only.length, position)
        : fs.writevSync(this.#open, buffers as readonly NodeJS.ArrayBufferView[], position ?? undefined),
    )
  }

  setSize(size: bigint): void {
    if (size > MOST_OFFSET) throw new SysError('EFBIG')
    translated(() => fs.ftruncateSync(this.#open, Number(size)))
  }

  setTimes({ accessed, modified }: Times): void {
    translated(() => fs.futimesSync(this.#open, seconds(accessed), seconds(modified)))
  }

  sync(isDataOnly: boolean): void {
    translated(() => (isDataOnly ? fs.fdatasyncSync(this.#open) : fs.fsyncSync(this.#open)))
  }

  /** Node has no fcntl(2): the file is opened once more, by its descriptor. */
  setAppends(appends: boolean): void {
    if (!this.#isRegular || O_PATH === undefined || appends === this.appends) return
    const { O_CREAT, O_EXCL, O_NOFOLLOW, O_TRUNC } = fs.constants
    const kept = this.#flags & ~(O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW | O_TRUNC)
    const flags = kept | (appends ? O_APPEND : 0)
    const fd = translated(() => fs.openSync(pathOfDescriptor(this.#open), flags))
    fs.closeSync(this.#open)
    this.#fd = fd
    this.#flags = flags
  }

  close(): void {
    const fd = this.#open
    this.#fd = undefined
    translated(() => fs.closeSync(fd))
  }

  /** Whether a FIFO has, or had, a writer. A byte that is read to see that is the first that the guest reads. */
  hasWriter(): boolean {
    if (this.#first !== undefined) return true
    const byte = new Uint8Array(1)
    const length = moved(() => fs.readSync(this.#open, byte, 0, 1, null))
    if (length === 1) this.#first = byte[0]
    return length !== 0
  }

  /** The descriptor. Once it is closed, its number may be that of another file. */
  get #open(): number {
    if (this.#fd === undefined) throw new SysError('EBADF')
    return this.#fd
  }

  #readFirst(buffers: readonly Uint8Array[]): number {
    const place = buffers.find(({ length }) => length > 0)
    if (place === undefined) return 0
    place[0] = this.#first as number
    this.#first = undefined
    const more = place.length === 1 ? 0 : moved(() => fs.readSync(this.#open, place, 1, place.length - 1, null))
    return more === AGAIN ? 1 : 1 + more
  }
}

const NOTHING = new Uint8Array(0)

/** Node takes times as seconds. */
export function seconds(ns: bigint): number {
  return Number(ns) / 1e9
}

/** What the system moves; `AGAIN` where it would have to wait. */
function moved(move: () => number): number | Again {
  try {
    return move()
  } catch (error) {
    const { errno } = sysErrorOf(error)
    if (errno === 'EAGAIN') return AGAIN
    if ((error as NodeJS.ErrnoException).code === 'EOF') return 0
    throw sysErrorOf(error)
  }
}
