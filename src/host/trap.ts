import { printable, printableName } from '../posix/printable.js'
import { GuestTrap } from './errors.js'

/** One function of the guest on its stack when it trapped, innermost first. */
export interface GuestFrame {
  /** Its name in the module's name section; undefined if the module has none. */
  readonly function: string | undefined
  /** Its index among the module's functions, imports first. */
  readonly index: number
  /** Where in the module's file it stood, in bytes. */
  readonly offset: number
}

/** How many frames a guest's thread keeps of a stack; Node keeps 10. */
export const MOST_FRAMES = 50
/** The same functions again and again, so often, are a recursion without end. */
const RECURSION = 6

/** A `GuestTrap` for an error of the engine; any other error as it is. */
export function trapOf(error: unknown): unknown {
  if (!(error instanceof WebAssembly.RuntimeError || error instanceof RangeError)) return error
  const frames = framesOf(error.stack ?? '')
  const hint = hintOf(error, frames)
  return new GuestTrap(`the guest trapped: ${printable(error.message)}${hint && ` (${hint})`}`, {
    cause: error,
    frames,
  })
}

/** Reads the guest's frames from V8's text: `at MODULE.NAME (wasm://wasm/MODULE-HASH:wasm-function[INDEX]:0xOFFSET)`. */
export function framesOf(stack: string): GuestFrame[] {
  const line = /^ *at (?:async )?(?:(.*) \()?wasm:\/\/wasm\/(.*?):wasm-function\[(\d+)\]:0x([0-9a-f]+)\)?$/gm
  return [...stack.matchAll(line)].map(([, named, place = '', index, offset]) => ({
    function: named && withoutModule(named, place),
    index: Number(index),
    offset: Number.parseInt(offset as string, 16),
  }))
}

/** A module with a name stands before its functions' names, and before the hash of its place. */
function withoutModule(named: string, place: string): string {
  const prefix = `${place.replace(/-?[0-9a-f]+$/, '')}.`
  return named.startsWith(prefix) ? named.slice(prefix.length) : named
}

/** The lines of a stack for a person. */
export function frameLines(frames: readonly GuestFrame[], file: string): string[] {
  return frames.map(({ function: name, index, offset }) => {
    const place = `${file}:0x${offset.toString(16)}`
    return `    at ${name === undefined ? `function ${index}` : printableName(name)} (${place})`
  })
}

/** The usual cause of a trap, if it is not obvious from V8's words. */
function hintOf(error: Error, frames: readonly GuestFrame[]): string {
  const { message } = error
  if (error instanceof RangeError) return "the engine's stack is full: calls are nested too deeply"
  if (/out of bounds/.test(message) && isRecursion(frames))
    return 'perhaps the C stack is full: calls are nested too deeply'
  if (/^unreachable/.test(message)) return 'abort(), a failed assertion, or a trap instruction'
  if (/signature mismatch|table index is out of bounds/.test(message))
    return 'a function was called through a pointer of another type, such as a signal handler without its int'
  return ''
}

function isRecursion(frames: readonly GuestFrame[]): boolean {
  const most = Math.max(...frames.map(({ index }) => frames.filter((each) => each.index === index).length), 0)
  return most >= RECURSION
}
