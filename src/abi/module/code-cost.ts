import type { Cost } from './compile-cost.js'
import { functionTypesIn, tagTypesIn } from './function-index.js'
import { costOfCode, type FunctionParts, type Signatures } from './instruction-cost.js'
import { Reader, Unreadable } from './reader.js'
import { contentOf, type Section } from './sections.js'
import { type TypeShape, typesIn } from './type-section.js'
import { readValueType } from './value-types.js'

/*
 * V8 compiles a function when it is first called, in the thread of the guest, and nothing can interrupt that. Its baseline compiler
 * copies all that it knows of locals and stack at each block, and looks through that for registers at other instructions; its optimizing
 * compiler joins the values of locals where branches meet. So a function of 50 KB can take 12 GB, or minutes.
 *
 * An estimate from the sizes alone is enough for nearly all functions; only large ones are read instruction by instruction.
 */

/** Memory that one function may take to compile, in bytes: as much as linear memory may be. A C function of 6,000 lines, not optimized, takes 1.1 GB. */
const MOST_BYTES = 2 ** 32
/** With a memory limit as much as that, but never less than this. */
const LEAST_BYTES = 2 ** 28
/** Slots looked at: with these it takes 4 to 8 seconds. The same C function has 3.2 thousand million. */
const MOST_VISITS = 2 ** 32

/**
 * What an instruction takes at most for each local: a byte of a table of branches may join each. For the stack it is a byte for each
 * byte: a value needs two bytes, a block three, and of their product, a 24th of the square at most, 24 bytes each are copied.
 */
const BYTES_A_LOCAL = 280

export interface CostlyFunction {
  /** Among all functions of the module, with those that it imports. */
  readonly index: number
  /** What it has too much of; `unknown` if it is large and has instructions that are not known here. */
  readonly of: 'memory' | 'time' | 'unknown'
  readonly bytes: number
  readonly locals: number
}

/** A function that the engine would need too much memory or time to compile. `maxBytes` is the memory limit. Throws `Unreadable`. */
export function tooCostlyFunction(sections: readonly Section[], maxBytes: number): CostlyFunction | undefined {
  const code = contentOf(sections, 'code')
  if (code.length === 0) return undefined
  const mostBytes = Math.min(MOST_BYTES, Math.max(LEAST_BYTES, maxBytes))
  const types = typesIn(sections)
  const most = { takes: mostOf(types, 'takes'), leaves: Math.max(1, mostOf(types, 'leaves')) }
  let signatures: Signatures | undefined
  const from = new Reader(code)
  const count = from.number()
  for (let index = 0; index < count; index++) {
    const bytes = from.number()
    const end = from.at + bytes
    const locals = readLocals(from)
    const start = from.at
    from.skip(end - start)
    const values = bytes * most.leaves
    if (values * (values + BYTES_A_LOCAL * (locals + most.takes)) <= mostBytes) continue
    signatures ??= signaturesOf(sections, types)
    const number = signatures.functions.length - count + index
    const of = excess(
      code.subarray(start, end),
      { locals, number, signatures },
      { bytes: mostBytes, visits: MOST_VISITS },
    )
    if (of !== undefined) return { index: number, of, bytes, locals }
  }
  return undefined
}

/** Groups of a count and a type. */
function readLocals(from: Reader): number {
  let locals = 0
  for (let groups = from.number(); groups > 0; groups--) {
    locals += from.number()
    readValueType(from)
  }
  return locals
}

function excess(code: Uint8Array, parts: FunctionParts, most: Cost): CostlyFunction['of'] | undefined {
  try {
    const { bytes, visits } = costOfCode(code, parts, most)
    return bytes > most.bytes ? 'memory' : visits > most.visits ? 'time' : undefined
  } catch (error) {
    if (error instanceof Unreadable) return 'unknown'
    throw error
  }
}

function mostOf(types: readonly TypeShape[], which: 'takes' | 'leaves'): number {
  return types.reduce((most, { is, [which]: count }) => (is === 'function' ? Math.max(most, count) : most), 0)
}

function signaturesOf(sections: readonly Section[], types: readonly TypeShape[]): Signatures {
  return { types, functions: functionTypesIn(sections), tags: tagTypesIn(sections) }
}
