import { type Command, InvalidArgumentError, Option } from 'commander'
import { GuestTimeout, GuestTrap, ModuleError, OptionError } from '../host/errors.js'
import { type GuestThreads, startThreads } from '../host/guest-threads.js'
import { chooseMode, type Mode, type ModeOption, modeOptions } from '../host/mode.js'
import { MODE_VARIABLE } from '../host/mode-variable.js'
import { frameLines } from '../host/trap.js'
import type { GuestLimits, RunningGuest } from '../index.js'
import { printable } from '../posix/printable.js'
import { ReplayDiverged } from '../recording/errors.js'
import type { Begun } from './begun.js'
import { exitCodes } from './exit-codes.js'
import { addLimit } from './flags/limits.js'
import { addDirectory, addVariable, argsOf, type PlaceFlags, placeOf } from './flags/place.js'
import { addRuleFile, rulesOf } from './flags/rules.js'
import { type TlsFlags, tlsOf, withTlsFlags } from './flags/tls.js'
import { collectReports, hasReports, type ReportFlags } from './reports.js'

interface RunFlags extends TlsFlags, PlaceFlags, ReportFlags, Begun {
  readonly listen: readonly string[]
  readonly connect: readonly string[]
  readonly mode: ModeOption
  readonly timeout?: number
  readonly descriptors?: number
  readonly limit: GuestLimits
  readonly record?: string
  readonly cutOff?: boolean
  readonly rebuilt?: boolean
  readonly force?: boolean
  readonly trace?: boolean
  readonly 'trace=json'?: boolean
}

/** `posix-wasm [options] module.wasm [arguments]`. The meaning of each option is in manual/table.ts. */
export function runCommand(program: Command, begun: Begun): Command {
  return withTlsFlags(program)
    .argument('<module>')
    .argument('[arguments...]')
    .option('--env <name=value>', '', addVariable, {})
    .option('--dir <host[::guest[:ro]]>', '', addDirectory, {})
    .option('--ambient')
    .option('--listen <address>', '', addText, [])
    .option('--connect <address>', '', addText, [])
    .option('--allow-net <rule>', '', addText, [])
    .option('--deny-net <rule>', '', addText, [])
    .option('--limit <name=number>', '', addLimit, {})
    .option('--descriptors <number>', '', descriptors)
    .option('--rules <file>', '', addRuleFile, { allow: [], deny: [] })
    .addOption(new Option('--learn-rules').conflicts('replay'))
    .option('--stats')
    .option('--stats-every <seconds>', '', seconds)
    .option('--record <file>', '', once)
    .option('--replay <file>', '', once)
    .option('--cut-off')
    .option('--rebuilt')
    .option('--force')
    .addOption(new Option('--mode <mode>').choices(modeOptions).env(MODE_VARIABLE).default('auto'))
    .option('--timeout <seconds>', '', seconds)
    .option('--invoke <function>')
    .option('--trace')
    .addOption(new Option('--trace=json').conflicts('trace'))
    .option('--trace=summary')
    .action((module, args, flags) => run(module, args, { ...flags, ...begun }))
}

/** What ends a server, which is to be told of all the same; and what a shell adds to a signal's number. */
const ENDING_SIGNALS = [
  ['SIGINT', 2],
  ['SIGTERM', 15],
] as const
const SIGNAL_CODE = 128

