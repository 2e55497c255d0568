import { type Errno, SysError } from '../posix/errno.js'
import { malformed } from './bytes.js'
import type { CallName } from './call-names.js'
import { filledPart, inputEncoder, type RecordedCall, readCall } from './calls.js'
import { ReplayDiverged } from './errors.js'
import { formatAsked, formatRecorded } from './format.js'
import { FrameReader, NOTE } from './frames.js'
import { type Header, readHeader } from './header.js'
import { answers } from './outputs.js'
import { readStopReason, type StopReason } from './stop-reason.js'

/** A recording that is being replayed: answers each call as it was answered then, as long as it is the same call. */
export class Tape {
  readonly header: Header
  /** Called where the host gave the recorded guest a connection while it waited: it must ask for `adopt`. */
  onOffer: (() => void) | undefined
  readonly #frames: FrameReader
  readonly #stoppedAs: (reason: StopReason) => Error
  readonly #encode = inputEncoder()
  #ahead: RecordedCall | undefined
  #calls = 0
  #tookMs = 0
  /** Once a replay has failed it stays so: a guest may catch what is thrown through it. */
  #failure: unknown

  /** `stoppedAs` makes the error that stops a guest where the recorded one was stopped from outside. */
  constructor(file: string, stoppedAs: (reason: StopReason) => Error) {
    this.#stoppedAs = stoppedAs
    this.#frames = new FrameReader(file)
    try {
      this.header = readHeader(this.#frames)
    } catch (error) {
      this.#frames.close()
      throw error
    }
  }

  /** What the calls so far took when they were recorded, in ms. */
  get tookMs(): number {
    return this.#tookMs
  }

  /** Answers a call: fills `input.into`, and gives the output or throws the errno. Anything but the recorded call stops the guest. */
  answer(name: CallName, input: object): unknown {
    if (this.#failure !== undefined) throw this.#failure
    try {
      return this.#outputOf(this.#expect(name, input), input)
    } catch (error) {
      if (!(error instanceof SysError)) this.#failure = error
      throw error
    }
  }

  /** Lets the host do what a call of the guest's brought about. Where that fails, the replay has failed. */
  outside(act: () => void): void {
    try {
      act()
    } catch (error) {
      this.#failure = error
      throw error
    }
  }

  /** To be called when the guest has ended: it must have asked all that was recorded. */
  finish(): void {
    if (this.#failure !== undefined) throw this.#failure
    const next = this.#peek()
    if (next !== undefined) throw new ReplayDiverged(this.#calls + 1, formatRecorded(next), 'nothing more')
  }

  close(): void {
    this.#frames.close()
  }

  #peek(): RecordedCall | undefined {
    if (this.#ahead !== undefined) return this.#ahead
    let body = this.#frames.next()
    while (body?.[0] === NOTE) body = this.#frames.next()
    if (body !== undefined) this.#ahead = readCall(body)
    return this.#ahead
  }

  /** The next call, which must be this one. */
  #expect(name: CallName, input: object): RecordedCall {
    let next = this.#peek()
    while (next?.name === 'adopt' && name !== 'adopt' && this.onOffer !== undefined) {
      this.onOffer()
      if (this.#ahead === next) break // nobody wanted it
      next = this.#peek()
    }
    const asked = this.#encode(input)
    if (next?.name === 'stop') return next // whatever it is that it asks
    if (next?.name !== name || !next.input.equals(asked)) throw this.#diverged(next, name, asked)
    this.#ahead = undefined
    this.#calls++
    this.#tookMs += next.took / 1000
    return next
  }

  #diverged(next: RecordedCall | undefined, name: CallName, asked: Buffer): Error {
    const recorded = next === undefined ? 'nothing more' : formatRecorded(next)
    return new ReplayDiverged(this.#calls + 1, recorded, formatAsked(name, asked))
  }

  #outputOf({ name, outcome }: RecordedCall, input: object): unknown {
    const { is, value, bytes } = outcome
    if (is === 'errno') throw new SysError(value as Errno)
    if (is === 'stopped') throw this.#stoppedAs(readStopReason(value))
    if (!answers(name, input, value)) throw malformed()
    const place = filledPart(input, value)
    if (place.length !== bytes.length) throw malformed()
    place.set(bytes)
    return value
  }
}
