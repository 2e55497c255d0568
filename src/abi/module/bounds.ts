import { BoundsError } from './bounds-error.js'
import { type CostlyFunction, tooCostlyFunction } from './code-cost.js'
import { importsIn } from './import-section.js'
import { contentOf, countOf, type Section } from './sections.js'

/*
 * What a module may declare at most, whatever its memory limit. The engine has bounds of its own; these are lower where it ends the
 * process, or needs many seconds or gigabytes, before it comes to them. The largest program known, a whole clang, has 542 types,
 * 133,398 functions, a table of 37,270 entries and 66 MB of code.
 */
const mostItems = [
  ['types', 10_000], // Node 20 compares each with all before it; Node 26 ends the process at 1,000,000 of all its modules
  ['imports', 100_000],
  ['exports', 100_000],
  ['globals', 100_000],
  ['memories', 100], // each reserves 8 GiB of addresses
  ['tables', 10_000],
  ['tags', 100_000],
  ['elements', 100_000],
] as const
const mostBytes = [
  ['types', 4 * 1024 * 1024],
  ['code', 128 * 1024 * 1024], // the engine makes up to 35 times as much machine code, and has room for 4 GiB
] as const

/** Throws a `BoundsError` for a module that is beyond a bound. `maxBytes` is its memory limit. Throws `Unreadable`. */
export function checkBounds(sections: readonly Section[], maxBytes = Number.POSITIVE_INFINITY): void {
  for (const [name, most] of mostItems) {
    const count = countOf(sections, name) + (name === 'memories' ? importedMemories(sections) : 0)
    if (count > most) throw new BoundsError(`it has ${count} ${name}, and the most is ${most}`)
  }
  for (const [name, most] of mostBytes) {
    const { length } = contentOf(sections, name)
    if (length > most) throw new BoundsError(`it has ${length} bytes of ${name}, and the most is ${most}`)
  }
  const costly = tooCostlyFunction(sections, maxBytes)
  if (costly !== undefined) throw new BoundsError(excessOf(costly))
}

function importedMemories(sections: readonly Section[]): number {
  return importsIn(sections).reduce((sum, { kind }) => (kind === 'memory' ? sum + 1 : sum), 0)
}

function excessOf({ index, of, bytes, locals }: CostlyFunction): string {
  const found = `function ${index}, of ${bytes} bytes and ${locals} locals,`
  if (of === 'unknown')
    return `its ${found} has instructions that posix-wasm does not know, so that it cannot be judged`
  return `to compile its ${found} the engine would need too much ${of}`
}
