import { AGAIN } from '../network/network.js'
import type { MaybePromise } from '../network/when-done.js'
import { SysError } from '../posix/errno.js'
import { printable } from '../posix/printable.js'
import type { Answer, Outcome, Param } from './call.js'

/** One call of a guest's, as a trace tells it. */
export interface CallEvent {
  readonly call: string
  readonly arguments: readonly { readonly name: string; readonly text: string }[]
  readonly outcome: Outcome
  readonly durationMs: number
}

/** As strace prints it: `connect(4, {AF_INET, 93.184.215.14:80}) = 0 <0.012000s>`. */
export function formatCall(event: CallEvent): string {
  return `${formatUntimed(event)} ${formatDuration(event.durationMs)}`
}

/** The same without its time. */
export function formatUntimed({ call, arguments: shown, outcome }: CallEvent): string {
  const text = shown.map((argument) => argument.text).join(', ')
  const result = 'errno' in outcome ? `-1 ${outcome.errno}` : String(outcome.result)
  return `${call}(${text}) = ${result}`
}

/** How long a call took: `<0.012000s>`. */
export function formatDuration(durationMs: number): string {
  return `<${(durationMs / 1000).toFixed(6)}s>`
}

/** Runs one call, and tells `trace` of it; a call whose arguments cannot be decoded is told of by their numbers. */
export function traced(
  name: string,
  params: readonly Param<unknown>[],
  { args, now, trace }: { args: readonly number[]; now: () => number; trace: (event: CallEvent) => void },
  run: (keep: (values: readonly unknown[]) => void) => MaybePromise<Answer>,
): MaybePromise<Answer> {
  const begun = now()
  let values: readonly unknown[] | undefined
  const tell = (outcome: Outcome) => {
    const shown = values
    const described =
      shown === undefined
        ? params.flatMap((param) => param.names).map((each, index) => ({ name: each, text: String(args[index]) }))
        : params.map((param, index) => ({
            name: param.names[0] ?? '',
            text: printable(param.show(shown[index], outcome)),
          }))
    trace({ call: name, arguments: described, outcome, durationMs: now() - begun })
  }
  const answered = (answer: Answer) => {
    tell(answer === AGAIN ? { errno: AGAIN } : { result: answer ?? 0 })
    return answer
  }
  const failed = (error: unknown): never => {
    tell({ errno: error instanceof SysError ? error.errno : printable(String(error)) })
    throw error
  }
  const keep = (decoded: readonly unknown[]) => {
    values = decoded
  }
  let answer: MaybePromise<Answer>
  try {
    answer = run(keep)
  } catch (error) {
    return failed(error)
  }
  return answer instanceof Promise ? answer.then(answered, failed) : answered(answer)
}
