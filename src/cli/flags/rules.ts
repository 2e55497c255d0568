import fs from 'node:fs'
import { InvalidArgumentError } from 'commander'
import type { RunOptions } from '../../index.js'
import { parseRules, RuleError } from '../../network/rules/rules.js'

/** Rules of the command line, or of files. */
export interface RuleLists {
  readonly allow: readonly string[]
  readonly deny: readonly string[]
}

export interface RuleFlags {
  readonly allowNet: readonly string[]
  readonly denyNet: readonly string[]
  readonly rules: RuleLists
  readonly learnRules?: boolean
}

/** With the first rule that allows something, all else is refused. */
export function rulesOf(flags: RuleFlags): Pick<RunOptions, 'network'> {
  const { allowNet, denyNet, rules, learnRules } = flags
  if (!hasRules(flags)) return learnRules ? { network: { learn: true } } : {}
  const [allow, deny] = [
    [...allowNet, ...rules.allow],
    [...denyNet, ...rules.deny],
  ]
  return { network: { ...(allow.length > 0 && { allow }), deny, ...(learnRules && { learn: true }) } }
}

export function hasRules({ allowNet, denyNet, rules }: RuleFlags): boolean {
  return [allowNet, denyNet, rules.allow, rules.deny].some((each) => each.length > 0)
}

/** Adds the rules of a file: lines with `allow RULE` or `deny RULE`, empty ones, and comments that begin with `#`. */
export function addRuleFile(file: string, all: RuleLists): RuleLists {
  const lines = textOf(file).split(/\r?\n/)
  const found = lines.flatMap((line, index) => ruleIn(line.trim(), `line ${index + 1}`) ?? [])
  if (found.length === 0) throw new InvalidArgumentError('it holds no rules; "deny *" denies everything.')
  const of = (kind: string) => found.flatMap(([word, rule]) => (word === kind ? [rule] : []))
  return { allow: [...all.allow, ...of('allow')], deny: [...all.deny, ...of('deny')] }
}

function textOf(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch (error) {
    throw new InvalidArgumentError(`it cannot be read (${(error as NodeJS.ErrnoException).code}).`)
  }
}

function ruleIn(line: string, place: string): [word: string, rule: string][] | undefined {
  if (line === '' || line.startsWith('#')) return undefined
  const [, word, rule] = /^(allow|deny)\s+(.+)$/.exec(line) ?? []
  if (word === undefined || rule === undefined)
    throw new InvalidArgumentError(`${place} must be "allow RULE" or "deny RULE", not ${JSON.stringify(line)}.`)
  try {
    parseRules({ [word]: [rule] })
  } catch (error) {
    throw error instanceof RuleError ? new InvalidArgumentError(`${place}: ${error.message}.`) : error
  }
  return [[word, rule]]
}
