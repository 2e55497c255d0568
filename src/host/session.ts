import fs from 'node:fs'
import type { CallEvent } from '../abi/trace.js'
import { Gate } from '../bridge/gate.js'
import type { Handle, Network, NetworkDriver } from '../network/network.js'
import type { World } from '../posix/world.js'
import { type GivenStart, type Header, moduleHash } from '../recording/header.js'
import { type Ending, startRecording } from '../recording/recorder.js'
import { openReplay, type Replay } from '../recording/replay.js'
import type { Three } from '../recording/stdio.js'
import { type StopReason, stopErrorOf } from '../recording/stop-reason.js'
import type { WasiProvider } from '../wasi/provider.js'
import type { Stdio } from '../wasi/stdio.js'
import { GuestTimeout, OptionError } from './errors.js'
import { givenEnv } from './given-sockets.js'
import type { LoadedModule } from './load.js'
import type { GuestOptions } from './options.js'
import { recordedZone, zoneEnv } from './zone-env.js'

type Driver = Network | NetworkDriver

/** What a guest learns from outside, part by part: as it is, or being recorded. */
export interface Live {
  readonly isReplay: false
  /** The guest's clocks and randomness. */
  readonly world: World
  /** Those of what serves it. */
  readonly machine: World
  /** Outside of all other decorators. */
  driver(driver: Driver): Driver
  stdio(all: Three<Stdio>): Three<Stdio>
  files(provider: WasiProvider): WasiProvider
  /** A connection that the guest is given otherwise than by its network. */
  adopt(take: () => Handle): Handle
  /** What its environment says of the time zone that it is in. */
  readonly zone: Readonly<Record<string, string>>
  /** What a recording says of how the guest was started. */
  readonly started?: Started
  /** Is told of the guest's calls, if there is a recording for them to stand in. */
  readonly called?: (event: CallEvent) => void
  /** To be called when the guest's sockets are closed. */
  end(ending: Ending): void
}

export interface Started {
  readonly argv0?: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

/** The same out of a recording: no network is needed, and no thread. */
export interface Replayed extends Replay {
  readonly isReplay: true
  /** The clocks of this machine. */
  readonly machine: World
  readonly zone: Live['zone']
  readonly started: Started
}

export type SessionOptions = Pick<
  GuestOptions,
  | 'args'
  | 'argv0'
  | 'env'
  | 'dirs'
  | 'listen'
  | 'connect'
  | 'descriptors'
  | 'numbering'
  | 'hostname'
  | 'limits'
  | 'record'
  | 'replay'
  | 'mayBeCutOff'
  | 'mayBeRebuilt'
> & {
  readonly connections?: readonly unknown[]
  readonly invoke?: { readonly name: string; readonly args: readonly string[] }
  /** Of a guest in a thread of its own that is recorded. */
  readonly gate?: SharedArrayBuffer | undefined
}

/** Begins what the options ask for. Throws a `RecordingError` for a file that cannot be written, or is not the recording of this guest. */
export function sessionOf(loaded: LoadedModule, options: SessionOptions, world: World): Live | Replayed {
  const { record, replay, mayBeCutOff = false } = options
  if (replay !== undefined) {
    const opened = openReplay(replay, givenStart(loaded, options), { mayBeCutOff, stoppedAs })
    const { args, env } = opened.header
    const [argv0, ...rest] = args
    const started = { ...(argv0 !== undefined && { argv0 }), args: rest, env }
    return { isReplay: true, machine: world, ...opened, zone: recordedZone(env), started }
  }
  const zone = zoneEnv(options.env ?? {}, loaded)
  if (record === undefined) return live(world, zone)
  if (loaded.file !== undefined && isSameFile(record, loaded.file))
    throw new OptionError(`record: ${record} is the module itself, which would be written over`)
  const gate = options.gate && new Gate(options.gate)
  const begin = () => startRecording(record, headerOf(loaded, options, zone), world)
  const { driver, network, stoppedBy, ...recorder } = gate === undefined ? begin() : gate.beginning(begin)
  if (gate !== undefined) stoppedBy(gate)
  return {
    isReplay: false,
    machine: world,
    ...recorder,
    zone,
    driver: (inner) => (typeof inner === 'function' ? network(inner) : driver(inner)),
  }
}

function isSameFile(one: string, other: string): boolean {
  try {
    return fs.realpathSync(one) === fs.realpathSync(other)
  } catch {
    return false // one of them is not there
  }
}

function live(world: World, zone: Live['zone']): Live {
  const same = <T>(it: T) => it
  return {
    isReplay: false,
    world,
    machine: world,
    zone,
    driver: same,
    stdio: same,
    files: same,
    adopt: (take) => take(),
    end() {},
  }
}

/** Who is told of a guest's calls: a recording, and whom the options name. */
export function traceOf(session: Live | Replayed, trace: Tracer | undefined): Tracer | undefined {
  const recorded = session.isReplay ? undefined : session.called
  if (recorded === undefined || trace === undefined) return recorded ?? trace
  return (event) => {
    recorded(event)
    trace(event)
  }
}

type Tracer = (event: CallEvent) => void

/** The error that stopped the recorded guest. */
function stoppedAs(reason: StopReason): Error {
  const { name, timeoutMs } = reason
  return name === 'GuestTimeout' && timeoutMs !== undefined ? new GuestTimeout(timeoutMs) : stopErrorOf(reason)
}

/** Whether a module's hash will be needed. */
export function wantsHash({ record, replay }: SessionOptions): boolean {
  return record !== undefined || replay !== undefined
}

/**
 * Says how the guest has ended, once its sockets are closed. Throws a `ReplayDiverged` if the recorded one ended
 * differently; not for a guest that could not be made, whose own error says more.
 */
export function endSession(session: Live | Replayed, ending: Ending, { isMade = true } = {}): void {
  if (!session.isReplay) return session.end(ending)
  try {
    session.finish(ending)
  } catch (error) {
    if (isMade) throw error
  } finally {
    session.close()
  }
}

/** How a call of the guest's ended that threw. */
export function stopped(error: unknown): Ending {
  return { stopped: error instanceof Error ? error.message : String(error) }
}

/** What a replay compares: of arguments and environment only those that are given. */
function givenStart(loaded: LoadedModule, options: SessionOptions): GivenStart {
  const { args, argv0, env, mayBeRebuilt = false } = options
  const hash = mayBeRebuilt ? undefined : (loaded.hash ?? moduleHash(undefined))
  return {
    module: hash,
    args: args && [argv0, ...args],
    env: env && { ...env, ...givenEnv(options) },
    options: startOptions(options),
  }
}

/** What decides how the guest runs, besides what it learns while it does. */
function headerOf({ hash, name }: LoadedModule, options: SessionOptions, zone: Live['zone']): Header {
  const { args = [], argv0 = name, env = {} } = options
  return {
    module: hash ?? moduleHash(undefined),
    args: [argv0, ...args],
    env: { ...env, ...zone, ...givenEnv(options) },
    options: startOptions(options),
  }
}

function startOptions(options: SessionOptions): Header['options'] {
  const { dirs = {}, connections = [], listen = [], connect = [], numbering, descriptors, hostname } = options
  const { invoke = { name: '_start', args: [] } } = options
  return {
    invoke: [invoke.name, ...invoke.args],
    numbering,
    descriptors,
    hostname,
    listen: [...listen],
    connect: [...connect],
    dirs: Object.keys(dirs),
    connections: connections.length,
    memoryBytes: options.limits?.memoryBytes,
    fileBytes: options.limits?.fileBytes,
    files: options.limits?.files,
  }
}
