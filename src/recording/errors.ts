/** What is wrong with a recording, or with running it. */
export type RecordingFault =
  | 'unreadable'
  | 'unwritable'
  | 'foreign'
  | 'version'
  | 'truncated'
  | 'damaged'
  | 'module'
  | 'start'

/** A recording cannot be written, read or replayed, for a reason that `message` tells a person. It stops a guest. */
export class RecordingError extends Error {
  override readonly name = 'RecordingError'
  readonly reason: RecordingFault

  constructor(reason: RecordingFault, message: string, options?: ErrorOptions) {
    super(message, options)
    this.reason = reason
  }
}

/** A replayed guest has asked something else than the recorded one did. It stops the guest. */
export class ReplayDiverged extends Error {
  override readonly name = 'ReplayDiverged'
  /** The number of the call in the recording, from 1 on. */
  readonly call: number
  readonly recorded: string
  readonly asked: string

  constructor(call: number, recorded: string, asked: string) {
    super(`the replay leaves the recording at call ${call}: recorded was ${cut(recorded)}, asked was ${cut(asked)}`)
    this.call = call
    this.recorded = recorded
    this.asked = asked
  }
}

/** The most characters of a call that a message repeats. */
const MOST = 1000

function cut(call: string): string {
  return call.length > MOST ? `${call.slice(0, MOST)}…` : call
}
