import { POLLERR, POLLHUP, POLLIN, POLLOUT } from '../../posix/constants.js'
import { SysError } from '../../posix/errno.js'
import type { Events, Mark } from '../network.js'
import { ByteQueue } from './byte-queue.js'

const PIPE_BYTES = 64 * 1024
/** PIPE_BUF: so much goes as a whole or not at all. */
const WHOLE_BYTES = 4096

/** A pipe as pipe(7) has it. */
class Pipe {
  readonly bytes = new ByteQueue(PIPE_BYTES)
  isReadEnded = false
  isWriteEnded = false
  /** For marks: how often something was written, and how often a full pipe was no longer full. */
  writes = 0
  reliefs = 0

  get hasRoom(): boolean {
    return this.bytes.free >= WHOLE_BYTES
  }
}

/** One end of a pipe. */
export class PipeEnd {
  readonly is = 'pipe'
  readonly #pipe: Pipe
  readonly #end: 'read' | 'write'

  private constructor(pipe: Pipe, end: 'read' | 'write') {
    this.#pipe = pipe
    this.#end = end
  }

  /** The end to read from, and the end to write to. */
  static pair(): readonly [PipeEnd, PipeEnd] {
    const pipe = new Pipe()
    return [new PipeEnd(pipe, 'read'), new PipeEnd(pipe, 'write')]
  }

  get available(): number {
    return this.#pipe.bytes.used
  }

  /** Undefined where there is no room. */
  write(data: Uint8Array): number | undefined {
    const pipe = this.#pipe
    if (data.length === 0) return 0
    if (pipe.isReadEnded) throw new SysError('EPIPE')
    if (pipe.bytes.free < Math.min(data.length, WHOLE_BYTES)) return undefined
    pipe.writes++
    return pipe.bytes.write(data)
  }

  /** 0 at the end; undefined where nothing has come. */
  read(into: Uint8Array): number | undefined {
    const pipe = this.#pipe
    if (into.length === 0) return 0
    const wasFull = !pipe.hasRoom
    const count = pipe.bytes.read(into)
    if (wasFull && pipe.hasRoom) pipe.reliefs++
    return count > 0 || pipe.isWriteEnded ? count : undefined
  }

  close(): void {
    if (this.#end === 'read') this.#pipe.isReadEnded = true
    else this.#pipe.isWriteEnded = true
  }

  /** What pipe_poll of Linux says. */
  get conditions(): Events {
    const { bytes, isReadEnded, isWriteEnded, hasRoom } = this.#pipe
    if (this.#end === 'read') return (bytes.used > 0 ? POLLIN : 0) | (isWriteEnded ? POLLHUP : 0)
    return (hasRoom ? POLLOUT : 0) | (isReadEnded ? POLLERR : 0)
  }

  get mark(): Mark {
    const { writes, reliefs, isReadEnded, isWriteEnded } = this.#pipe
    if (this.#end === 'read') return { receiving: writes + Number(isWriteEnded), sending: 0 }
    return { receiving: Number(isReadEnded), sending: reliefs + Number(isReadEnded) }
  }
}
