import os from 'node:os'
import { modeWanted } from '../host/mode-variable.js'

/** What is no run of a program. */
const others: ReadonlySet<string | undefined> = new Set([undefined, 'inspect', 'recording'])
const questions = ['--help', '--version']

/** Whether a command line will most likely run a guest. */
export function foreseesRun(args: readonly string[]): boolean {
  return !others.has(args[0]) && !questions.some((each) => args.includes(each))
}

/**
 * Whether a command line will most likely run a guest in a thread of its own, by a glance at it: the thread comes up while the parser
 * is loaded. A wrong guess costs some milliseconds, and nothing else.
 */
export function foreseesThread(args: readonly string[], env: NodeJS.ProcessEnv): boolean {
  if (!foreseesRun(args)) return false
  const mode = modeFlag(args) ?? modeWanted(env)
  return mode === 'worker' || mode === 'native' || (mode !== 'suspend' && os.availableParallelism() > 1)
}

function modeFlag(args: readonly string[]): string | undefined {
  const at = args.findIndex((each) => each === '--mode' || each.startsWith('--mode='))
  return args[at] === '--mode' ? args[at + 1] : args[at]?.slice('--mode='.length)
}
