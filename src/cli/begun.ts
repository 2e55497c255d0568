import type { Worker } from 'node:worker_threads'

/** What the command has begun before it has read its line. */
export interface Begun {
  /** A thread for a guest; undefined where none was foreseen. */
  readonly guestThread: Worker | undefined
  /** Variables of the environment that are not the user's. */
  readonly ownVariables: readonly string[]
}
