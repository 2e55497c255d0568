import type { Worker } from 'node:worker_threads'
import type { ThreadLoader } from '../bridge/worker-files.js'

/** What the command has begun before it has read its line. */
export interface Begun {
  /** A thread for a guest; undefined where none was foreseen. */
  readonly guestThread: Worker | undefined
  /** How threads load their code; undefined for the usual way. */
  readonly threads: ThreadLoader | undefined
  /** Loads what no run needs. A script that is kept compiled cannot import files itself: see kept-code.ts. */
  readonly questions: () => Promise<Questions>
}

export type Questions = typeof import('./manual/questions.js')
