import { OptionError } from './option-error.js'
import { shown } from './shown.js'

/** Returns a value that fits, or a copy of it that later changes do not reach. Throws an `OptionError` for any other. */
export type Take<T> = (value: unknown, name: string) => T

/** Takes what `fits`; `must` completes the sentence "NAME must be …", and `toDo` may add how to write it. */
export function shape<T>(must: string, fits: (value: unknown) => boolean, toDo?: string): Take<T> {
  return (value, name) => {
    if (!fits(value)) throw unfit(name, must, value, toDo)
    return value as T
  }
}

/** The error for a value of the wrong shape. */
export function unfit(name: string, must: string, found: unknown, toDo?: string): OptionError {
  return new OptionError(`${name} must be ${must}, not ${shown(found)}${toDo === undefined ? '' : `; ${toDo}`}`)
}

const isText = (value: unknown): value is string => typeof value === 'string'
const isPlainText = (value: unknown): value is string => isText(value) && !value.includes('\0')

export const text: Take<string> = shape('a text without NUL', isPlainText)
export const path: Take<string> = shape('a path, as a text', (value) => isPlainText(value) && value !== '')
export const flag: Take<boolean> = shape('true or false', (value) => typeof value === 'boolean')
/** Takes numbers for which `fits` holds; it is asked about numbers only. */
export function number(must: string, fits: (value: number) => boolean): Take<number> {
  return shape(must, (value) => typeof value === 'number' && fits(value))
}

export const positiveMs: Take<number> = number('a positive number of milliseconds', (value) => value > 0)
export const ms: Take<number> = number('a number of milliseconds, 0 or more', (value) => value >= 0)

/** Takes any function: what it takes and returns shows when it is called. */
export function callback<T>(): Take<T> {
  return shape('a function', (value) => typeof value === 'function')
}

/** Takes whole numbers from `least` to `most`. */
export function whole(least: number, most: number): Take<number> {
  const fits = (value: number) => Number.isSafeInteger(value) && value >= least && value <= most
  return number(`a whole number from ${least} to ${most}`, fits)
}

/** Takes one of some texts. */
export function oneOf<const T extends string>(...texts: readonly T[]): Take<T> {
  const quoted = texts.map((each) => `'${each}'`)
  const must = [quoted.slice(0, -1).join(', '), quoted.at(-1)].filter(Boolean).join(' or ')
  return shape(must, (value) => texts.includes(value as T))
}

/** Takes a list, and copies it. `must` is the plural of its items, as in "a list of …". */
export function list<T>(must: string, each: Take<T>): Take<readonly T[]> {
  return (value, name) => {
    if (!Array.isArray(value)) throw unfit(name, `a list of ${must}`, value, isText(value) ? inList(value) : undefined)
    return Array.from(value, (item, index) => each(item, `${name}[${index}]`))
  }
}

function inList(value: string): string {
  return `write [${shown(value)}]`
}

/** Takes an object with values of one kind by names that the caller chooses, and copies it; undefined values are left out. */
export function record<T>(
  must: string,
  each: (value: unknown, key: string, name: string) => T,
): Take<Record<string, T>> {
  return (value, name) => {
    if (!isRecord(value)) throw unfit(name, `an object of ${must}`, value)
    const defined = Object.entries(value).filter(([, entry]) => entry !== undefined)
    return Object.fromEntries(defined.map(([key, entry]) => [key, each(entry, key, name)]))
  }
}

/** Takes an object that has these functions, by reference. */
export function having<T>(must: string, functions: readonly (keyof T & string)[], toDo?: string): Take<T> {
  return shape(must, (value) => has(value, functions), toDo)
}

/** Whether a value is an object with these functions. */
export function has(value: unknown, functions: readonly string[]): boolean {
  if (typeof value !== 'object' || value === null) return false
  return functions.every((name) => typeof (value as Record<string, unknown>)[name] === 'function')
}

/** Whether a value is an object of named values, and no list, map, promise or the like. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return /^\[object (Object|Module)\]$/.test(Object.prototype.toString.call(value))
}

/** Whether a value is a promise, or what `await` takes for one. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
}
