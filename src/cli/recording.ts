import type { Command } from 'commander'
import { RecordingError, recordingLines } from '../index.js'
import { exitCodes } from './exit-codes.js'

/** `posix-wasm recording show FILE`. */
export function recordingCommand(program: Command): Command {
  const recording = program.command('recording').description('Look into what --record has written.')
  recording
    .command('show')
    .description('Print a recording: how the program was started, and each call with what came of it.')
    .argument('<file>', 'the recording')
    .action(show)
  return recording
}

function show(file: string): void {
  process.stdout.on('error', () => process.exit()) // who reads has seen enough
  try {
    for (const line of recordingLines(file)) console.log(line)
  } catch (error) {
    if (!(error instanceof RecordingError)) throw error
    console.error(`posix-wasm: ${error.message}`)
    process.exitCode = error.reason === 'unreadable' ? exitCodes.notFound : exitCodes.usage
  }
}
