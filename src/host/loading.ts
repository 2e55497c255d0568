import { after } from '../bridge/timer.js'
import { ensureNotAborted, onAbort } from '../embedder/signals.js'
import { machineWorld } from '../machine.js'
import { GuestTimeout } from './errors.js'
import { type LoadedModule, type LoadOptions, loadModule } from './load.js'
import type { GuestOptions, ModuleSource } from './options.js'

type Terms = LoadOptions & Pick<GuestOptions, 'signal' | 'timeoutMs'>

/** A module that was loaded, and how long that took, in ms. */
export interface Loading {
  readonly loaded: LoadedModule
  readonly tookMs: number
}

/**
 * Loads a module within the guest's time, and until its signal is aborted. The engine compiles in threads of its own, which cannot be
 * stopped: what it has begun it goes on with, for nobody.
 */
export async function loadInTime(source: ModuleSource, { signal, timeoutMs, ...options }: Terms): Promise<Loading> {
  const { now } = machineWorld() // `performance` would be one more module to load
  const begun = now()
  const { stopped, callOff } = stopping(signal, timeoutMs)
  try {
    const loaded = await Promise.race([loadModule(source, options), stopped])
    ensureNotAborted(signal)
    return { loaded, tookMs: now() - begun }
  } finally {
    callOff()
  }
}

/** A promise that rejects when a guest is to be stopped. */
function stopping(signal: AbortSignal | undefined, timeoutMs: number | undefined) {
  const calledOff: (() => void)[] = []
  const stopped = new Promise<never>((_, reject) => {
    if (signal !== undefined) calledOff.push(onAbort(signal, () => reject(signal.reason)))
    if (timeoutMs !== undefined) calledOff.push(after(timeoutMs, () => reject(new GuestTimeout(timeoutMs))))
  })
  const callOff = () => {
    for (const each of calledOff) each()
  }
  return { stopped, callOff }
}
