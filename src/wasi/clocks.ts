import { SysError } from '../posix/errno.js'
import type { World } from '../posix/world.js'

const REALTIME = 0
const THREAD_CPUTIME = 3

export function isClock(clock: number): boolean {
  return clock >= REALTIME && clock <= THREAD_CPUTIME
}

/** A clock of preview 1, in ms. The processor's clocks run as the monotonic one does: a guest has a thread to itself. */
export function clockMs(world: World, clock: number): number {
  if (!isClock(clock)) throw new SysError('EINVAL')
  return clock === REALTIME ? world.time() : world.now()
}

/** The same in ns. */
export function clockNs(world: World, clock: number): bigint {
  return BigInt(Math.round(clockMs(world, clock) * 1e6))
}

/** What a clock can tell apart, in ns: `performance.now()` has microseconds at best. */
export const RESOLUTION_NS = 1000n
