import { OptionError } from './errors.js'
import { checkGiven } from './given-sockets.js'
import { checkRules } from './guarded.js'
import { checkLimits } from './limits-option.js'
import { type ModeOption, modeOptions } from './mode.js'
import { nearest } from './nearest.js'
import type { NetworkOption } from './network-option.js'
import type { GuestOptions, InstantiateOptions, StartOptions } from './options.js'
import { checkTlsOption } from './tls-option.js'

type Checked = GuestOptions & { readonly network?: NetworkOption }

type Name = keyof InstantiateOptions | keyof StartOptions

/** What is wrong with a value, by what it must be. */
const shapes = {
  'a positive number of milliseconds': (value: unknown) => typeof value === 'number' && value > 0,
  'a number of milliseconds, 0 or more': (value: unknown) => typeof value === 'number' && value >= 0,
  'a whole number, 1 or more': (value: unknown) => Number.isSafeInteger(value) && (value as number) > 0,
  "'linux' or 'wasi-libc'": (value: unknown) => value === 'linux' || value === 'wasi-libc',
  "'auto', 'worker', 'suspend' or 'native'": (value: unknown) => modeOptions.includes(value as ModeOption),
  'a text': (value: unknown) => typeof value === 'string',
  'a path, as a text': (value: unknown) => typeof value === 'string' && value !== '',
  'a function': (value: unknown) => typeof value === 'function',
  'an object': (value: unknown) => typeof value === 'object' && value !== null,
} as const

const expected = {
  timeoutMs: 'a positive number of milliseconds',
  figuresEveryMs: 'a positive number of milliseconds',
  lingerMs: 'a number of milliseconds, 0 or more',
  descriptors: 'a whole number, 1 or more',
  numbering: "'linux' or 'wasi-libc'",
  mode: "'auto', 'worker', 'suspend' or 'native'",
  hostname: 'a text',
  argv0: 'a text',
  record: 'a path, as a text',
  replay: 'a path, as a text',
  trace: 'a function',
  onListen: 'a function',
  onRefusal: 'a function',
  onFigures: 'a function',
  onSocketEvent: 'a function',
  notice: 'a function',
  env: 'an object',
  dirs: 'an object',
  limits: 'an object',
} as const satisfies Partial<Record<keyof GuestOptions, keyof typeof shapes>>

/** Those that only the command gives. */
const ofCommand = { printTrace: true, threads: true } as const satisfies Partial<Record<Name, true>>

/** The other options. What is wrong with them shows elsewhere. */
const others = {
  ...{ args: true, signal: true, fs: true, mayBeCutOff: true, listen: true, connect: true, connections: true },
  ...{ tls: true, network: true, world: true, imports: true, invoke: true, stdin: true, stdout: true, stderr: true },
} as const satisfies Record<Exclude<Name, keyof typeof expected | keyof typeof ofCommand>, true>

/** Throws an `OptionError` for options that cannot be, or not together. */
export function checkOptions(options: Checked): void {
  checkNames(options)
  for (const [name, shape] of Object.entries(expected)) {
    const value = options[name as keyof typeof expected]
    if (value !== undefined && !shapes[shape](value))
      throw new OptionError(`${name} must be ${shape}, not ${shown(value)}`)
  }
  const { dirs, fs, record, replay, network } = options
  if (network === null) throw new OptionError('network must be rules, { allow, deny }, or a network, not null')
  checkGiven(options)
  checkRules(network)
  checkLimits(options.limits)
  checkTlsOption(options)
  if (dirs !== undefined && fs !== undefined)
    throw new OptionError('give either dirs (directories of the host) or fs (files in memory), not both')
  if (record !== undefined && replay !== undefined) throw new OptionError('give either record or replay, not both')
}

function checkNames(options: Checked): void {
  const names = [...Object.keys(expected), ...Object.keys(others)]
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || names.includes(name) || Object.hasOwn(ofCommand, name)) continue
    const meant = nearest(name, names)
    const hint = meant === undefined ? `there are ${names.join(', ')}` : `did you mean ${meant}?`
    throw new OptionError(`there is no option ${name}; ${hint}`)
  }
}

function shown(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value)
}
