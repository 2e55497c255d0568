import { ensureNotAborted } from '../embedder/signals.js'
import type { SocketShim } from '../socket-shim.js'
import { takeInstantiateOptions } from './check-options.js'
import { hold } from './given-streams.js'
import { type GuestExport, type GuestHere, guestHere } from './guest-here.js'
import { chooseMode } from './mode.js'
import { MODE_VARIABLE } from './mode-variable.js'
import { driverOf } from './network-option.js'
import { takeSource } from './object-options.js'
import type { InstantiateOptions, ModuleSource } from './options.js'

/** A guest on this thread. */
export interface SocketInstance {
  readonly module: WebAssembly.Module
  /** In the mode `suspend` its exported functions throw where they would have to wait: `exports` are those that may. */
  readonly instance: WebAssembly.Instance
  /**
   * Its exported functions, each of which answers a promise, whether a call blocks this thread or the guest is suspended. They reject
   * once it is closed.
   */
  readonly exports: Readonly<Record<string, GuestExport>>
  /** Its descriptors and sockets. */
  readonly sockets: SocketShim
  /** Runs `_start` to its end, once, and then closes its sockets. Answers the exit code. */
  start(): Promise<number>
  /** Closes its sockets and ends the helper; resolves when all that was sent is out. For a guest that is not started but called. */
  close(): Promise<void>
}

/**
 * Instantiates a module on the calling thread, like `WebAssembly.instantiate`, with POSIX sockets and WASI preview 1. The thread is
 * blocked while the guest waits, so nothing else on it runs then: no server of the same thread can answer the guest, and no timer
 * fires. `runWithSockets` uses a thread of its own. With `mode: 'suspend'` the guest is suspended instead, and all else goes on;
 * exported functions may then be called while others wait, where the guest is written for it.
 */
export async function instantiateWithSockets(
  module: ModuleSource,
  given: InstantiateOptions = {},
): Promise<SocketInstance> {
  const source = takeSource(module)
  const options = takeInstantiateOptions(given)
  ensureNotAborted(options.signal)
  const { mode } = chooseMode(options.mode ?? 'auto', {
    mayTakeThread: false,
    preferred: process.env[MODE_VARIABLE],
    isOnMachine: driverOf(options.network) === undefined,
  })
  const held = hold(options)
  try {
    return instanceOf(await guestHere(source, options, { ...held, mode }))
  } catch (error) {
    held.leave()
    throw error
  }
}

function instanceOf(guest: GuestHere): SocketInstance {
  const { loaded, instance, exports, sockets } = guest
  return {
    module: loaded.module,
    instance,
    exports,
    sockets,
    start: () => guest.start(),
    close: () => guest.finish(),
  }
}
