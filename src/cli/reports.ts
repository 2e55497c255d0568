import type { StartOptions } from '../host/options.js'
import type { Figures, TraceSummary } from '../index.js'
import type { Begun } from './begun.js'
import { hasRules, type RuleFlags } from './flags/rules.js'

export interface ReportFlags extends RuleFlags, Pick<Begun, 'questions'> {
  readonly stats?: boolean
  readonly statsEvery?: number
  readonly 'trace=summary'?: boolean
}

/** How old the figures of a guest may be that is stopped. */
const STATS_EVERY_MS = 100

/** A longer interval of a timer of Node's is one of 1 ms. */
const LONGEST_MS = 2 ** 31 - 1

type Running = typeof import('./running.js')
type Learned = InstanceType<Awaited<ReturnType<Begun['questions']>>['LearnedRules']>

/** Whether something is printed at the end. */
export function hasReports(flags: ReportFlags): boolean {
  return Boolean(flags['trace=summary'] || hasStats(flags) || flags.learnRules)
}

function hasStats({ stats, statsEvery }: ReportFlags): boolean {
  return Boolean(stats) || statsEvery !== undefined
}

/** Collects what the flags ask for of a run. */
export async function collectReports(flags: ReportFlags, running: Running): Promise<Reports> {
  const learned = flags.learnRules ? new (await flags.questions()).LearnedRules() : undefined
  const summary = flags['trace=summary'] ? new running.TraceSummary() : undefined
  return new Reports(flags, { running, learned, summary })
}

interface Parts {
  readonly running: Running
  readonly learned: Learned | undefined
  readonly summary: TraceSummary | undefined
}

/** What is printed of a run on standard error, at its end or on demand. */
export class Reports {
  readonly #flags: ReportFlags
  readonly #parts: Parts
  #figures: Figures | undefined

  constructor(flags: ReportFlags, parts: Parts) {
    this.#flags = flags
    this.#parts = parts
  }

  /** The options of the run that they need. */
  options(): Pick<StartOptions, 'figuresEveryMs' | 'onFigures' | 'trace' | 'onRefusal'> {
    const { learned, summary } = this.#parts
    return {
      ...(hasStats(this.#flags) && {
        figuresEveryMs: STATS_EVERY_MS,
        onFigures: (latest) => {
          this.#figures = latest
        },
      }),
      ...(summary && { trace: (event) => summary.add(event) }),
      ...(learned && {
        onRefusal: ({ wasLearned, allowedBy, text }) => {
          if (wasLearned && allowedBy !== undefined) learned.add(allowedBy)
          else console.error(`posix-wasm: ${text}`)
        },
      }),
    }
  }

  /** Prints the figures at each SIGUSR2, and after each interval. */
  printOnDemand(): void {
    const { statsEvery } = this.#flags
    const print = () => this.#printFigures('it has not begun')
    if (hasStats(this.#flags)) process.on('SIGUSR2', print)
    if (statsEvery !== undefined) setInterval(print, Math.min(statsEvery * 1000, LONGEST_MS)).unref()
  }

  /** Prints all, of a guest that was started. */
  printAtEnd(): void {
    const { learned, summary, running } = this.#parts
    if (hasStats(this.#flags)) this.#printFigures('it was stopped before its first')
    if (learned !== undefined) console.error(learned.text({ hasOthers: hasRules(this.#flags) }))
    if (summary !== undefined) console.error(running.formatSummary(summary.totals()))
  }

  #printFigures(lack: string): void {
    const figures = this.#figures
    console.error(figures === undefined ? `no figures yet: ${lack}` : this.#parts.running.formatFigures(figures))
  }
}
