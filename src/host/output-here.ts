import { errnoFromNode } from '../bridge/from-node.js'
import type { Failures } from '../embedder/failures.js'
import { HostOutput } from '../embedder/host-output.js'
import { SysError } from '../posix/errno.js'
import type { OutputOption } from './options.js'
import { sinkOf } from './stdio-options.js'

/** The most bytes that a stream may keep while the guest holds its thread, and nothing can leave. */
const MOST_UNTAKEN = 64 * 1024 * 1024

/** Takes the output of a guest that runs on this thread, and does not wait for it. */
export class OutputHere {
  readonly #output: HostOutput | undefined
  readonly #take: (bytes: Uint8Array) => void
  readonly #name: string
  readonly #failures: Failures

  constructor(fd: 1 | 2, option: OutputOption | undefined, failures: Failures) {
    this.#name = fd === 1 ? 'stdout' : 'stderr'
    this.#failures = failures
    this.#output = typeof option === 'object' ? new HostOutput(option, failures) : undefined
    if (typeof option === 'function') this.#take = failures.passing(option)
    else this.#take = typeof option === 'object' ? () => {} : sinkOf(fd, option)
  }

  /** Writes a piece, which must not change any more. Throws a `SysError` where the stream does not take it. */
  readonly write = (bytes: Uint8Array): void => {
    const output = this.#output
    if (output === undefined) return this.#take(bytes)
    output.write(bytes, () => {})
    if (output.broken !== undefined) throw new SysError(errnoFromNode(output.broken), { cause: output.broken })
    if (output.untaken > MOST_UNTAKEN) this.#fail()
  }

  /** Resolves when all that was written is taken. */
  idle(): Promise<void> {
    return this.#output?.idle() ?? Promise.resolve()
  }

  /** Lets the caller's stream go. */
  release(): void {
    this.#output?.release()
  }

  #fail(): never {
    const error = new Error(
      `${this.#name}: its stream has not taken ${MOST_UNTAKEN} bytes, and cannot while the guest holds its thread; use runWithSockets`,
    )
    this.#failures.fail(error)
    throw error
  }
}
