import type { BigIntStats } from 'node:fs'
import type { WasmFs } from '@wasmer/wasmfs'
import { gather, gatheringPlace, scatter } from '../../abi/iovec.js'
import { SysError } from '../../posix/errno.js'
import type { FileHandle, Times } from '../directory.js'
import { type Exchange, MOST_AT_ONCE } from '../exchange.js'
import { type Filestat, filestatOf } from '../filestat.js'
import type { OpenCount } from './open-counts.js'
import type { Room } from './room.js'

export interface Storage {
  readonly wasmFs: WasmFs
  readonly exchange: Exchange
  readonly room: Room
}

/** A file in memory that is open: its data are moved by `@wasmer/wasi`. */
export class MemoryFile implements FileHandle {
  readonly appends = false
  readonly isTerminal = false
  readonly #storage: Storage
  /** Its number with `@wasmer/wasi`. */
  readonly #number: number
  /** Its descriptor in the file system. */
  readonly #fd: number
  readonly #count: OpenCount

  constructor(storage: Storage, { number, fd, count }: { number: number; fd: number; count: OpenCount }) {
    this.#storage = storage
    this.#number = number
    this.#fd = fd
    this.#count = count
  }

  stat(): Filestat {
    const { fs } = this.#storage.wasmFs
    return filestatOf(fs.fstatSync(this.#fd, { bigint: true } as never) as unknown as BigIntStats)
  }

  read(buffers: readonly Uint8Array[], offset = 0n): number {
    const { exchange } = this.#storage
    return groupwise(buffers, (group, done) => {
      const place = gatheringPlace(group)
      const length = inPieces(place, offset + BigInt(done), (piece, at) => {
        const bytes = exchange.read(this.#number, piece.length, at)
        piece.set(bytes)
        return bytes.length
      })
      scatter(place, length, group)
      return length
    })
  }

  /** As much as there is room for, as on a disk that is nearly full. */
  write(buffers: readonly Uint8Array[], offset = 0n): number {
    const { exchange } = this.#storage
    return groupwise(buffers, (group, done) =>
      inPieces(gather(group), offset + BigInt(done), (piece, at) => {
        const fitting = this.#makeRoom(at, piece.length)
        if (fitting < piece.length) return exchange.write(this.#number, piece.subarray(0, fitting), at)
        return exchange.write(this.#number, piece, at)
      }),
    )
  }

  setSize(size: bigint): void {
    const { exchange, room } = this.#storage
    const grown = Number(size - this.stat().size)
    if (grown > 0) room.take(grown)
    exchange.ask('fd_filestat_set_size', this.#number, size)
    if (grown < 0) room.take(grown)
  }

  setTimes({ accessed, modified }: Times): void {
    this.#storage.wasmFs.fs.futimesSync(this.#fd, Number(accessed) / 1e9, Number(modified) / 1e9)
  }

  sync(): void {
    this.#storage.exchange.ask('fd_sync', this.#number)
  }

  setAppends(): void {}

  close(): void {
    const { size } = this.stat()
    this.#storage.exchange.ask('fd_close', this.#number)
    if (this.#count.closed()) this.#storage.room.take(-Number(size))
  }

  /** Takes room for what is written beyond the end. Returns how many of the bytes fit. */
  #makeRoom(at: bigint, length: number): number {
    const { room } = this.#storage
    const end = this.stat().size
    const grown = Number(at + BigInt(length) - end)
    if (grown <= 0) return length
    const lacking = grown - room.takeSome(grown)
    if (lacking < length) return length - lacking
    room.take(lacking - grown)
    throw new SysError('ENOSPC')
  }
}

/** Small buffers in one go, large ones one after the other; ends at a group that was not moved whole. */
function groupwise(
  buffers: readonly Uint8Array[],
  move: (group: readonly Uint8Array[], done: number) => number,
): number {
  const lengths = (group: readonly Uint8Array[]) => group.reduce((sum, { length }) => sum + length, 0)
  const groups = lengths(buffers) <= MOST_AT_ONCE ? [buffers] : buffers.map((buffer) => [buffer])
  let done = 0
  for (const group of groups) {
    const moved = afterFirst(done, () => move(group, done))
    done += moved
    if (moved < lengths(group)) break
  }
  return done
}

/** Moves as much at once as the exchange has room for. */
function inPieces(place: Uint8Array, offset: bigint, move: (piece: Uint8Array, at: bigint) => number): number {
  let done = 0
  do {
    const piece = place.subarray(done, done + MOST_AT_ONCE)
    const moved = afterFirst(done, () => move(piece, offset + BigInt(done)))
    done += moved
    if (moved < piece.length) break
  } while (done < place.length)
  return done
}

/** A failure after something was moved is reported by the next call. */
function afterFirst(done: number, move: () => number): number {
  try {
    return move()
  } catch (error) {
    if (done === 0 || !(error instanceof SysError)) throw error
    return 0
  }
}
