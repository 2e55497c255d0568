import { MemoryLimitError, withMemoryLimit } from '../abi/memory-limit.js'
import { faultOfLimits, type LimitsOptions, limited, type NetworkLimits } from '../network/limits/limits.js'
import type { Network, NetworkDriver } from '../network/network.js'
import { ModuleError, OptionError } from './errors.js'
import { withNetwork } from './guarded.js'

const PAGE_BYTES = 65_536

/** What a guest may use. What is not set is not limited. */
export interface GuestLimits extends NetworkLimits {
  /** Linear memory, in bytes; in whole pages of 64 KiB. `memory.grow` fails beyond it, whatever the module declares. */
  readonly memoryBytes?: number | undefined
}

/** Throws an `OptionError` for limits that cannot be. */
export function checkLimits({ memoryBytes, ...network }: GuestLimits = {}): void {
  const fault = faultOfLimits(network)
  if (fault !== undefined) throw new OptionError(fault)
  if (memoryBytes !== undefined && !(Number.isSafeInteger(memoryBytes) && memoryBytes >= PAGE_BYTES))
    throw new OptionError(`the limit memoryBytes is a whole number of at least ${PAGE_BYTES}, not ${memoryBytes}`)
}

/** How many pages a guest may have, if that is limited. */
export function maxPagesOf(limits: GuestLimits = {}): number | undefined {
  return limits.memoryBytes === undefined ? undefined : Math.floor(limits.memoryBytes / PAGE_BYTES)
}

/** The same module with so little memory. Throws a `ModuleError` where it cannot be. */
export function lessMemory(
  bytes: Uint8Array<ArrayBuffer>,
  name: string,
  maxPages: number | undefined,
): Uint8Array<ArrayBuffer> {
  if (maxPages === undefined) return bytes
  try {
    return withMemoryLimit(bytes, maxPages) as Uint8Array<ArrayBuffer>
  } catch (error) {
    if (!(error instanceof MemoryLimitError)) throw error
    throw new ModuleError('NOT_WEBASSEMBLY', `the memory of ${name} cannot be limited: ${error.message}`, {
      cause: error,
    })
  }
}

/** Tells a person of a limit that has held something up. */
export function limitNotice(notify: (text: string) => void): LimitsOptions['onLimit'] {
  return (limit, value) => notify(`the guest has reached its limit ${limit} of ${value}`)
}

/** A network within the limits. */
export function withinLimits<D extends Network | NetworkDriver>(
  driver: D,
  limits: GuestLimits | undefined,
  options: LimitsOptions,
): Network | NetworkDriver {
  if (limits === undefined) return driver
  const { memoryBytes: _, ...network } = limits
  if (typeof driver === 'function') return limited(driver, network, options)
  return withNetwork(driver, limited(driver.network, network, options))
}
