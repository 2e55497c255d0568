import type { WasmFs } from '@wasmer/wasmfs'

/** What `@wasmer/wasi` takes as a file system. */
type Bound = Record<string, unknown>
type Contents = { buf: Buffer; touch(): void }

/** How much more a file is given than it needs, so that growing costs by the bytes that are added: a part of its size. */
const SPARE = 0.25

/** The descriptors of a file system of `@wasmer/wasmfs`, and what its files hold. */
export class MendedFs {
  readonly #wasmFs: WasmFs
  /** The memory of the files that have been made to grow here, which is a little more than they hold. */
  readonly #spacious = new WeakMap<Contents, ArrayBuffer>()
  /** The last descriptor that was opened. */
  lastOpened = -1

  constructor(wasmFs: WasmFs) {
    this.#wasmFs = wasmFs
  }

  /**
   * A file system for `@wasmer/wasi` that loses nothing: as it comes, a file does not grow when its size is set, a gap before what is
   * written has whatever the process's memory had there, reading past the end counts below zero, and a file is copied whenever it grows.
   */
  get bound(): Bound {
    const { fs } = this.#wasmFs
    const sizeOf = (fd: number) => Number(fs.fstatSync(fd).size)
    return {
      ...fs,
      /** No path that is asked for has links in it. */
      realpathSync: (path: string) => {
        fs.lstatSync(path)
        return path
      },
      openSync: (path: string, flags: number, mode?: number) => {
        this.lastOpened = fs.openSync(path, flags, mode)
        return this.lastOpened
      },
      readSync: (fd: number, into: Uint8Array, offset: number, length: number, at: number) =>
        at >= sizeOf(fd) ? 0 : fs.readSync(fd, into as never, offset, length, at),
      writeSync: (fd: number, from: Uint8Array, offset: number, length: number, at: number) => {
        this.#growTo(fd, at + length)
        return fs.writeSync(fd, Buffer.from(from.buffer, from.byteOffset, from.byteLength), offset, length, at)
      },
      ftruncateSync: (fd: number, size: number) => {
        if (size > sizeOf(fd)) this.#growTo(fd, size)
        else this.#shrinkTo(fd, size)
      },
    }
  }

  #contents(fd: number): Contents {
    const { fds } = this.#wasmFs.volume as unknown as { fds: Record<string, { node: Contents }> }
    return (fds[fd] as { node: Contents }).node
  }

  /** Adds zeros. */
  #growTo(fd: number, size: number): void {
    const node = this.#contents(fd)
    const held = node.buf ?? Buffer.alloc(0)
    if (size <= held.length) return
    let place = this.#spacious.get(node)
    if (place === undefined || held.buffer !== place || place.byteLength < size) {
      place = new ArrayBuffer(Math.ceil(size * (1 + SPARE)))
      Buffer.from(place).set(held)
      this.#spacious.set(node, place)
    }
    node.buf = Buffer.from(place, 0, size)
    node.buf.fill(0, held.length)
    node.touch()
  }

  /** Gives back the memory of what is cut off. */
  #shrinkTo(fd: number, size: number): void {
    const node = this.#contents(fd)
    const held = node.buf ?? Buffer.alloc(0)
    node.buf = size === held.length ? held : Buffer.from(held.subarray(0, size))
    node.touch()
  }
}
