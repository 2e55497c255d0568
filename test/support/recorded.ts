import fs from 'node:fs'
import type { CallEvent } from '../../src/abi/trace.js'
import { Bridge } from '../../src/bridge/bridge.js'
import { filesFor, instantiate, invoke, type Parts } from '../../src/host/guest-instance.js'
import { type LoadedModule, loadModule } from '../../src/host/load.js'
import { machineBridge, machineWorld } from '../../src/machine.js'
import { type Header, moduleHash } from '../../src/recording/header.js'
import { startRecording } from '../../src/recording/recorder.js'
import { openReplay, type ReplayOptions } from '../../src/recording/replay.js'
import { SocketShim, type SocketShimOptions } from '../../src/socket-shim.js'
import { fromBytes, toFunction } from '../../src/wasi/stdio.js'

/** A compiled module, and the hash of its bytes. */
export interface Module {
  readonly loaded: LoadedModule
  readonly hash: string
}

export async function compiled(source: string | Uint8Array): Promise<Module> {
  const bytes = typeof source === 'string' ? fs.readFileSync(source) : source
  return { loaded: await loadModule(source), hash: moduleHash(bytes) }
}

/** A guest to record or to replay, and how it is started. */
export interface Start {
  readonly module: Module
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string
  readonly dirs?: Readonly<Record<string, string>>
  /** Default true. */
  readonly isTraced?: boolean
  readonly numbering?: 'linux' | 'wasi-libc'
}

/** What a run came to. */
export interface Ran {
  readonly code: number
  /** A character for each byte. */
  readonly output: string
  /** Each socket call with its outcome, without the time it took. */
  readonly calls: readonly string[]
  /** What they took by the trace. */
  readonly tracedMs: number
  readonly tookMs: number
}

const ignore = () => {}

/** How the recording says that a guest was started. */
export function headerOf({ module, args = [], env = {}, numbering }: Start): Header {
  return { module: module.hash, args: ['guest', ...args], env, options: { numbering } }
}

/** Runs a guest on this thread and this machine's network, and records it. */
export async function record(start: Start, file: string): Promise<Ran> {
  const world = machineWorld()
  const recorder = startRecording(file, headerOf(start), world)
  const outputs: Uint8Array[] = []
  const take = (bytes: Uint8Array) => void outputs.push(bytes)
  return await run(start, {
    shim: { network: recorder.driver(new Bridge(machineBridge(world))), world: recorder.world },
    stdio: recorder.stdio([fromBytes(Buffer.from(start.stdin ?? '')), toFunction(take), toFunction(take)]),
    files: recorder.files,
    end: (code) => recorder.end({ code }),
    outputs,
  })
}

/** Runs it on its recording alone. */
export async function replay(start: Start, file: string, options: ReplayOptions = {}): Promise<Ran> {
  const replay = openReplay(file, headerOf(start), options)
  const outputs: Uint8Array[] = []
  try {
    return await run(start, {
      shim: { network: replay.network, world: replay.world },
      stdio: replay.stdio((_, bytes) => void outputs.push(bytes)),
      files: replay.files,
      end: (code) => replay.finish({ code }),
      outputs,
    })
  } finally {
    replay.close()
  }
}

interface Means extends Pick<Parts, 'stdio'> {
  readonly shim: SocketShimOptions
  readonly files: (provider: Parts['provider']) => Parts['provider']
  readonly end: (code: number) => void
  readonly outputs: readonly Uint8Array[]
}

async function run(
  { module, args = [], env = {}, dirs, numbering, isTraced = true }: Start,
  means: Means,
): Promise<Ran> {
  const begun = performance.now()
  const calls: string[] = []
  let tracedMs = 0
  const trace = ({ call, arguments: shown, outcome, durationMs }: CallEvent) => {
    calls.push(`${call}(${shown.map(({ text }) => text).join(', ')}) = ${JSON.stringify(outcome)}`)
    tracedMs += durationMs
  }
  const { loaded } = module
  const sockets = new SocketShim({
    ...means.shim,
    trace: isTraced ? trace : undefined,
    onListen: ignore,
    ...(numbering && { numbering }),
  })
  const provider = means.files(await filesFor(loaded.module, dirs === undefined ? {} : { dirs }))
  const parts = {
    sockets,
    stdio: means.stdio,
    provider,
    argv0: 'guest',
    args,
    env,
    trace: isTraced ? trace : undefined,
    notice: ignore,
  }
  let code: number
  try {
    code = invoke(await instantiate(loaded, parts), '_start', []).code
  } finally {
    await sockets.end()
  }
  means.end(code)
  return {
    code,
    output: Buffer.concat(means.outputs).toString('latin1'),
    calls,
    tracedMs,
    tookMs: performance.now() - begun,
  }
}
