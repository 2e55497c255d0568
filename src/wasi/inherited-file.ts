import fs from 'node:fs'

/** Where reading or writing goes on. */
export type Whence = 'start' | 'current' | 'end'

/**
 * A regular file that the process was given as a standard descriptor. As long as nobody seeks, the system's own offset counts, which
 * is shared with the process that opened it; Node cannot set that one, so from the first seek on the place is kept here.
 */
export class InheritedFile {
  readonly #fd: number
  /** In bytes; undefined while the system's offset counts. */
  #position: number | undefined

  constructor(fd: number) {
    this.#fd = fd
  }

  read(into: Uint8Array): number {
    return this.#moved(fs.readSync(this.#fd, into, 0, into.length, this.#position ?? null))
  }

  write(data: Uint8Array): number {
    return this.#moved(fs.writeSync(this.#fd, data, 0, data.length, this.#position ?? null))
  }

  stat(): fs.BigIntStats {
    return fs.fstatSync(this.#fd, { bigint: true })
  }

  /** The offset in bytes. */
  tell(): number {
    return this.#position ?? systemOffset(this.#fd)
  }

  /** Answers the new offset; undefined when it would lie before the start. */
  seek(offset: number, whence: Whence): number | undefined {
    const from = whence === 'start' ? 0 : whence === 'end' ? Number(this.stat().size) : this.tell()
    const target = from + offset
    if (target < 0) return undefined
    if (target !== this.tell()) this.#position = target
    return target
  }

  #moved(count: number): number {
    if (this.#position !== undefined) this.#position += count
    return count
  }
}

/** proc(5): "pos: the file offset". Elsewhere it is taken to be at the start. */
function systemOffset(fd: number): number {
  try {
    return Number(/^pos:\s*(\d+)/m.exec(fs.readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'))?.[1] ?? 0)
  } catch {
    return 0
  }
}

/** The file, where the descriptor is a regular one. */
export function inheritedFile(fd: number): InheritedFile | undefined {
  try {
    return fs.fstatSync(fd).isFile() ? new InheritedFile(fd) : undefined
  } catch {
    return undefined
  }
}