async function run(module: string, args: string[], flags: RunFlags): Promise<void> {
  const { timeout, invoke } = flags
  const mode = modeOf(flags)
  const threads = threadsFor(mode, flags) // they come up while the rest is loaded
  const running = await import('./running.js')
  const reports = await collectReports(flags, running)
  const leave = (code: number): never => {
    if (guest !== undefined || code === exitCodes.timeout || code > SIGNAL_CODE) reports.printAtEnd()
    process.exit(code)
  }
  let guest: RunningGuest | undefined
  if (outlivesSignals(flags))
    for (const [signal, number] of ENDING_SIGNALS)
      process.once(signal, () => {
        if (flags.record === undefined || guest === undefined) leave(SIGNAL_CODE + number)
        else guest.stop(Object.assign(new Error(`the guest was stopped by ${signal}`), { code: signal }))
      })
  reports.printOnDemand()
  try {
    guest = await running.startWithSockets(module, {
      mode,
      ...(threads && { threads }),
      ...argsOf(args, flags),
      ...placeOf(module, flags),
      limits: flags.limit,
      ...(flags.descriptors !== undefined && { descriptors: flags.descriptors }),
      ...reports.options(),
      ...(flags.record !== undefined && { record: flags.record }),
      ...replayOf(flags),
      listen: flags.listen,
      connect: flags.connect,
      ...rulesOf(flags),
      ...tlsOf(flags),
      ...(timeout !== undefined && { timeoutMs: timeout * 1000 }),
      ...(invoke !== undefined && { invoke: { name: invoke, args } }),
      printTrace: flags['trace=json'] ? 'json' : flags.trace ? 'strace' : undefined,
    })
    const code = await guest.exitCode
    const result = await guest.result
    if (result !== undefined) console.log(result)
    leave(code)
  } catch (error) {
    const signalled = codeOfSignal(error)
    if (signalled === undefined) console.error(`posix-wasm: ${printable(await messageOf(error, module, flags))}`)
    if (error instanceof GuestTrap) for (const line of frameLines(error.frames, module)) console.error(line)
    leave(signalled ?? exitCodeOf(error))
  }
}

async function messageOf(error: unknown, module: string, { questions }: RunFlags): Promise<string> {
  if (error instanceof ModuleError && error.code === 'NOT_FOUND') {
    const { unknownWord } = await questions()
    return unknownWord(module) ?? error.message
  }
  return error instanceof Error ? error.message : String(error)
}

function threadsFor(mode: Mode, flags: RunFlags): GuestThreads | undefined {
  const { replay, guestThread: guest } = flags
  if (mode !== 'suspend') return startThreads({ replay, chosen: mode, guest, ...tlsOf(flags) })
  void guest?.terminate()
  return undefined
}

function modeOf(flags: RunFlags): Mode {
  try {
    return chooseMode(flags.mode, { mayTakeThread: !isWatched(flags) }).mode
  } catch (error) {
    console.error(`posix-wasm: ${printable((error as Error).message)}`)
    process.exit(exitCodeOf(error))
  }
}

/** Whether this thread has something to do while its guest computes: to stop it in time, or to hear of a signal. */
function isWatched(flags: RunFlags): boolean {
  return flags.timeout !== undefined || outlivesSignals(flags)
}

/** Whether something is to be told or written when a signal ends the command. */
function outlivesSignals(flags: RunFlags): boolean {
  return hasReports(flags) || flags.record !== undefined
}

function replayOf({ replay, cutOff = false, rebuilt = false }: RunFlags) {
  return replay === undefined ? {} : { replay, mayBeCutOff: cutOff, mayBeRebuilt: rebuilt }
}

/** What a shell would answer for a guest that was stopped by a signal, now or when it was recorded; undefined for another error. */
function codeOfSignal(error: unknown): number | undefined {
  const [, number] = ENDING_SIGNALS.find(([signal]) => signal === (error as NodeJS.ErrnoException).code) ?? []
  return number && SIGNAL_CODE + number
}

function exitCodeOf(error: unknown): number {
  if (error instanceof GuestTimeout) return exitCodes.timeout
  if (error instanceof GuestTrap) return exitCodes.trap
  if (error instanceof OptionError) return exitCodes.usage
  if (error instanceof ReplayDiverged) return exitCodes.diverged
  if (error instanceof ModuleError) return error.code === 'NOT_FOUND' ? exitCodes.notFound : exitCodes.notRunnable
  return exitCodes.usage
}

function addText(text: string, all: readonly string[]): readonly string[] {
  return [...all, text]
}

/** The file of an option that cannot be given twice. */
function once(text: string, before: string | undefined): string {
  if (before !== undefined) throw new InvalidArgumentError(`it can be given once, and ${before} was given before.`)
  return text
}

function descriptors(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('it takes a number of descriptors, such as 4096.')
  return Number(text)
}

function seconds(text: string): number {
  const value = Number(text)
  if (!(value > 0)) throw new InvalidArgumentError('it takes a number of seconds, such as 10 or 0.5.')
  return value
}
