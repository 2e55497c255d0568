/** A command line by its first word. */
export interface Understood {
  /** Without `run`; `help inspect` is `inspect --help`. */
  readonly line: readonly string[]
  /** What it asks of the command itself, without running anything. */
  readonly question?: 'help' | 'version' | 'completion'
  /** It begins with `run`: what follows is a module, even if it is called like a command. */
  readonly saysRun?: boolean
}

const questions: ReadonlyMap<string, 'help' | 'version' | 'completion'> = new Map([
  ['-h', 'help'],
  ['--help', 'help'],
  ['-V', 'version'],
  ['--version', 'version'],
  ['version', 'version'],
  ['completion', 'completion'],
])

/** Reads the words that stand for something else. */
export function understood(line: readonly string[]): Understood {
  const [first = '', second, ...rest] = line
  const question = questions.get(first)
  if (question !== undefined) return { line, question }
  if (first === 'run') {
    const asked = second?.startsWith('-') ? questions.get(second) : undefined
    return { line: line.slice(1), saysRun: true, ...(asked !== undefined && { question: asked }) }
  }
  if (first !== 'help') return { line }
  const isOwn = second === undefined || second === 'run' || second === 'help' || questions.has(second)
  return isOwn ? { line, question: 'help' } : { line: [second, ...rest, '--help'] }
}
