import { webcrypto } from 'node:crypto'
import os from 'node:os'
import { performance } from 'node:perf_hooks'
import type { BridgeOptions } from './bridge/bridge.js'
import type { PumpPace } from './bridge/doorbell.js'
import type { World } from './posix/world.js'

/** The clocks and the randomness of this machine. */
export function machineWorld(): World {
  return {
    now: () => performance.now(),
    time: () => performance.timeOrigin + performance.now(),
    random: randomFill,
  }
}

/** What a bridge needs to know of this machine. */
export function machineBridge(world: World, hostname = os.hostname()): BridgeOptions {
  return { world, hostname, maySpin: os.availableParallelism() > 1 }
}

/** About what it costs to be woken, several times over, in ms. */
const LINGER_MS = 0.2

/** How a helper passes the time on this machine. */
export function machinePace(): PumpPace {
  return { now: () => performance.now(), lingerMs: os.availableParallelism() > 1 ? LINGER_MS : 0 }
}

/** The most bytes that `getRandomValues` fills at once. */
const MOST_RANDOM = 65_536

function randomFill(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; at += MOST_RANDOM) webcrypto.getRandomValues(bytes.subarray(at, at + MOST_RANDOM))
}
