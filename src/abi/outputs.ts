import type { Param } from './call.js'
import { type Field, type Memory, writeAt } from './layout.js'

/** Where a call puts one of its results. */
export interface Output<T> {
  write(value: T): void
  /** False where the guest gave a null pointer, which some calls allow. */
  readonly isWanted: boolean
  /** Undefined until there is a result. */
  readonly written: T | undefined
}

/** How a result is laid out: a number, or a structure. */
export type Layout<T> = Field<T> | { readonly size: number; write(memory: Memory, pointer: number, value: T): void }

/** A pointer to the place of a result. It is checked before the call begins, so that a bad one loses nothing. */
export function out<T>(
  name: string,
  layout: Layout<T>,
  { show = String }: { show?: (value: T) => string } = {},
): Param<Output<T>> {
  return {
    names: [name],
    decode({ memory }, args, at) {
      const pointer = memory.check(args[at] ?? 0, layout.size)
      const output = {
        isWanted: true,
        written: undefined as T | undefined,
        write(value: T) {
          output.written = value
          if ('write' in layout) layout.write(memory, pointer, value)
          else writeAt(memory, layout, pointer, value)
        },
      }
      return output
    },
    show: ({ isWanted, written }) => (written === undefined ? (isWanted ? '?' : 'NULL') : `[${show(written)}]`),
  }
}

/** The same, where a null pointer says that the result is not wanted. */
export function optionalOut<T>(...given: Parameters<typeof out<T>>): Param<Output<T>> {
  const needed = out(...given)
  return {
    ...needed,
    decode: (guest, args, at) =>
      args[at] === 0 ? { isWanted: false, written: undefined, write() {} } : needed.decode(guest, args, at),
  }
}
