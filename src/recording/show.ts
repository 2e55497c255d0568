import { formatDuration } from '../abi/trace.js'
import { printable, printableJson, quoted } from '../posix/printable.js'
import { malformed } from './bytes.js'
import { isEnding, type RecordedCall, readCall, readInput } from './calls.js'
import { formatTimed } from './format.js'
import { FORMAT_VERSION, FrameReader } from './frames.js'
import { type Header, readHeader } from './header.js'
import { readNote } from './notes.js'
import { readStopReason } from './stop-reason.js'

export interface ShowOptions {
  /** `calls` are the guest's, as a trace tells them; `operations` is all that it learnt from outside, by the numbers that a replay calls them. Default `calls`. */
  readonly of?: 'calls' | 'operations'
}

/** A recording as text, line by line: how the guest was started, what it did, and how it ended. Throws a `RecordingError` where it is not whole. */
export function* recordingLines(file: string, { of = 'calls' }: ShowOptions = {}): Generator<string> {
  const frames = new FrameReader(file)
  try {
    for (const line of headerLines(readHeader(frames))) yield printable(line)
    for (const line of of === 'calls' ? callLines(frames) : operationLines(frames)) yield printable(line)
  } finally {
    frames.close()
  }
}

function* callLines(frames: FrameReader): Generator<string> {
  for (let body = frames.next(); body !== undefined; body = frames.next()) {
    const note = readNote(body)
    if (note !== undefined) yield `${note.text} ${formatDuration(note.took / 1000)}`
    else if (isEnding(body)) yield endLine(readCall(body))
  }
}

/** As strace tells how a process ended. */
function endLine({ input, outcome }: RecordedCall): string {
  if (outcome.is === 'stopped') return `+++ stopped: ${readStopReason(outcome.value).message} +++`
  const { code, stopped } = readInput(input)
  if (typeof code === 'number') return `+++ exited with ${code} +++`
  if (typeof stopped !== 'string') throw malformed()
  return `+++ stopped: ${stopped} +++`
}

function* operationLines(frames: FrameReader): Generator<string> {
  let number = 0
  for (let body = frames.next(); body !== undefined; body = frames.next())
    if (readNote(body) === undefined) yield `${++number} ${formatTimed(readCall(body))}`
}

function headerLines({ module, args, env, options }: Header): string[] {
  return [
    `recording    format ${FORMAT_VERSION}`,
    `module       sha-256 ${module}`,
    `arguments    ${args.map((each) => quoted(each)).join(' ')}`,
    ...Object.entries(env).map(([name, value]) => `environment  ${name}=${quoted(value)}`),
    ...Object.entries(options).map(([name, value]) => `option       ${name} ${printableJson(value)}`),
  ]
}
