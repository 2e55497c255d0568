import fs from 'node:fs'
import type { Duplex, Readable } from 'node:stream'
import tty from 'node:tty'
import { isMainThread } from 'node:worker_threads'
import type { PresenceMemory } from '../bridge/presence.js'
import { grantOf } from '../bridge/tls-settings.js'
import { claim } from '../embedder/claim.js'
import type { Failures } from '../embedder/failures.js'
import { unnamed } from '../network/network.js'
import { makeNonBlocking } from '../wasi/inherited-stream.js'
import { hostStream } from './host-stream.js'
import type { LoadedModule } from './load.js'
import { rulesOf } from './network-option.js'
import type { InputOption, OutputOption, StartOptions } from './options.js'
import type { HostPump } from './seat.js'
import type { GuestTask, StdioPlan } from './thread-messages.js'

/** What the thread of a guest is told that uses this machine's network. */
export function liveTask(loaded: LoadedModule, options: StartOptions, means: LiveMeans): PlannedTask {
  const { links, pump, presence } = means
  return {
    ...commonTask(loaded, options),
    links,
    presence,
    stdio: stdioPlans(means, options),
    connections: (options.connections ?? []).map((stream) => {
      claim(stream)
      return pump.offerFromHost(stream, { local: unnamed, peer: unnamed })
    }),
  }
}

/** A task, but for what its thread shares with the host's. */
type PlannedTask = Omit<GuestTask, 'backlog'>

interface LiveMeans {
  readonly links: NonNullable<GuestTask['links']>
  /** Of the host's own streams. */
  readonly pump: HostPump
  readonly presence?: PresenceMemory
  /** Of the host's functions and streams. */
  readonly failures: Failures
}

/** A replay needs no helper; what the guest writes to a stream or a function of the host's comes by messages. */
export function replayTask(loaded: LoadedModule, options: StartOptions): PlannedTask {
  const planOf = (output: OutputOption = 'inherit') => (typeof output === 'string' ? output : 'told')
  return {
    ...commonTask(loaded, options),
    links: undefined,
    stdio: ['ignore', planOf(options.stdout), planOf(options.stderr)],
    connections: (options.connections ?? []).map((_, index) => index),
  }
}

/** What a guest's thread is told, however the guest runs. */
function commonTask(loaded: LoadedModule, options: StartOptions): Omit<PlannedTask, 'links' | 'stdio' | 'connections'> {
  return {
    ...plain(options),
    ...loaded,
    files: options.fs?.toJSON() as object | undefined,
    importsFrom: options.imports?.href,
    trace: { isPosted: options.trace !== undefined, printedAs: options.printTrace },
    tell: {
      listening: options.onListen !== undefined,
      notices: options.notice !== undefined,
      refusals: options.onRefusal !== undefined,
      figures: options.onFigures !== undefined,
      socketEvents: options.onSocketEvent !== undefined,
    },
    tlsGrant: grantOf(options.tls ?? {}),
    invoke: options.invoke ?? { name: '_start', args: [] },
  }
}

/** The options that can be sent to another thread as they are. */
function plain(options: StartOptions) {
  const { args, argv0, env, dirs, listen, connect, descriptors, numbering, hostname, lingerMs } = options
  const { limits, figuresEveryMs, record, replay, mayBeCutOff, mayBeRebuilt } = options
  const started = { args, argv0, env, dirs, listen, connect, descriptors, numbering, hostname }
  const all = {
    ...started,
    lingerMs,
    limits,
    figuresEveryMs,
    record,
    replay,
    mayBeCutOff,
    mayBeRebuilt,
    rules: rulesOf(options.network),
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Partial<GuestTask>
}

function stdioPlans(
  means: LiveMeans,
  { stdin = 'inherit', stdout = 'inherit', stderr = 'inherit' }: StartOptions,
): GuestTask['stdio'] {
  return [inputPlan(means, stdin), outputPlan(means, 1, stdout), outputPlan(means, 2, stderr)]
}

function inputPlan({ pump, failures }: LiveMeans, option: InputOption | Readable): StdioPlan {
  if (option === 'ignore' || option instanceof Uint8Array) return option
  if (option === 'inherit')
    return isFile(0) ? option : offered(pump, hostStream({ from: () => process.stdin }, undefined), tty.isatty(0))
  if (typeof option === 'string') return new TextEncoder().encode(option)
  return offered(pump, hostStream({ from: () => option }, failures), false)
}

/** A regular file never makes a reader wait, so that the guest's thread reads it by itself, and can seek in it. */
export function isFile(fd: number): boolean {
  try {
    return fs.fstatSync(fd).isFile()
  } catch {
    return false // it is closed
  }
}

function outputPlan({ pump, failures }: LiveMeans, fd: 1 | 2, option: OutputOption): StdioPlan {
  if (option === 'inherit' && isMainThread) makeNonBlocking(fd) // the guest's thread cannot
  return typeof option === 'string' ? option : offered(pump, hostStream({ to: option }, failures), true)
}

function offered(pump: HostPump, stream: Duplex, isTerminal: boolean): StdioPlan {
  return { connection: pump.offerFromHost(stream, { local: unnamed, peer: unnamed }), isTerminal }
}
