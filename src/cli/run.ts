import fs from 'node:fs'
import path from 'node:path'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { GuestTimeout, GuestTrap, ModuleError, OptionError } from '../host/errors.js'
import { type GuestThreads, startThreads } from '../host/guest-threads.js'
import { chooseMode, type Mode, type ModeOption, modeOptions } from '../host/mode.js'
import { MODE_VARIABLE } from '../host/mode-variable.js'
import { frameLines } from '../host/trap.js'
import type { Figures, GuestLimits, RunningGuest, RunOptions } from '../index.js'
import { printable } from '../posix/printable.js'
import { ReplayDiverged } from '../recording/errors.js'
import type { Begun } from './begun.js'
import { exitCodes } from './exit-codes.js'
import { addLimit } from './limit-flag.js'
import { addRuleFile, type RuleLists } from './rule-files.js'
import { type TlsFlags, tlsOf, withTlsFlags } from './tls-flags.js'

interface RunFlags extends TlsFlags, Begun {
  readonly env: Readonly<Record<string, string>>
  readonly dir: NonNullable<RunOptions['dirs']>
  readonly listen: readonly string[]
  readonly connect: readonly string[]
  readonly allowNet: readonly string[]
  readonly denyNet: readonly string[]
  readonly mode: ModeOption
  readonly timeout?: number
  readonly descriptors?: number
  readonly limit: GuestLimits
  readonly rules: RuleLists
  readonly learnRules?: boolean
  readonly stats?: boolean
  readonly statsEvery?: number
  readonly record?: string
  readonly replay?: string
  readonly cutOff?: boolean
  readonly rebuilt?: boolean
  readonly force?: boolean
  readonly invoke?: string
  readonly trace?: boolean
  readonly 'trace=json'?: boolean
  readonly 'trace=summary'?: boolean
  readonly ambient?: boolean
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

/** How old the figures of a guest may be that is stopped. */
const STATS_EVERY_MS = 100

async function run(module: string, args: string[], flags: RunFlags): Promise<void> {
  const { timeout, invoke } = flags
  const mode = modeOf(flags)
  const threads = threadsFor(mode, flags) // they come up while the rest is loaded
  const { formatFigures, formatSummary, startWithSockets, TraceSummary } = await import('./running.js')
  const summary = flags['trace=summary'] ? new TraceSummary() : undefined
  const learned = flags.learnRules ? new (await flags.questions()).LearnedRules() : undefined
  let figures: Figures | undefined
  const printFigures = () =>
    console.error(figures === undefined ? 'no figures yet: it has not begun' : formatFigures(figures))
  const leave = (code: number): never => {
    const wasStarted = guest !== undefined || code === exitCodes.timeout || code > SIGNAL_CODE
    if (figures !== undefined) printFigures()
    else if (hasStats(flags) && wasStarted) console.error('no figures yet: it was stopped before its first')
    if (learned !== undefined && wasStarted) console.error(learned.text({ hasOthers: hasRules(flags) }))
    if (summary !== undefined) console.error(formatSummary(summary.totals()))
    process.exit(code)
  }
  let guest: RunningGuest | undefined
  if (outlivesSignals(flags))
    for (const [signal, number] of ENDING_SIGNALS)
      process.once(signal, () => {
        if (flags.record === undefined || guest === undefined) leave(SIGNAL_CODE + number)
        else guest.stop(Object.assign(new Error(`the guest was stopped by ${signal}`), { code: signal }))
      })
  if (hasStats(flags)) process.on('SIGUSR2', printFigures)
  if (flags.statsEvery !== undefined) setInterval(printFigures, flags.statsEvery * 1000).unref()
  try {
    guest = await startWithSockets(module, {
      mode,
      ...(threads && { threads }),
      ...argsOf(args, flags),
      ...placeOf(module, flags),
      limits: flags.limit,
      ...(flags.descriptors !== undefined && { descriptors: flags.descriptors }),
      ...(hasStats(flags) && {
        figuresEveryMs: STATS_EVERY_MS,
        onFigures: (latest) => {
          figures = latest
        },
      }),
      ...(flags.record !== undefined && { record: flags.record }),
      ...replayOf(flags),
      listen: flags.listen,
      connect: flags.connect,
      ...rulesOf(flags),
      ...(learned && {
        onRefusal: ({ wasLearned, allowedBy, text }) => {
          if (wasLearned && allowedBy !== undefined) learned.add(allowedBy)
          else console.error(`posix-wasm: ${text}`)
        },
      }),
      ...tlsOf(flags),
      ...(timeout !== undefined && { timeoutMs: timeout * 1000 }),
      ...(invoke !== undefined && { invoke: { name: invoke, args } }),
      printTrace: flags['trace=json'] ? 'json' : flags.trace ? 'strace' : undefined,
      ...(summary && { trace: (event) => summary.add(event) }),
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
  return Boolean(flags['trace=summary'] || hasStats(flags) || flags.learnRules) || flags.record !== undefined
}

function hasStats({ stats, statsEvery }: RunFlags): boolean {
  return Boolean(stats) || statsEvery !== undefined
}

/** Where the program finds itself: its files, its environment, and the name it is called by. */
function placeOf(module: string, flags: RunFlags): Pick<RunOptions, 'env' | 'dirs' | 'argv0'> {
  const { ambient, dir } = flags
  const dirs = ambient ? { '/': '/', ...dir } : dir
  return {
    ...envOf(flags),
    ...(ambient && flags.replay === undefined && { argv0: module }),
    ...(Object.keys(dirs).length > 0 && { dirs }),
  }
}

/** A replay takes from the recording what the command line does not say. */
function envOf({ ambient, env, replay }: RunFlags): Pick<RunOptions, 'env'> {
  if (replay !== undefined) return Object.keys(env).length > 0 ? { env } : {}
  return { env: ambient ? { ...environment(), PWD: process.cwd(), ...env } : env }
}

function argsOf(args: readonly string[], { invoke, replay }: RunFlags): Pick<RunOptions, 'args'> {
  if (invoke !== undefined) return { args: [] }
  return replay !== undefined && args.length === 0 ? {} : { args }
}

function replayOf({ replay, cutOff = false, rebuilt = false }: RunFlags) {
  return replay === undefined ? {} : { replay, mayBeCutOff: cutOff, mayBeRebuilt: rebuilt }
}

/** With the first rule that allows something, all else is refused. */
function rulesOf(flags: RunFlags): Pick<RunOptions, 'network'> {
  const { allowNet, denyNet, rules, learnRules } = flags
  if (!hasRules(flags)) return learnRules ? { network: { learn: true } } : {}
  const [allow, deny] = [
    [...allowNet, ...rules.allow],
    [...denyNet, ...rules.deny],
  ]
  return { network: { ...(allow.length > 0 && { allow }), deny, ...(learnRules && { learn: true }) } }
}

function hasRules({ allowNet, denyNet, rules }: RunFlags): boolean {
  return [allowNet, denyNet, rules.allow, rules.deny].some((each) => each.length > 0)
}

function environment(): Record<string, string> {
  const entries = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return Object.fromEntries(entries)
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

function addVariable(text: string, all: RunFlags['env']): RunFlags['env'] {
  const at = text.indexOf('=')
  if (at < 1) throw new InvalidArgumentError('write it as NAME=VALUE.')
  return { ...all, [text.slice(0, at)]: text.slice(at + 1) }
}

function addText(text: string, all: readonly string[]): readonly string[] {
  return [...all, text]
}

/** The file of an option that cannot be given twice. */
function once(text: string, before: string | undefined): string {
  if (before !== undefined) throw new InvalidArgumentError(`it can be given once, and ${before} was given before.`)
  return text
}

function addDirectory(text: string, all: RunFlags['dir']): RunFlags['dir'] {
  const [, host = text, guest = text, readOnly] = /^(.*?)::(.*?)(:ro)?$/s.exec(text) ?? []
  if (!fs.statSync(host, { throwIfNoEntry: false })?.isDirectory())
    throw new InvalidArgumentError(`there is no directory ${path.resolve(host)}.`)
  return { ...all, [guest]: readOnly === undefined ? host : { path: host, readOnly: true } }
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
