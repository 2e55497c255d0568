// Keeps the two ends of a measurement on different processors, as if they were on two machines: without that Linux decides, now so, now so.
import { spawnSync } from 'node:child_process'
import os from 'node:os'

/** Throws where that cannot be. A worker-mode guest, which has two busy threads, may go wherever it likes. */
export function pinned({ columns, peer }) {
  const last = os.availableParallelism() - 1
  if (last < 1) throw new Error('--pin takes two processors at least')
  if (spawnSync('taskset', ['--version']).error !== undefined)
    throw new Error('--pin takes taskset, which is not installed')
  const others = ['taskset', '-c', `1-${last}`]
  return {
    peer: (mode, args) => ['taskset', '-c', '0', ...peer(mode, args)],
    columns: columns.map((column) =>
      column.kind === 'worker'
        ? column
        : { ...column, command: (...asked) => [...others, ...column.command(...asked)] },
    ),
  }
}
