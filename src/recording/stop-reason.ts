import { malformed } from './bytes.js'

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

/** A reason out of a recording. */
export function readStopReason(value: unknown): StopReason {
  const { name, message, code, timeoutMs } = (value ?? {}) as Partial<Record<keyof StopReason, unknown>>
  const isOne =
    typeof name === 'string' &&
    typeof message === 'string' &&
    (code === undefined || typeof code === 'string') &&
    (timeoutMs === undefined || typeof timeoutMs === 'number')
  if (!isOne) throw malformed()
  return { name, message, code, timeoutMs }
}
