import { shown } from '../embedder/shown.js'
import { record, type Take } from '../embedder/take.js'
import {
  faultOfLimits,
  type LimitName,
  type LimitsOptions,
  limited,
  limitNames,
  type NetworkLimits,
} from '../network/limits/limits.js'
import type { Network, NetworkDriver } from '../network/network.js'
import { DEFAULT_FILE_LIMITS, type MemoryFileLimits } from '../wasi/memory/room.js'
import { OptionError } from './errors.js'
import { withNetwork } from './network-option.js'

const PAGE_BYTES = 65_536

/** What a guest may use. What is not set is not limited. */
export interface GuestLimits extends NetworkLimits {
  /**
   * Linear memory with the module's tables, code, data and declarations, in bytes; in whole pages of 64 KiB. `memory.grow` and
   * `table.grow` fail beyond it, whatever the module declares; one that begins beyond it is refused.
   */
  readonly memoryBytes?: number | undefined
  /**
   * What the guest's files in memory may take, in bytes, names included; beyond it a call fails with `ENOSPC`. Default: 256 MiB, or
   * `memoryBytes` if that is less. Files of the host's, `dirs`, are not limited.
   */
  readonly fileBytes?: number | undefined
  /** How many files, directories and links the guest's files in memory may be. Default: 65,536. */
  readonly files?: number | undefined
}

/** Limits by the words of the command: `bytes-in` for `bytesIn`, `memory` for `memoryBytes`. */
export const limitWords: ReadonlyMap<string, keyof GuestLimits> = new Map<string, keyof GuestLimits>([
  ...limitNames.map((name) => [name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`), name] as const),
  ['file-bytes', 'fileBytes'],
  ['files', 'files'],
  ['memory', 'memoryBytes'],
])

/** The command's word for a limit. */
export function limitWord(name: keyof GuestLimits): string {
  for (const [word, limit] of limitWords) if (limit === name) return word
  return name
}

/** What is wrong with limits, in one line that calls them by `wordFor`; undefined for nothing. */
export function faultOfGuestLimits(
  { memoryBytes, fileBytes, files, ...network }: GuestLimits,
  wordFor: (name: keyof GuestLimits) => string = (name) => name,
): string | undefined {
  const unknown = Object.keys(network).find((name) => !limitNames.includes(name as LimitName))
  if (unknown !== undefined)
    return `there is no limit ${unknown}; there are ${[...limitWords.values()].map(wordFor).join(', ')}`
  if (memoryBytes !== undefined && !(Number.isSafeInteger(memoryBytes) && memoryBytes >= PAGE_BYTES))
    return `the limit ${wordFor('memoryBytes')} must be a whole number, ${PAGE_BYTES} or more, not ${shown(memoryBytes)}`
  for (const [name, value] of Object.entries({ fileBytes, files }) as ['fileBytes' | 'files', number | undefined][])
    if (value !== undefined && !(Number.isSafeInteger(value) && value >= 1))
      return `the limit ${wordFor(name)} must be a whole number, 1 or more, not ${shown(value)}`
  return faultOfLimits(network, wordFor)
}

/** Takes limits as a copy. Throws an `OptionError` for limits that cannot be. */
export const takeLimits: Take<GuestLimits> = (value, name) => {
  const limits: GuestLimits = record('numbers', (limit) => limit as number)(value, name)
  const fault = faultOfGuestLimits(limits)
  if (fault !== undefined) throw new OptionError(fault)
  return limits
}

/** How many pages a guest may have, if that is limited. */
export function maxPagesOf(limits: GuestLimits = {}): number | undefined {
  return limits.memoryBytes === undefined ? undefined : Math.floor(limits.memoryBytes / PAGE_BYTES)
}

/** What a guest's files in memory may take. */
export function memoryFileLimits(limits: GuestLimits = {}): MemoryFileLimits {
  const { memoryBytes = Number.POSITIVE_INFINITY } = limits
  const { fileBytes = Math.min(DEFAULT_FILE_LIMITS.fileBytes, memoryBytes), files = DEFAULT_FILE_LIMITS.files } = limits
  return { fileBytes, files }
}

/** Tells a person of a limit that has held something up, by the flag that sets it. */
export function limitNotice(notify: (text: string) => void): (limit: keyof GuestLimits, value: number) => void {
  return (limit, value) => notify(`the guest has reached its limit, --limit ${limitWord(limit)}=${value}`)
}

/** How large the rings of sockets may be, so that none alone holds more than is to be pending. */
export function ringsWithin({ pendingBytes }: GuestLimits = {}): { ringBytes?: number } {
  return pendingBytes === undefined ? {} : { ringBytes: pendingBytes }
}

/** A network within the limits. */
export function withinLimits<D extends Network | NetworkDriver>(
  driver: D,
  limits: GuestLimits | undefined,
  options: LimitsOptions,
): Network | NetworkDriver {
  if (limits === undefined) return driver
  const { memoryBytes: _, fileBytes: __, files: ___, ...network } = limits
  if (typeof driver === 'function') return limited(driver, network, options)
  return withNetwork(driver, limited(driver.network, network, options))
}
