import fs from 'node:fs'
import tty from 'node:tty'

/*
 * A standard descriptor that is a pipe, a terminal or a socket makes its readers and writers wait; but no call of a guest may block in the
 * system, where no time-out, abort or exit reaches it. Its own O_NONBLOCK is not for a guest to set: the open file is shared with other
 * processes. So there are two ways:
 *
 * - On Linux a pipe, a FIFO or a terminal is opened once more through /proc/self/fd, with a flag of its own.
 * - Sockets, and pipes elsewhere, are made non-blocking by Node as it makes `process.stdout` of them: `makeNonBlocking`.
 *
 * What is neither blocks as it always did: a terminal that belongs to another user, and terminals elsewhere.
 */

const { O_NOCTTY, O_NONBLOCK, O_RDONLY, O_WRONLY } = fs.constants

/** How the guest uses it. */
export type Direction = 'input' | 'output'

/** One of the process's own descriptors, as a stream that answers `EAGAIN` where it would block. */
export class InheritedStream {
  readonly #fd: number
  readonly #direction: Direction
  /** The number that it was opened by once more; undefined before it is needed, and where it cannot be. */
  #own: number | undefined
  #opensOnce: boolean

  constructor(fd: number, direction: Direction) {
    this.#fd = fd
    this.#direction = direction
    this.#opensOnce = canOpenOnceMore(fd)
  }

  /** Returns 0 at the end. */
  read(into: Uint8Array): number {
    return fs.readSync(this.#number(), into)
  }

  write(data: Uint8Array): number {
    return fs.writeSync(this.#number(), data)
  }

  close(): void {
    if (this.#own !== undefined) fs.closeSync(this.#own)
    this.#own = undefined
    this.#opensOnce = false
  }

  #number(): number {
    if (this.#own === undefined && this.#opensOnce) this.#open()
    return this.#own ?? this.#fd
  }

  #open(): void {
    const access = this.#direction === 'input' ? O_RDONLY : O_WRONLY
    try {
      this.#own = fs.openSync(`/proc/self/fd/${this.#fd}`, access | O_NONBLOCK | O_NOCTTY)
    } catch (error) {
      // ENXIO: a pipe without a reader, to which no write blocks either. It may get one.
      this.#opensOnce = (error as NodeJS.ErrnoException).code === 'ENXIO'
    }
  }
}

function canOpenOnceMore(fd: number): boolean {
  return process.platform === 'linux' && (isPipe(fd) || tty.isatty(fd))
}

function isPipe(fd: number): boolean {
  return statOf(fd)?.isFIFO() ?? false
}

function statOf(fd: number): fs.Stats | undefined {
  try {
    return fs.fstatSync(fd)
  } catch {
    return undefined // it is closed
  }
}

const streamNames = ['stdin', 'stdout', 'stderr'] as const

/**
 * Lets Node make a standard descriptor non-blocking that cannot be opened once more, as it does for every program that uses its `process.stdout`;
 * at its end it restores the flag. To be called in the main thread.
 */
export function makeNonBlocking(fd: 0 | 1 | 2): void {
  const stat = statOf(fd)
  if (stat?.isSocket() !== true && !(stat?.isFIFO() === true && process.platform !== 'linux')) return
  try {
    void process[streamNames[fd]]
  } catch {
    // no stream can be made of it: it stays as it is
  }
}
