import { type Attempt, learnt, type Refusal } from './refusals.js'
import { parseRule, type Rule, RuleError } from './rules.js'
import { isLet, judge, type Question } from './verdict.js'

/** The most rules that are learned one by one; after that each direction is allowed as a whole. */
const MOST_RULES = 1000

/** Makes rules of what a guest does. */
export class Learning {
  readonly #tell: (refusal: Refusal) => void
  #count = 0

  constructor(tell: (refusal: Refusal) => void) {
    this.#tell = tell
  }

  /** Reports and returns the narrowest rule that allows what was attempted; `settled` gives a rule its final form. */
  rule(question: Question, attempt: Attempt, settled: (rule: Rule) => Rule): Rule {
    const { direction } = attempt
    const narrow = this.#count < MOST_RULES ? [`${direction}:${attempt.wanted}`, broadRule(question)] : []
    for (const text of narrow) {
      const rule = writable(text) ? parsed(text) : undefined
      if (rule === undefined) continue
      const own = settled(rule)
      if (isLet(judge({ allow: [own], deny: [] }, question))) return this.#told(own, attempt)
    }
    return this.#told(parseRule(`${direction}:*`), attempt)
  }

  #told(rule: Rule, attempt: Attempt): Rule {
    this.#count++
    this.#tell(learnt(attempt, rule.text))
    return rule
  }
}

/** Allows every host at a port, or every local socket. */
function broadRule(question: Question): string {
  if (question.is === 'path') return `${question.direction}:unix:*`
  const port = question.is === 'name' ? undefined : question.port
  return `${question.direction}:*${port === undefined ? '' : `:${port}`}`
}

/** Whether a rule can stand in a line of a file. */
function writable(text: string): boolean {
  return !/\p{Cc}|^\s|\s$/u.test(text)
}

function parsed(text: string): Rule | undefined {
  try {
    return parseRule(text)
  } catch (error) {
    if (error instanceof RuleError) return undefined
    throw error
  }
}
