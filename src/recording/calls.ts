import type { Interest } from '../network/network.js'
import { isErrno } from '../posix/errno.js'
import type { ByteWriter } from './bytes.js'
import { ByteReader, malformed, ByteWriter as Writer } from './bytes.js'
import { type CallName, callNames, numberOf } from './call-names.js'
import { isOutputOf } from './outputs.js'
import { isPlain } from './shape.js'
import { isStopReason } from './stop-reason.js'
import { Digest, readValue, writeValue } from './values.js'

/** What came of a call: its output, the errno that was thrown, or a `StopReason`: what stopped the guest from outside. */
const outcomes = ['output', 'errno', 'stopped'] as const
export interface Outcome {
  readonly is: (typeof outcomes)[number]
  readonly value: unknown
  /** What was received. */
  readonly bytes: Uint8Array
}

/** Data up to this length is kept, longer data by its digest. */
const MOST_KEPT_BYTES = 64
/** A longer list of what is waited for is kept by its digest. */
const MOST_KEPT_INTERESTS = 16

/** What is kept of an input: of a place to fill its length, of long data and long lists a digest. */
export function keptInput(input: object): object {
  const { into, data, on } = input as { into?: Uint8Array; data?: Uint8Array; on?: readonly Interest[] }
  if (into !== undefined) return { ...input, into: into.length }
  if (data !== undefined && data.length > MOST_KEPT_BYTES) return { ...input, data: Digest.of(data) }
  if (on === undefined || on.length <= MOST_KEPT_INTERESTS) return input
  const all = new Writer()
  writeValue(all, on)
  return { ...input, on: Digest.of(all.written), count: on.length }
}

const nothing = new Uint8Array(0)

/** The part of the place to fill that was filled, by what the call answered: a number of bytes, a datagram's length, or all of it. */
export function filledPart(input: object, output: unknown): Uint8Array {
  const { into } = input as { into?: Uint8Array }
  if (into === undefined) return nothing
  const length = typeof output === 'object' ? (output as { length?: number } | null)?.length : output
  if (length === undefined) return output === undefined ? into : into.subarray(0, 0)
  return into.subarray(0, typeof length === 'number' ? length : 0)
}

/** One call of a recording. */
export interface RecordedCall {
  readonly name: CallName
  /** How long it took, in microseconds. */
  readonly took: number
  /** As it was kept, encoded: equal inputs have equal bytes. */
  readonly input: Buffer
  readonly outcome: Outcome
}

/*
 * A call: its number, 1 byte | which outcome, 1 byte | microseconds, varint | length of the input, varint | input, a value |
 * the output or the text of the outcome, a value | what was received, to the end
 */
export function writeCall(to: ByteWriter, { name, took, input, outcome }: RecordedCall): void {
  to.byte(numberOf[name])
  to.byte(outcomes.indexOf(outcome.is))
  to.varint(took)
  to.sized(input)
  writeValue(to, outcome.value)
  to.raw(outcome.bytes)
}

/** Reads one; its input and its bytes are views of `body`. */
export function readCall(body: Buffer): RecordedCall {
  const from = new ByteReader(body)
  const name = callNames.get(from.byte())
  const is = outcomes[from.byte()]
  if (name === undefined || is === undefined) throw malformed()
  const took = from.varint()
  const input = from.sized()
  const outcome = { is, value: readValue(from), bytes: from.rest() }
  if (!isOutcomeOf(name, outcome)) throw malformed()
  return { name, took, input, outcome }
}

/** Whether a call can have come to this. Only an output has bytes. */
function isOutcomeOf(name: CallName, { is, value, bytes }: Outcome): boolean {
  if (is === 'output') return isOutputOf(name, value)
  return bytes.length === 0 && (is === 'errno' ? isErrno(value) : isStopReason(value))
}

/** The input of a call as it was kept, which is an object. */
export function readInput(input: Buffer): Readonly<Record<string, unknown>> {
  const from = new ByteReader(input)
  const value = readValue(from)
  if (!isPlain(value) || !from.isAtEnd) throw malformed()
  return value
}

/** Whether the body of a frame is that of a call during which the guest was stopped. */
export function isStopped(body: Buffer): boolean {
  return callNames.has(body[0] as number) && body[1] === outcomes.indexOf('stopped')
}

/** Whether the body of a frame tells how a guest ended. */
export function isEnding(body: Buffer): boolean {
  return body[0] === numberOf.exit || body[0] === numberOf.stop
}

/** Encodes what is kept of inputs, in a place of its own that the next one takes again. */
export function inputEncoder(): (input: object) => Buffer {
  const place = new Writer()
  return (input) => {
    place.rewind()
    writeValue(place, keptInput(input))
    return place.written
  }
}
