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
  readonly stats?: boolean
  readonly record?: string
  readonly replay?: string
  readonly cutOff?: boolean
  readonly invoke?: string
  readonly trace?: boolean
  readonly 'trace=json'?: boolean
  readonly 'trace=summary'?: boolean
  readonly ambient?: boolean
}

/** `posix-wasm [options] module.wasm [arguments]`. */
export function runCommand(program: Command, begun: Begun): Command {
  return withTlsFlags(program)
    .argument('<module>', 'the WebAssembly file')
    .argument('[arguments...]', "the program's own arguments")
    .option('--env <name=value>', 'set a variable of its environment; may be repeated', addVariable, {})
    .option(
      '--dir <host[::guest[:ro]]>',
      'let it see a directory, with :ro unchanged by it; may be repeated',
      addDirectory,
      {},
    )
    .option('--ambient', 'give it what a native program has: all files, the working directory, the environment')
    .option('--listen <address>', 'hand it a listening socket at HOST:PORT or unix:PATH; may be repeated', addText, [])
    .option('--connect <address>', 'hand it a connection to HOST:PORT or unix:PATH; may be repeated', addText, [])
    .option(
      '--allow-net <rule>',
      'let it reach this and nothing else, such as connect:*.example.com:443; may be repeated',
      addText,
      [],
    )
    .option('--deny-net <rule>', 'let it not reach this, whatever is allowed; may be repeated', addText, [])
    .option(
      '--limit <name=number>',
      'let it use no more, such as memory=64M or bytes-out=10M; may be repeated',
      addLimit,
      {},
    )
    .option('--descriptors <number>', 'how many descriptors it may have, RLIMIT_NOFILE; 1024 by default', descriptors)
    .option('--stats', 'print at the end what it did with the network, as a table')
    .option('--record <file>', 'write all that it learns from outside to a file, to be replayed', once)
    .option('--replay <file>', 'run it on such a file alone, without a network', once)
    .option('--cut-off', 'replay a recording that was cut off too, as far as it goes')
    .addOption(
      new Option('--mode <mode>', 'how it waits; --version -v tells which can be had')
        .choices(modeOptions)
        .env(MODE_VARIABLE)
        .default('auto'),
    )
    .option('--timeout <seconds>', 'stop it after so long', seconds)
    .option('--invoke <function>', 'call an exported function with numbers as arguments, and print what it answers')
    .option('--trace', 'print each socket call on standard error, as strace does')
    .addOption(new Option('--trace=json', 'print each socket call as a line of JSON').conflicts('trace'))
    .option('--trace=summary', 'print at the end how often each was called and how long it took, as strace -c does')
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
  let figures: Figures | undefined
  const leave = (code: number): never => {
    const wasStarted = guest !== undefined || code === exitCodes.timeout || code > SIGNAL_CODE
    if (figures !== undefined) console.error(formatFigures(figures))
    else if (flags.stats && wasStarted) console.error('no figures yet: it was stopped before its first')
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
  try {
    guest = await startWithSockets(module, {
      mode,
      ...(threads && { threads }),
      args: invoke === undefined ? args : [],
      ...placeOf(module, flags),
      limits: flags.limit,
      ...(flags.descriptors !== undefined && { descriptors: flags.descriptors }),
      ...(flags.stats && {
        figuresEveryMs: STATS_EVERY_MS,
        onFigures: (latest) => {
          figures = latest
        },
      }),
      ...(flags.record !== undefined && { record: flags.record }),
      ...(flags.replay !== undefined && { replay: flags.replay, mayBeCutOff: flags.cutOff ?? false }),
      listen: flags.listen,
      connect: flags.connect,
      ...rulesOf(flags),
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
    if (signalled === undefined)
      console.error(`posix-wasm: ${printable(error instanceof Error ? error.message : String(error))}`)
    if (error instanceof GuestTrap) for (const line of frameLines(error.frames, module)) console.error(line)
    leave(signalled ?? exitCodeOf(error))
  }
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
  return Boolean(flags['trace=summary'] || flags.stats) || flags.record !== undefined
}

/** Where the program finds itself: its files, its environment, and the name it is called by. */
function placeOf(module: string, { ambient, env, dir }: RunFlags): Pick<RunOptions, 'env' | 'dirs' | 'argv0'> {
  const dirs = ambient ? { '/': '/', ...dir } : dir
  return {
    env: ambient ? { ...environment(), PWD: process.cwd(), ...env } : env,
    ...(ambient && { argv0: module }),
    ...(Object.keys(dirs).length > 0 && { dirs }),
  }
}

/** With the first rule that allows something, all else is refused. */
function rulesOf({ allowNet, denyNet }: RunFlags): Pick<RunOptions, 'network'> {
  if (allowNet.length + denyNet.length === 0) return {}
  return { network: { ...(allowNet.length > 0 && { allow: allowNet }), deny: denyNet } }
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
