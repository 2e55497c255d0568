import type { Again, Events, Mark } from '../network.js'
import { Pipe } from '../pipe.js'

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
    return this.#pipe.used
  }

  write(data: Uint8Array): number | Again {
    return this.#pipe.write(data)
  }

  read(into: Uint8Array): number | Again {
    return this.#pipe.read(into)
  }

  close(): void {
    this.#pipe.close(this.#end)
  }

  get conditions(): Events {
    return this.#pipe.conditions(this.#end)
  }

  get mark(): Mark {
    return this.#pipe.mark(this.#end)
  }
}
