import { SysError } from '../posix/errno.js'
import type { World } from '../posix/world.js'

const REALTIME = 0
const MONOTONIC = 1
const PROCESS_CPUTIME = 2
const THREAD_CPUTIME = 3

/** A clock of preview 1, in ms. The processor's clocks run as the monotonic one does: a guest has a thread to itself. */
export function clockMs(world: World, clock: number): number {
  if (clock === REALTIME) return world.time()
  if (clock === MONOTONIC || clock === PROCESS_CPUTIME || clock === THREAD_CPUTIME) return world.now()
  throw new SysError('EINVAL')
}

/** The same in ns. */
export function clockNs(world: World, clock: number): bigint {
  return BigInt(Math.round(clockMs(world, clock) * 1e6))
}

/** What a clock can tell apart, in ns: `performance.now()` has microseconds at best. */
export const RESOLUTION_NS = 1000n
