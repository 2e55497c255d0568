/** The rules that a run has needed, as the text of a file for --rules. */
export class LearnedRules {
  readonly #rules = new Set<string>()

  add(rule: string): void {
    this.#rules.add(rule)
  }

  /** `hasOthers` says whether the run was given rules too, which the text does not repeat. */
  text({ hasOthers }: { hasOthers: boolean }): string {
    const needed = [...this.#rules].filter((rule) => !this.#isImplied(rule))
    const besides = hasOthers ? ', besides those that were given' : ''
    if (needed.length === 0)
      return hasOthers ? '# this run needs no other rules' : '# this run needs no network\ndeny *'
    return [
      `# the rules that this run needs${besides}: a file for --rules`,
      ...needed.map((rule) => `allow ${rule}`),
    ].join('\n')
  }

  /** Whatever may connect or send to a name may look it up. */
  #isImplied(rule: string): boolean {
    const [, name] = /^resolve:(.*)$/s.exec(rule) ?? []
    const implying = ['connect', 'udp'].map((direction) => `${direction}:${name}:`)
    return name !== undefined && [...this.#rules].some((other) => implying.some((start) => other.startsWith(start)))
  }
}
