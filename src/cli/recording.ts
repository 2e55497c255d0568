import type { Command } from 'commander'
import { printable } from '../posix/printable.js'
import { RecordingError } from '../recording/errors.js'
import { exitCodes } from './exit-codes.js'

/** `posix-wasm recording show FILE`. */
export function recordingCommand(program: Command): Command {
  const recording = program.command('recording').description('Look into what --record has written.')
  recording
    .command('show')
    .description(
      'Print a recording: how the program was started, its socket calls as --trace prints them, and how it ended.',
    )
    .argument('<file>', 'the recording')
    .option('--all', 'print instead all that it learnt from outside, by the numbers that a replay calls it')
    .action(show)
  return recording
}

async function show(file: string, { all = false }: { all?: boolean }): Promise<void> {
  const { recordingLines } = await import('../recording/show.js')
  process.stdout.on('error', () => process.exit()) // who reads has seen enough
  try {
    for (const line of recordingLines(file, { of: all ? 'operations' : 'calls' })) console.log(line)
  } catch (error) {
    if (!(error instanceof RecordingError)) throw error
    console.error(`posix-wasm: ${printable(error.message)}`)
    process.exitCode = error.reason === 'unreadable' ? exitCodes.notFound : exitCodes.usage
  }
}
