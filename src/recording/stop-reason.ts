import { malformed } from './bytes.js'
import { object, optional, real, text } from './shape.js'

/** What stopped a guest from outside: as much of an error as is kept of it. */
export interface StopReason {
  readonly name: string
  readonly message: string
  readonly code?: string | undefined
  /** Where its time had run out. */
  readonly timeoutMs?: number | undefined
}

/** What is kept of whatever was thrown, or given as a reason. */
export function stopReasonOf(thrown: unknown): StopReason {
  if (!(thrown instanceof Error)) return { name: 'Error', message: String(thrown) }
  const { name, message, code, timeoutMs } = thrown as Error & { code?: unknown; timeoutMs?: unknown }
  return {
    name,
    message,
    code: typeof code === 'string' ? code : undefined,
    timeoutMs: typeof timeoutMs === 'number' ? timeoutMs : undefined,
  }
}

/** The error that it was, or one that looks like it. */
export function stopErrorOf({ name, message, code, timeoutMs }: StopReason): Error {
  const rest = { ...(code !== undefined && { code }), ...(timeoutMs !== undefined && { timeoutMs }) }
  return Object.assign(new Error(message), { name, ...rest })
}

/** Whether a recording's value is a reason. */
export const isStopReason = object<StopReason>({
  ...{ name: text, message: text, code: optional(text), timeoutMs: optional(real) },
})

/** A reason out of a recording. */
export function readStopReason(value: unknown): StopReason {
  if (!isStopReason(value)) throw malformed()
  return value as StopReason
}
