import { limitedModule, MemoryLimitError, withMaximum, withTableLimit } from '../abi/memory-limit.js'
import { checkBounds } from '../abi/module/bounds.js'
import { BoundsError } from '../abi/module/bounds-error.js'
import { MOST_PAGES } from '../abi/module/declared.js'
import { ENTRY_BYTES, PAGE_BYTES } from '../abi/module/footprint.js'
import { Unreadable } from '../abi/module/reader.js'
import { sectionsOf } from '../abi/module/sections.js'
import { builtIn } from '../bridge/built-in.js'
import { ModuleError } from './errors.js'

export interface SizeOptions {
  /** The most memory that it may have, in pages of 64 KiB. */
  readonly maxPages?: number | undefined
  /** Each of its memories has to have a maximum, any. */
  readonly needsMaximum?: boolean
}

/** A module that stays within its limits, and the most pages of memory that leaves it. */
export interface SizedModule {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly maxPages: number | undefined
  /** False for bytes that cannot be read here, which are to be refused if the engine takes them. */
  readonly isKnown: boolean
}

/** Of tables, all together. A table that is larger is none to the engine; so many entries take a third of a GiB of its heap. */
const MOST_ENTRIES = 10_000_000
/** So many need no look at how large the heap may be. */
const FREE_ENTRIES = 250_000
/** What tables may take of the heap, which ends the process when it is full. While a table grows it is there twice. */
const SHARE_OF_HEAP = 1 / 4

/** The same module, which cannot become too large for the process or beyond its limits. Throws a `ModuleError` where it is already. */
export function sizedModule(bytes: Uint8Array<ArrayBuffer>, name: string, options: SizeOptions): SizedModule {
  try {
    return sized(bytes, options)
  } catch (error) {
    throw refusal(error, name)
  }
}

function sized(bytes: Uint8Array<ArrayBuffer>, { maxPages, needsMaximum = false }: SizeOptions): SizedModule {
  let bounded: Uint8Array
  try {
    checkBounds(sectionsOf(bytes), maxPages === undefined ? undefined : maxPages * PAGE_BYTES)
    bounded = withTableLimit(bytes, mostEntries)
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    if (maxPages !== undefined) limitedModule(bytes, maxPages) // which says what is wrong
    return { bytes, maxPages, isKnown: false }
  }
  if (maxPages === undefined) {
    const whole = needsMaximum ? withMaximum(bounded) : bounded
    return { bytes: whole as Uint8Array<ArrayBuffer>, maxPages: needsMaximum ? MOST_PAGES : undefined, isKnown: true }
  }
  const limited = limitedModule(bounded, maxPages)
  return { bytes: limited.bytes as Uint8Array<ArrayBuffer>, maxPages: limited.maxPages, isKnown: true }
}

/** The most entries of tables, where they may become so many. */
function mostEntries(wanted: number): number {
  if (wanted <= FREE_ENTRIES) return FREE_ENTRIES
  const heap = builtIn('node:v8').getHeapStatistics().heap_size_limit
  return Math.min(MOST_ENTRIES, Math.floor((heap * SHARE_OF_HEAP) / ENTRY_BYTES))
}

function refusal(error: unknown, name: string): unknown {
  if (error instanceof BoundsError)
    return new ModuleError('TOO_LARGE', `${name} is too large to be run: ${error.message}`, { cause: error })
  if (!(error instanceof MemoryLimitError)) return error
  const code = error.code === 'MALFORMED' ? 'NOT_WEBASSEMBLY' : 'MEMORY_LIMIT'
  return new ModuleError(code, `the memory of ${name} cannot be limited: ${error.message}`, { cause: error })
}
