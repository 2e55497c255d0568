import { Command, type CommanderError } from 'commander'
import { loadThreadsBy } from '../bridge/worker-files.js'
import { MODE_VARIABLE } from '../host/mode-variable.js'
import type { Begun } from './begun.js'
import { exitCodes } from './exit-codes.js'
import { inspectCommand } from './inspect.js'
import { refuseMistakenFiles } from './mistaken-files.js'
import { recordingCommand } from './recording.js'
import { runCommand } from './run.js'
import type { Understood } from './words.js'

/** What this file exports. */
export interface Program {
  runLine(begun: Begun, understood: Understood): Promise<void>
}

/** Carries out a command line that is neither for a build tool nor a question. */
export async function runLine(begun: Begun, { line, saysRun = false }: Understood): Promise<void> {
  try {
    await buildProgram(begun, { saysRun }).parseAsync(line, { from: 'user' })
  } catch (error) {
    if (!(error instanceof QuestionAsked)) throw error
    const { answer } = await begun.questions()
    process.exit(answer(error.question, line))
  }
}

/** Ends the parsing of a command line that asks something of the command itself. */
class QuestionAsked extends Error {
  readonly question: string

  constructor(question: string) {
    super(question)
    this.question = question
  }
}

/** The command line of `posix-wasm`. Texts for its help are in manual/table.ts, which no run loads. */
export function buildProgram(begun: Begun, { saysRun = false }: Pick<Understood, 'saysRun'> = {}): Command {
  loadThreadsBy(begun.threads)
  if (process.env[MODE_VARIABLE] === '') delete process.env[MODE_VARIABLE] // as good as unset, which the parser does not know
  const program = new Command('posix-wasm')
    .helpOption('-h, --help', 'print this help')
    .showHelpAfterError('(posix-wasm --help lists the options)')
    .enablePositionalOptions()
    .passThroughOptions()
    .exitOverride(leave)
  if (!saysRun) {
    inspectCommand(program)
    recordingCommand(program)
  }
  program.helpOption(false) // of the program itself: the subcommands have taken theirs from it
  for (const [flags, question] of questions) {
    program.option(flags).on(`option:${question}`, () => {
      throw new QuestionAsked(question)
    })
  }
  return refuseMistakenFiles(runCommand(program, begun))
}

const questions = [
  ['-h, --help', 'help'],
  ['-V, --version', 'version'],
] as const

/** Commander's own exit code for a mistake is 1, which a guest may mean too. */
function leave(error: CommanderError): never {
  process.exit(error.exitCode === 0 ? 0 : exitCodes.usage)
}
