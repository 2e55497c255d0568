import { Command, type CommanderError, Help, type Option } from 'commander'
import about from '../../package.json' with { type: 'json' }
import { loadThreadsBy } from '../bridge/worker-files.js'
import { limitWords } from '../host/limits-option.js'
import { MODE_VARIABLE } from '../host/mode-variable.js'
import type { Begun } from './begun.js'
import { exitCodes } from './exit-codes.js'
import { refuseForgottenFile } from './forgotten-file.js'
import { inspectCommand } from './inspect.js'
import { recordingCommand } from './recording.js'
import { runCommand } from './run.js'
import { versionText } from './version.js'

/** What this file exports. */
export interface Program {
  buildProgram(begun: Begun): Command
}

/** The command line of `posix-wasm`. */
export function buildProgram(begun: Begun = { guestThread: undefined, threads: undefined }): Command {
  loadThreadsBy(begun.threads)
  if (process.env[MODE_VARIABLE] === '') delete process.env[MODE_VARIABLE] // as good as unset, which the parser does not know
  const program = new Command('posix-wasm')
    .description('Run a WebAssembly program with POSIX sockets.')
    .version(
      versionText(about.version, process.argv),
      '--version',
      'print the version; with -v also how guests can wait, and why',
    )
    .helpOption('--help', 'print this help')
    .configureHelp({ optionDescription })
    .showHelpAfterError('(posix-wasm --help tells the options)')
    .enablePositionalOptions()
    .passThroughOptions()
    .exitOverride(leave)
    .addHelpText('after', HELP_AFTER)
  inspectCommand(program)
  recordingCommand(program)
  return refuseForgottenFile(runCommand(program, begun))
}

const HELP_AFTER = `
The exit code is the program's own, or ${exitCodes.diverged} a replay that left its recording, ${exitCodes.usage} wrong options, ${exitCodes.notRunnable} no WebAssembly or an import missing,
${exitCodes.notFound} no such file, ${exitCodes.timeout} stopped by --timeout, ${exitCodes.trap} a trap.

posix-wasm cc, c++, ar, ranlib, strip, nm, objdump, objcopy and size build such programs; cmake-toolchain prints the path of a toolchain file.

--limit takes ${[...limitWords.keys()].join(', ')}.

Examples:
  posix-wasm cc server.c -o server.wasm
  posix-wasm inspect server.wasm
  posix-wasm http_client.wasm 93.184.215.14 80 /
  posix-wasm --trace --timeout 10 echo_server.wasm 0`

/** Nothing is said of a default that is empty: that of an option that may be repeated. */
function optionDescription(this: Help, option: Option): string {
  const { description, defaultValue } = option
  const isEmpty = typeof defaultValue === 'object' && defaultValue !== null && Object.keys(defaultValue).length === 0
  return isEmpty ? description : Help.prototype.optionDescription.call(this, option)
}

/** Commander's own exit code for a mistake is 1, which a guest may mean too. */
function leave(error: CommanderError): never {
  process.exit(error.exitCode === 0 ? 0 : exitCodes.usage)
}
