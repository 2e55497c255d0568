import { ByteWriter } from './bytes.js'
import { isEnding, isStopped, writeCall } from './calls.js'
import { RecordingError } from './errors.js'
import { type FramePosition, FrameReader, FrameWriter } from './frames.js'
import type { StopReason } from './stop-reason.js'
import { writeValue } from './values.js'

/**
 * Ends the recording of a guest that was stopped from outside, when its thread is gone: a replay goes as far, and is stopped for the
 * same reason. A call that was half written is cut off; so is an end that the guest itself had just come to. A file that does not say
 * what was recorded stays as it is.
 */
export function endStopped(file: string, reason: StopReason): void {
  const from = beforeEnd(file)
  if (from.count === 0) return
  const input = new ByteWriter()
  writeValue(input, {})
  const frames = new FrameWriter(file, from)
  frames.append((body) =>
    writeCall(body, {
      name: 'stop',
      took: 0,
      input: input.written,
      outcome: { is: 'stopped', value: reason, bytes: new Uint8Array(0) },
    }),
  )
  frames.end()
}

/** The place behind the last call that is whole, before the guest's end. */
function beforeEnd(file: string): FramePosition {
  const frames = new FrameReader(file)
  let from = frames.position
  try {
    for (let body = frames.next(); body !== undefined; body = frames.next()) {
      if (isEnding(body) || (from.count > 0 && isStopped(body))) break
      from = frames.position
    }
  } catch (error) {
    if (!(error instanceof RecordingError && error.reason === 'truncated')) throw error
  } finally {
    frames.close()
  }
  return from
}
