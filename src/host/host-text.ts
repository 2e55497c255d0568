import { isMainThread } from 'node:worker_threads'
import { sleep } from '../bridge/timer.js'
import { InheritedStream, makeNonBlocking } from '../wasi/inherited-stream.js'

/** How long to wait before trying again, in ms. */
const RETRY_MS = 1
/** How long the main thread waits for a reader to make room, in ms: one that takes longer has stopped reading. */
const PATIENCE_MS = 200

/**
 * What the host writes beside the guest's output: traces, notices, and what a replayed guest has written. A guest's own thread waits for a
 * reader as long as it takes, where it can be terminated.
 */
class HostText {
  readonly #stream: InheritedStream
  #lostLines = 0

  constructor(fd: 1 | 2) {
    if (isMainThread) makeNonBlocking(fd)
    this.#stream = new InheritedStream(fd, 'output')
  }

  /** Writes all of it, however long that takes. */
  write(bytes: Uint8Array): void {
    this.#write(bytes, Number.POSITIVE_INFINITY)
  }

  /** Writes a line, or loses it: once a reader has stopped reading, lines are lost until there is room again. */
  print(line: string): void {
    const lost =
      this.#lostLines > 0 ? `\nposix-wasm: ${this.#lostLines} lines were lost here, for want of a reader\n` : ''
    const isWritten = this.#write(Buffer.from(`${lost}${line}\n`), this.#lostLines > 0 ? 0 : PATIENCE_MS)
    this.#lostLines = isWritten ? 0 : this.#lostLines + 1
  }

  /** Returns false where the reader has not made room within `patienceMs`. A line of up to PIPE_BUF bytes is written whole or not at all. */
  #write(bytes: Uint8Array, patienceMs: number): boolean {
    for (let [at, waitedMs] = [0, 0]; at < bytes.length; ) {
      const count = this.#attempt(bytes.subarray(at))
      if (count !== undefined) at += count
      else if (waitedMs >= patienceMs) return false
      else {
        sleep(RETRY_MS)
        waitedMs += RETRY_MS
      }
    }
    return true
  }

  /** Undefined where there is no room. */
  #attempt(bytes: Uint8Array): number | undefined {
    try {
      return this.#stream.write(bytes)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return undefined
      throw error
    }
  }
}

const texts: { [fd in 1 | 2]?: HostText } = {}

function textOf(fd: 1 | 2): HostText {
  texts[fd] ??= new HostText(fd)
  return texts[fd]
}

/** Writes bytes to standard output or standard error for the host. Throws the system's error, as for a reader that is gone. */
export function writeForHost(fd: 1 | 2, bytes: Uint8Array): void {
  textOf(fd).write(bytes)
}

/**
 * Writes a line to standard error for the host. The main thread must stay free: it does not wait long for a reader. Where standard error
 * is closed, the line is lost: neither guest nor host fails for want of a reader.
 */
export function printForHost(line: string): void {
  try {
    if (isMainThread) textOf(2).print(line)
    else textOf(2).write(Buffer.from(`${line}\n`))
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error
  }
}
