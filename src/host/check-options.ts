import { fields, type Table, takeFields } from '../embedder/fields.js'
import { OptionError } from '../embedder/option-error.js'
import { callback, flag, ms, oneOf, path, positiveMs, shape, text, whole } from '../embedder/take.js'
import { takeWorld } from '../posix/take-world.js'
import { MOST_DESCRIPTORS } from '../socket-shim.js'
import { takeConnect, takeListen } from './given-sockets.js'
import { takeLimits } from './limits-option.js'
import { modeOptions } from './mode.js'
import { type NetworkOption, takeNetwork } from './network-option.js'
import { takeConnections, takeImports, takeImportsUrl, takeSignal } from './object-options.js'
import type { GuestOptions, InstantiateOptions, StartOptions } from './options.js'
import { checkDirs, takeArgs, takeDirs, takeEnv, takeFs } from './place-options.js'
import { takeInput, takeOutput } from './stdio-options.js'
import { checkTlsNetwork, takeTls } from './tls-option.js'

const guestTable = {
  args: takeArgs,
  argv0: text,
  env: takeEnv,
  dirs: takeDirs,
  fs: takeFs,
  timeoutMs: positiveMs,
  signal: takeSignal,
  descriptors: whole(1, MOST_DESCRIPTORS),
  numbering: oneOf('linux', 'wasi-libc'),
  trace: callback(),
  onListen: callback(),
  onRefusal: callback(),
  notice: callback(),
  limits: takeLimits,
  onFigures: callback(),
  figuresEveryMs: positiveMs,
  onSocketEvent: callback(),
  record: path,
  replay: path,
  mayBeCutOff: flag,
  mayBeRebuilt: flag,
  lingerMs: ms,
  hostname: text,
  mode: oneOf(...modeOptions),
  listen: takeListen,
  connect: takeConnect,
  tls: takeTls,
  connections: takeConnections,
} satisfies Table<GuestOptions>

const stdioTable = { stdin: takeInput, stdout: takeOutput, stderr: takeOutput }

const instantiateTable: Table<InstantiateOptions> = {
  ...guestTable,
  ...stdioTable,
  imports: takeImports,
  network: takeNetwork,
  world: takeWorld,
}

/** The options of a guest in a thread, and two that one may have which is suspended on the caller's. */
export type TakenStart = Omit<StartOptions, 'network'> & Pick<InstantiateOptions, 'world' | 'network'>

/** The options that only the command gives. */
const ofCommand = ['invoke', 'printTrace', 'threads'] as const

const startTable: Table<TakenStart> = {
  ...guestTable,
  ...stdioTable,
  imports: takeImportsUrl,
  network: takeNetwork,
  world: takeWorld,
  invoke: fields({ name: text, args: takeArgs }, 'field of invoke'),
  printTrace: oneOf('strace', 'json'),
  threads: shape('threads that have been started', (value) => typeof value === 'object' && value !== null),
}

/** Returns a copy of the options, which is what counts from now on. Throws an `OptionError` for what cannot be, or not together. */
export function takeInstantiateOptions(given: unknown): InstantiateOptions {
  return together(takeFields(given, instantiateTable, { whole: 'the options', field: 'option' }))
}

/** The same for a guest that is started. */
export function takeStartOptions(given: unknown): TakenStart {
  return together(takeFields(given, startTable, { whole: 'the options', field: 'option', hidden: ofCommand }))
}

function together<T extends GuestOptions & { readonly network?: NetworkOption }>(options: T): T {
  const { dirs, fs, record, replay } = options
  checkTlsNetwork(options)
  if (dirs !== undefined && fs !== undefined)
    throw new OptionError('give either dirs (directories of the host) or fs (files in memory), not both')
  if (record !== undefined && replay !== undefined) throw new OptionError('give either record or replay, not both')
  if (replay === undefined) checkDirs(dirs as TakenStart['dirs'])
  return options
}
