import { webcrypto } from 'node:crypto'
import os from 'node:os'
import { performance } from 'node:perf_hooks'
import type { BridgeOptions } from './bridge/bridge.js'
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

/** The most bytes that `getRandomValues` fills at once. */
const MOST_RANDOM = 65_536

function randomFill(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; at += MOST_RANDOM) webcrypto.getRandomValues(bytes.subarray(at, at + MOST_RANDOM))
}
