import type { ThreadLoader } from '../bridge/worker-files.js'
import type { Keeping } from './kept-code.js'

/** How a run keeps compiled what it consists of. */
export interface RunKeeping {
  readonly threads: ThreadLoader
  program(use: string): Keeping
}

/** Keeps compiled code in `folder`. */
export function keepingIn(folder: string): RunKeeping {
  return {
    threads: { file: new URL('./kept-thread.js', import.meta.url), argumentsFor: (thread) => [folder, thread] },
    program: (use) => ({ folder, use: `program-${use}` }),
  }
}
