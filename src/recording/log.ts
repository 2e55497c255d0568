import type { Gate } from '../bridge/gate.js'
import { SysError } from '../posix/errno.js'
import type { CallName } from './call-names.js'
import { filledPart, inputEncoder, type Outcome, writeCall } from './calls.js'
import { FrameWriter } from './frames.js'
import { type Header, writeHeader } from './header.js'
import { writeNote } from './notes.js'
import { stopReasonOf } from './stop-reason.js'

const NOTHING = new Uint8Array(0)

/** A recording that is being written: each call is in the file before its answer is given. */
export class Log {
  readonly #frames: FrameWriter
  readonly #now: () => number
  /** A call is under way: the next one in the file is what came of it, but for a connection that the host gives meanwhile. */
  #isWaiting = false
  readonly #encode = inputEncoder()

  /** Where another thread may stop this one. */
  gate: Gate | undefined

  /** `now` is the clock of those who watch the guest, in ms. */
  constructor(file: string, header: Header, now: () => number) {
    this.#now = now
    this.#frames = new FrameWriter(file)
    writeHeader(this.#frames, header)
  }

  /** Lets a call be answered by `act`, and records what came of it. What `act` fills is `input.into`. */
  run<T>(name: CallName, input: object, act: () => T): T {
    const { gate } = this
    // A wait does nothing, and may take long.
    if (gate === undefined || name === 'wait') return this.#run(name, input, act)
    return gate.during(() => this.#run(name, input, act))
  }

  #run<T>(name: CallName, input: object, act: () => T): T {
    if (this.#isWaiting && name !== 'adopt') throw new OverlappingCalls(name)
    const begun = this.#now()
    let output: T
    try {
      output = act()
    } catch (error) {
      this.#write(name, input, begun, failureOf(error))
      throw error
    }
    if (output instanceof Promise)
      return this.#runLater(output, (outcome) => this.#write(name, input, begun, outcome)) as T
    this.#write(name, input, begun, { is: 'output', value: output, bytes: filledPart(input, output) })
    return output
  }

  /** Writes down what a person may want to read, of something that took so long. */
  note(text: string, tookMs: number): void {
    this.#frames.append((body) => writeNote(body, { text, took: microseconds(tookMs) }))
  }

  /** Marks the recording as complete. */
  end(): void {
    this.#frames.end()
  }

  /** A wait of a guest that is suspended meanwhile. */
  async #runLater<T>(promise: Promise<T>, write: (outcome: Outcome) => void): Promise<T> {
    this.#isWaiting = true
    let value: T
    try {
      value = await promise
    } catch (error) {
      this.#isWaiting = false
      write(failureOf(error))
      throw error
    }
    this.#isWaiting = false
    write({ is: 'output', value, bytes: NOTHING })
    return value
  }

  #write(name: CallName, input: object, begun: number, outcome: Outcome): void {
    const took = microseconds(this.#now() - begun)
    this.#frames.append((body) => writeCall(body, { name, took, input: this.#encode(input), outcome }))
  }
}

/** Of several calls at once a recording cannot tell in which order the host made them. */
class OverlappingCalls extends Error {
  constructor(name: CallName) {
    super(`a guest that is being recorded can do one call at a time: ${name} was asked for while another one waited`)
  }
}

function microseconds(ms: number): number {
  return Math.max(0, Math.round(ms * 1000))
}

/** An errno is the guest's; anything else stops it. */
function failureOf(error: unknown): Outcome {
  if (error instanceof SysError) return { is: 'errno', value: error.errno, bytes: NOTHING }
  return { is: 'stopped', value: stopReasonOf(error), bytes: NOTHING }
}
