import { SysError } from '../posix/errno.js'
import { type CallName, filledPart, inputEncoder, type Outcome, writeCall } from './calls.js'
import { FrameWriter } from './frames.js'
import { type Header, writeHeader } from './header.js'

const NOTHING = new Uint8Array(0)

/** A recording that is being written: each call is in the file before its answer is given. */
export class Log {
  readonly #frames: FrameWriter
  readonly #now: () => number
  readonly #encode = inputEncoder()

  /** `now` is the clock of those who watch the guest, in ms. */
  constructor(file: string, header: Header, now: () => number) {
    this.#now = now
    this.#frames = new FrameWriter(file)
    writeHeader(this.#frames, header)
  }

  /** Lets a call be answered by `act`, and records what came of it. What `act` fills is `input.into`. */
  run<T>(name: CallName, input: object, act: () => T): T {
    const begun = this.#now()
    let output: T
    try {
      output = act()
    } catch (error) {
      this.#write(name, input, begun, failureOf(error))
      throw error
    }
    this.#write(name, input, begun, { is: 'output', value: output, bytes: filledPart(input, output) })
    return output
  }

  /** Marks the recording as complete. */
  end(): void {
    this.#frames.end()
  }

  #write(name: CallName, input: object, begun: number, outcome: Outcome): void {
    const took = Math.max(0, Math.round((this.#now() - begun) * 1000))
    this.#frames.append((body) => writeCall(body, { name, took, input: this.#encode(input), outcome }))
  }
}

/** An errno is the guest's; anything else stops it. */
function failureOf(error: unknown): Outcome {
  if (error instanceof SysError) return { is: 'errno', value: error.errno, bytes: NOTHING }
  return { is: 'stopped', value: error instanceof Error ? error.message : String(error), bytes: NOTHING }
}
