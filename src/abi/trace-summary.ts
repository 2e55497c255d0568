import type { CallEvent } from './trace.js'

/** What the calls of one function came to. */
export interface CallTotal {
  readonly call: string
  readonly calls: number
  readonly errors: number
  /** The time that was spent in them, waiting included. */
  readonly totalMs: number
}

/** Adds up a trace, function by function. */
export class TraceSummary {
  readonly #totals = new Map<string, { call: string; calls: number; errors: number; totalMs: number }>()

  add({ call, outcome, durationMs }: CallEvent): void {
    const total = this.#totals.get(call) ?? { call, calls: 0, errors: 0, totalMs: 0 }
    total.calls++
    if ('errno' in outcome) total.errors++
    total.totalMs += durationMs
    this.#totals.set(call, total)
  }

  /** Those that took longest first. */
  totals(): CallTotal[] {
    return [...this.#totals.values()].sort((one, other) => other.totalMs - one.totalMs)
  }
}

/** As `strace -c` prints it. */
export function formatSummary(totals: readonly CallTotal[]): string {
  const all = { call: 'total', ...sumOf(totals) }
  const lines = totals.map((total) => line(total, all.totalMs))
  return [HEAD, RULE, ...lines, RULE, line(all, all.totalMs)].join('\n')
}

const HEAD = '% time     seconds  usecs/call     calls    errors call'
const RULE = '------ ----------- ----------- --------- --------- ----------------'

function sumOf(totals: readonly CallTotal[]) {
  const sum = (which: 'calls' | 'errors' | 'totalMs') => totals.reduce((all, each) => all + each[which], 0)
  return { calls: sum('calls'), errors: sum('errors'), totalMs: sum('totalMs') }
}

function line({ call, calls, errors, totalMs }: CallTotal, allMs: number): string {
  const share = allMs === 0 ? 0 : (100 * totalMs) / allMs
  const each = calls === 0 ? 0 : Math.round((totalMs * 1000) / calls)
  return [
    share.toFixed(2).padStart(6),
    (totalMs / 1000).toFixed(6).padStart(11),
    String(each).padStart(11),
    String(calls).padStart(9),
    (errors === 0 ? '' : String(errors)).padStart(9),
    call,
  ].join(' ')
}
