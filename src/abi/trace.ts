import { SysError } from '../posix/errno.js'
import type { Outcome, Param } from './call.js'

/** One call of a guest's, as a trace tells it. */
export interface CallEvent {
  readonly call: string
  readonly arguments: readonly { readonly name: string; readonly text: string }[]
  readonly outcome: Outcome
  readonly durationMs: number
}

/** As strace prints it: `connect(4, {AF_INET, 93.184.215.14:80}) = 0 <0.012000s>`. */
export function formatCall({ call, arguments: shown, outcome, durationMs }: CallEvent): string {
  const text = shown.map((argument) => argument.text).join(', ')
  const result = 'errno' in outcome ? `-1 ${outcome.errno}` : String(outcome.result)
  return `${call}(${text}) = ${result} <${(durationMs / 1000).toFixed(6)}s>`
}

/** Runs one call, and tells `trace` of it; a call whose arguments cannot be decoded is told of by their numbers. */
export function traced(
  name: string,
  params: readonly Param<unknown>[],
  { args, now, trace }: { args: readonly number[]; now: () => number; trace: (event: CallEvent) => void },
  run: (keep: (values: readonly unknown[]) => void) => number,
): number {
  const begun = now()
  let values: readonly unknown[] | undefined
  const tell = (outcome: Outcome) => {
    const shown = values
    const described =
      shown === undefined
        ? params.flatMap((param) => param.names).map((each, index) => ({ name: each, text: String(args[index]) }))
        : params.map((param, index) => ({ name: param.names[0] ?? '', text: param.show(shown[index], outcome) }))
    trace({ call: name, arguments: described, outcome, durationMs: now() - begun })
  }
  try {
    const result = run((decoded) => {
      values = decoded
    })
    tell({ result })
    return result
  } catch (error) {
    tell({ errno: error instanceof SysError ? error.errno : String(error) })
    throw error
  }
}
