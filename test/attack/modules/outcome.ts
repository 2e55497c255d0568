import type { Mode } from '../../../src/host/mode.js'
import { inspectModule, instantiateWithSockets, type RunOptions, runWithSockets } from '../../../src/index.js'

/** What came of a run: the exit code, or an error by its class, its code and its message. */
export async function outcomeOf(run: () => Promise<unknown>): Promise<string> {
  try {
    return `exit ${await run()}`
  } catch (error) {
    if (!(error instanceof Error)) return `thrown ${String(error)}`
    const { name, code, message } = error as Error & { code?: string }
    return `${code === undefined ? name : `${name} ${code}`}: ${message}`
  }
}

/** A module in each way in which it can be given: run in a mode, instantiated and started, and inspected. */
export function waysOf(
  mode: Mode,
): readonly [name: string, come: (module: Uint8Array, options?: RunOptions) => Promise<string>][] {
  const common = { mode, stdin: 'ignore', stdout: 'ignore', stderr: 'ignore', notice: () => {}, lingerMs: 100 } as const
  return [
    [
      'run',
      (module, options = {}) => outcomeOf(() => runWithSockets(module, { ...common, timeoutMs: 20_000, ...options })),
    ],
    [
      'here',
      (module) =>
        outcomeOf(async () => (await instantiateWithSockets(module, { ...common, timeoutMs: 20_000 })).start()),
    ],
    ['inspect', (module) => outcomeOf(async () => ((await inspectModule(module)).isComplete ? 0 : 1))],
  ]
}
