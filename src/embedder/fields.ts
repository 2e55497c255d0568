import { didYouMean } from './did-you-mean.js'
import { OptionError } from './option-error.js'
import { isRecord, type Take, unfit } from './take.js'

/** A row for each field of `T`: a new option does not compile without one. */
export type Table<T> = { readonly [K in keyof T]-?: Take<Exclude<T[K], undefined>> }

/** How messages name an object and its fields: `tls` and `setting of tls`. */
export interface Words {
  readonly whole: string
  readonly field: string
  /** Stands in front of a field's name: `tls.`. */
  readonly prefix?: string
  /** Fields that are taken and not offered in messages. */
  readonly hidden?: readonly string[]
}

/**
 * Reads each field of an object once, and returns them in a new one. Throws an `OptionError` for an unknown name, an unfit value,
 * or a getter that throws. Undefined fields are as good as missing.
 */
export function takeFields<T extends object>(given: unknown, table: Table<T>, words: Words): T {
  const { whole, prefix = '', hidden = [] } = words
  return reading(whole, () => {
    if (!isRecord(given)) throw unfit(whole, 'an object', given)
    const rows = Object.entries<Take<unknown>>(table)
    const offered = rows.map(([name]) => name).filter((name) => !hidden.includes(name))
    for (const name of Object.keys(given))
      if (!Object.hasOwn(table, name) && fieldOf(given, name) !== undefined)
        throw new OptionError(`there is no ${words.field} ${name}; ${didYouMean(name, offered)}`)
    const taken = rows.flatMap(([name, take]) => {
      const value = fieldOf(given, name)
      return value === undefined ? [] : [[name, reading(prefix + name, () => take(value, prefix + name))] as const]
    })
    return Object.fromEntries(taken) as T
  })
}

/** A taker for an object within the options. */
export function fields<T extends object>(table: Table<T>, field: string): Take<T> {
  return (value, whole) => takeFields(value, table, { whole, field, prefix: `${whole}.` })
}

function fieldOf(given: Readonly<Record<string, unknown>>, name: string): unknown {
  return reading(name, () => given[name])
}

/** Runs what may call the caller's getters and proxies. What they throw is an `OptionError` too. */
function reading<T>(name: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof OptionError) throw error
    throw new OptionError(`${name} cannot be read: ${messageOf(error)}`, { cause: error })
  }
}

function messageOf(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error)
  } catch {
    return 'it threw an object that cannot be read'
  }
}
